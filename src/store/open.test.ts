import { afterAll, afterEach, beforeAll, beforeEach, describe, test } from "bun:test";
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../kernel/clock.ts";
import { OPERATOR } from "./database.ts";
import type { Engine } from "./engine.ts";
import { EMBEDDED, placeOf, readMemory } from "./identity.ts";
import { openDatabase, prepare } from "./open.ts";
import { createTenant, findTenantBySlug } from "./tenants.ts";
import { createServerDatabase, listTestEngines, openTestDatabase } from "./testing.ts";

let dataDir = "";
beforeEach(() => {
  dataDir = join(mkdtempSync(join(tmpdir(), "weir-open-")), "data");
});
afterEach(() => rmSync(join(dataDir, ".."), { recursive: true, force: true }));

const open = (databaseUrl?: string) =>
  openDatabase({ databaseUrl, dataDir, connections: 2, clock: systemClock, log: { warn: () => undefined } });

test("a new data folder becomes a database, which is there at the next start, and whose loss is not taken for a first start", async () => {
  const first = await open();
  await createTenant(first, 1_700_000_000_000, { slug: "kept", name: "Kept" });
  await first.close();
  assert.equal(statSync(dataDir).mode & 0o077, 0, "only its owner reads it");
  const second = await open();
  assert.equal((await findTenantBySlug(second, "kept"))?.name, "Kept");
  await second.close();
  rmSync(join(dataDir, "postgres"), { recursive: true });
  await assert.rejects(open(), /is gone.*delete .*weir\.json/);
  assert.equal(existsSync(join(dataDir, "postgres")), false, "nothing was made");
}, 20_000);

describe("a database that answers is refused", () => {
  let engine: Engine;
  let db: Engine;
  let closes = 0;
  beforeAll(async () => {
    engine = await openTestDatabase();
    db = { ...engine, close: async () => void closes++ };
  });
  afterAll(() => engine.close());
  const prepared = async () => prepare(db, await readMemory(dataDir, EMBEDDED), "The database");
  const script = (text: string): Promise<void> => db.asOwner((owner) => owner.script(text));

  test("when it was exchanged, or nobody can tell", async () => {
    await prepared();
    assert.equal(closes, 0);
    const file = join(dataDir, "weir.json");
    writeFileSync(file, readFileSync(file, "utf8").replace(/"embedded": "[^"]*"/, '"embedded": "another"'));
    await assert.rejects(prepared(), /is another one than before.*delete .*weir\.json/);
    assert.equal(closes, 1, "and closed");
    writeFileSync(file, "{");
    await assert.rejects(prepared(), /weir\.json cannot be read/);
  });

  test("when it is newer than the program", async () => {
    await script("INSERT INTO weir_migrations (name, sha256) VALUES ('9999_future.sql', 'x')");
    await assert.rejects(prepared(), /newer than this program.*9999_future\.sql/);
    await script("DELETE FROM weir_migrations WHERE name = '9999_future.sql'");
    await prepared();
  });

  test("when a role could see past its policies", async () => {
    await script("ALTER ROLE weir_tenant BYPASSRLS");
    await assert.rejects(prepared(), /Tenants would not be isolated: the role weir_tenant has BYPASSRLS/);
    await script("ALTER ROLE weir_tenant NOBYPASSRLS");
  });

  test("when it lost its tables", async () => {
    await prepared();
    await script("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
    await assert.rejects(prepared(), /The database is empty.*delete .*weir\.json/);
  });
});

test("a DATABASE_URL is told apart by host, port and name, whoever logs in", () => {
  assert.equal(placeOf("postgres://u:secret@db.example/weir?sslmode=require"), "db.example:5432/weir");
  assert.equal(placeOf("postgresql://other@db.example:6432/weir"), "db.example:6432/weir");
  assert.throws(() => placeOf("mysql://db/x"), /postgres:\/\//);
  assert.throws(() => placeOf("not a url"), /not a URL/);
});

test("a server that does not answer is named without its password", async () => {
  const failed = await open("postgres://user:hunter2@127.0.0.1:1/weir").catch((error: unknown) => error);
  assert.ok(failed instanceof Error && /DATABASE_URL cannot be reached: .*127\.0\.0\.1:1/.test(failed.message), String(failed));
  assert.ok(!Bun.inspect(failed).includes("hunter2"));
});

describe.if(listTestEngines().includes("postgres"))("with a server", () => {
  test("a server's database that lost its tables is refused, also when it was made anew by another replica", async () => {
    const { url, drop } = await createServerDatabase();
    const first = await open(url);
    await first.query(OPERATOR, "SELECT 1");
    await first.asOwner((owner) => owner.script("DROP SCHEMA public CASCADE; CREATE SCHEMA public"));
    await first.close();
    await assert.rejects(open(url), /is empty.*delete .*weir\.json/);
    const elsewhere = dataDir;
    dataDir = join(dataDir, "..", "other");
    await (await open(url)).close();
    dataDir = elsewhere;
    await assert.rejects(open(url), /is another one than before/);
    assert.ok(!readFileSync(join(dataDir, "weir.json"), "utf8").includes("127.0.0.1"));
    await drop();
  });
});
