import { afterAll, beforeAll, describe, test } from "bun:test";
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { systemClock } from "../kernel/clock.ts";
import { sha256Hex } from "../kernel/hash.ts";
import { tenantIds } from "../kernel/ids.ts";
import { lintCatalogue } from "./catalogue-lint.ts";
import { OPERATOR, tenantScope } from "./database.ts";
import type { Engine } from "./engine.ts";
import { migrate, readMigrations } from "./migrate.ts";
import type { Migration } from "./migrate.ts";
import { openPostgres } from "./postgres.ts";
import { checkRoles } from "./roles.ts";
import { createServerDatabase, listTestEngines, openTestDatabase } from "./testing.ts";

const migration = (name: string, text: string): Migration => ({ name, text, sha256: sha256Hex(text) });
const real = readMigrations();
const plusOne = [...real, migration("9001_more.sql", "CREATE TABLE more (a int); INSERT INTO more VALUES (1)")];
const appliedTo = async (db: Engine): Promise<unknown[]> =>
  (await db.asOwner((owner) => owner.query("SELECT name FROM weir_migrations ORDER BY name"))).map((row) => row["name"]);

test("the files are in order, each number once", () => {
  const names = real.map((one) => one.name);
  assert.deepEqual(names, names.toSorted());
  assert.equal(names[0], "0001_frame.sql");
});

const engines = listTestEngines();
for (const engine of engines) {
  describe(engine, () => {
    // One database for all: each test begins with what the one before left.
    let db: Engine;
    beforeAll(async () => {
      db = await openTestDatabase({ engine });
    });
    afterAll(() => db.close());

    test("a file that fails leaves nothing of itself, and names itself", async () => {
      const bad = [...real, migration("9001_bad.sql", "CREATE TABLE half (a int); SELECT 1 / 0; CREATE TABLE other (a int)")];
      await assert.rejects(migrate(db, bad), /9001_bad\.sql failed: SQL 22012/);
      assert.deepEqual(await db.asOwner((owner) => owner.query("SELECT to_regclass('half')::text AS half")), [{ half: null }]);
      assert.deepEqual(
        await appliedTo(db),
        real.map((one) => one.name),
      );
    });

    test("a file that was changed after it was applied is refused by name", async () => {
      const changed = real.map((one, at) => (at === 0 ? migration(one.name, `${one.text} -- a comment`) : one));
      await assert.rejects(migrate(db, changed), /0001_frame\.sql was changed after it had been applied/);
    });

    test("a second run changes nothing; a new file is applied once", async () => {
      await migrate(db);
      await migrate(db, plusOne);
      await migrate(db, plusOne);
      assert.deepEqual(
        await appliedTo(db),
        plusOne.map((one) => one.name),
      );
      assert.deepEqual(await db.asOwner((owner) => owner.query("SELECT count(*) AS n FROM more")), [{ n: 1 }]);
    });

    test("a database that is newer than the program is refused by name", async () => {
      await migrate(db, plusOne);
      await assert.rejects(migrate(db), /newer than this program.*9001_more\.sql/);
      assert.deepEqual(await db.query(OPERATOR, "SELECT 1 AS one"), [{ one: 1 }]);
    });
  });
}

