import { afterEach, beforeEach, describe, test } from "bun:test";
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../kernel/clock.ts";
import { OPERATOR } from "./database.ts";
import { openDatabase } from "./open.ts";
import { placeOf } from "./identity.ts";
import { createTenant, findTenantBySlug } from "./tenants.ts";
import { createServerDatabase, listTestEngines } from "./testing.ts";

let dataDir = "";
beforeEach(() => {
  dataDir = join(mkdtempSync(join(tmpdir(), "weir-open-")), "data");
});
afterEach(() => rmSync(join(dataDir, ".."), { recursive: true, force: true }));

const open = (databaseUrl?: string) =>
  openDatabase({ databaseUrl, dataDir, connections: 2, clock: systemClock, log: { warn: () => undefined } });

test("a new data folder becomes a database, and what is written is there at the next start", async () => {
  const first = await open();
  await createTenant(first, 1_700_000_000_000, { slug: "kept", name: "Kept" });
  await first.close();
  assert.equal(statSync(dataDir).mode & 0o077, 0, "only its owner reads it");
  const second = await open();
  assert.equal((await findTenantBySlug(second, "kept"))?.name, "Kept");
  await second.close();
});

test("an embedded database that is gone is not silently begun anew", async () => {
  await (await open()).close();
  rmSync(join(dataDir, "postgres"), { recursive: true });
  await assert.rejects(open(), /is gone.*delete .*weir\.json/);
  assert.equal(existsSync(join(dataDir, "postgres")), false, "nothing was made");
  rmSync(join(dataDir, "weir.json"));
  await (await open()).close();
});

test("an embedded database that was exchanged is refused", async () => {
  await (await open()).close();
  const file = join(dataDir, "weir.json");
  writeFileSync(file, readFileSync(file, "utf8").replace(/"embedded": "[^"]*"/, '"embedded": "another"'));
  await assert.rejects(open(), /is another one than before.*delete .*weir\.json/);
  writeFileSync(file, "{");
  await assert.rejects(open(), /weir\.json cannot be read/);
});

test("a database that is newer than the program is refused, and closed again", async () => {
  const first = await open();
  await first.asOwner((owner) => owner.script("INSERT INTO weir_migrations (name, sha256) VALUES ('9999_future.sql', 'x')"));
  await first.close();
  await assert.rejects(open(), /newer than this program.*9999_future\.sql/);
});

test("a role that could see past its policies stops the start", async () => {
  const first = await open();
  await first.asOwner((owner) => owner.script("ALTER ROLE weir_tenant BYPASSRLS"));
  await first.close();
  await assert.rejects(open(), /Tenants would not be isolated: the role weir_tenant has BYPASSRLS/);
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