describe.if(engines.includes("postgres"))("on a server", () => {
  const open = (url: string): Engine =>
    openPostgres({ clock: systemClock, log: { warn: () => undefined } }, { databaseUrl: url, connections: 2 });

  test("five replicas that start at once migrate once", async () => {
    const { url, drop } = await createServerDatabase();
    const replicas = Array.from({ length: 5 }, () => open(url));
    await Promise.all(replicas.map((db) => migrate(db, plusOne)));
    const [first] = replicas;
    assert.ok(first !== undefined);
    assert.deepEqual(await first.asOwner((owner) => owner.query("SELECT count(*) AS n FROM more")), [{ n: 1 }]);
    await Promise.all(replicas.map((db) => db.close()));
    await drop();
  });

  test("a login that may neither make nor take on the roles is told what to run", async () => {
    const login = `weir_test_weak_${process.pid}`;
    const admin = await createServerDatabase();
    const root = open(admin.url);
    await migrate(root);
    await root.asOwner((owner) => owner.script(`CREATE ROLE ${login} LOGIN PASSWORD 'x'`));
    const url = new URL(admin.url);
    url.username = login;
    url.password = "x";
    const db = open(url.href);
    await assert.rejects(migrate(db), new RegExp(`GRANT weir_tenant, .* TO ${login}`));
    await db.close();
    await root.asOwner((owner) => owner.script(`DROP ROLE ${login}`));
    await root.close();
    await admin.drop();
  });

  test("a login that is no superuser owns the schema and works through the roles", async () => {
    const login = `weir_test_login_${process.pid}`;
    const admin = await createServerDatabase();
    const root = open(admin.url);
    await root.asOwner((owner) => owner.script(`CREATE ROLE ${login} LOGIN CREATEROLE PASSWORD 'x'`));
    // The roles are another login's here: one that may takes this one in.
    await migrate(root);
    await root.asOwner((owner) => owner.script(`GRANT weir_tenant, weir_lookup, weir_ledger, weir_operator TO ${login}`));
    const own = await createServerDatabase(login);
    const url = new URL(own.url);
    url.username = login;
    url.password = "x";
    const db = open(url.href);
    try {
      await migrate(db);
      await db.query(OPERATOR, "INSERT INTO tenants (id, slug, name, created_at) VALUES ('ten_1', 'a', 'A', now())");
      assert.deepEqual(await db.query(OPERATOR, "SELECT slug FROM tenants"), [{ slug: "a" }]);
      assert.deepEqual(await db.query(tenantScope(tenantIds.make(0)), "SELECT slug FROM tenants"), []);
      await checkRoles(db);
      assert.deepEqual((await lintCatalogue(db)).problems, []);
      await checkReserved(db);
      assert.deepEqual((await lintCatalogue(db)).problems, []);
    } finally {
      await db.close();
      await own.drop();
      await root.asOwner((owner) => owner.script(`DROP OWNED BY ${login}; DROP ROLE ${login}`));
      await root.close();
      await admin.drop();
    }
  });
});

/** Documents of before their attributes meant anything: those with such an attribute leave everybody's sight, also where row-level security is the owner's. */
async function checkReserved(db: Engine): Promise<void> {
  const ten = tenantIds.make(7);
  await db.query(OPERATOR, "INSERT INTO tenants (id, slug, name, created_at) VALUES ($1, 'old', 'Old', now())", [ten]);
  for (const text of [
    "INSERT INTO collections (tenant_id, id, name, created_at, active_at) VALUES ($1, 'vs_1', 'c', now(), now())",
    "INSERT INTO files (tenant_id, id, filename, purpose, bytes, sha256, object_key, created_at) SELECT $1, f, f, '', 1, '', '', now() FROM unnest(ARRAY['said', 'none', 'new']) f",
    `INSERT INTO collection_files (tenant_id, collection_id, file_id, status, attributes, classification, lease_until, created_at) VALUES
       ($1, 'vs_1', 'said', 'completed', '{"groups": "hr"}', NULL, now(), now()), ($1, 'vs_1', 'none', 'completed', '{"year": 1}', NULL, now(), now()),
       ($1, 'vs_1', 'new', 'completed', '{"classification": "public"}', 0, now(), now())`,
  ])
    await db.query(tenantScope(ten), text, [ten]);
  const reserved = readFileSync(new URL("./migrations/0029_reserved_attributes.sql", import.meta.url), "utf8");
  await db.asOwner((owner) => owner.script(reserved));
  const rows = await db.query(
    tenantScope(ten),
    "SELECT f.id, f.owner_only AS own, m.access_groups AS groups FROM files f JOIN collection_files m ON m.file_id = f.id ORDER BY 1",
  );
  assert.deepEqual(rows, [
    { id: "new", own: false, groups: null },
    { id: "none", own: false, groups: null },
    { id: "said", own: true, groups: [] },
  ]);
}
