import { afterAll, beforeAll, describe, test } from "bun:test";
import assert from "node:assert/strict";
import { lintCatalogue } from "./catalogue-lint.ts";
import { LOOKUP, OPERATOR, tenantScope } from "./database.ts";
import type { Engine } from "./engine.ts";
import { tenantIds } from "../kernel/ids.ts";
import { checkRoles } from "./roles.ts";
import { explainUses, listTestEngines, openTestDatabase } from "./testing.ts";

/** A table as it should be, for a plant to spoil. */
const GOOD = `CREATE TABLE notes (tenant_id text NOT NULL REFERENCES tenants (id), id text NOT NULL, body text, PRIMARY KEY (tenant_id, id));
  SELECT weir_guard('notes', tenant => 'select,insert,update,delete', operator => 'select,delete');`;

/** What is planted, how it is taken out again, and the one sentence that must tell of it. */
const PLANTS: readonly { readonly plant: string; readonly undo?: string; readonly told: RegExp }[] = [
  { plant: "ALTER TABLE notes DISABLE ROW LEVEL SECURITY", told: /^notes has no row-level security$/ },
  { plant: "ALTER TABLE notes NO FORCE ROW LEVEL SECURITY", told: /^notes does not force/ },
  { plant: "DROP POLICY weir_tenant_update ON notes", told: /^notes has no policy for update$/ },
  { plant: "DROP POLICY weir_tenant_select ON notes", told: /^notes grants select to weir_tenant without a policy/ },
  {
    plant:
      "DROP POLICY weir_tenant_update ON notes; CREATE POLICY p ON notes FOR UPDATE TO weir_tenant USING (tenant_id = nullif(current_setting('app.tenant', true), ''))",
    told: /^the policy p of notes has no WITH CHECK$/,
  },
  {
    plant: "CREATE POLICY p ON notes FOR SELECT TO weir_tenant USING (tenant_id = current_setting('app.tenant', true))",
    told: /^the policy p of notes does not compare tenant_id to the tenant in USING$/,
  },
  {
    plant:
      "CREATE POLICY p ON notes FOR INSERT TO weir_tenant WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '') OR body = 'x')",
    told: /^the policy p of notes does not compare tenant_id to the tenant in WITH CHECK$/,
  },
  { plant: "CREATE POLICY p ON notes FOR SELECT USING (true)", told: /^the policy p of notes does not compare/ },
  {
    plant: "ALTER TABLE notes ADD CONSTRAINT notes_body_key UNIQUE (body)",
    told: /^the unique key notes_body_key of notes does not contain tenant_id/,
  },
  { plant: "CREATE UNIQUE INDEX notes_lower ON notes (lower(body), id)", told: /^the unique key notes_lower of notes does not contain/ },
  {
    plant: "CREATE UNIQUE INDEX notes_hidden ON notes (body) INCLUDE (tenant_id)",
    told: /^the unique key notes_hidden of notes does not contain/,
  },
  {
    plant:
      "ALTER TABLE api_keys ADD CONSTRAINT k UNIQUE (id, tenant_id); ALTER TABLE notes ADD CONSTRAINT notes_key_fk FOREIGN KEY (id, body) REFERENCES api_keys (id, tenant_id)",
    undo: "ALTER TABLE api_keys DROP CONSTRAINT k CASCADE",
    told: /^the foreign key notes_key_fk of notes does not tie the tenant/,
  },
  {
    plant: "CREATE TABLE words (id text PRIMARY KEY, tenant text REFERENCES tenants (id)); GRANT SELECT ON words TO weir_tenant",
    undo: "DROP TABLE words",
    told: /^the foreign key words_tenant_fkey of words does not tie/,
  },
  {
    plant: "CREATE TABLE words (id text PRIMARY KEY); GRANT INSERT ON words TO weir_tenant",
    undo: "DROP TABLE words",
    told: /^words has no tenant_id, yet tenants may insert/,
  },
  {
    plant: "ALTER TABLE notes DROP CONSTRAINT notes_pkey; ALTER TABLE notes ALTER tenant_id DROP NOT NULL",
    told: /^notes has rows that may belong to no tenant$/,
  },
  {
    plant: "CREATE VIEW seen AS SELECT * FROM notes; GRANT SELECT ON seen TO weir_tenant",
    undo: "DROP VIEW seen",
    told: /^the view seen is not security_invoker/,
  },
  {
    plant: "CREATE VIEW seen WITH (security_invoker = false) AS SELECT * FROM notes",
    undo: "DROP VIEW seen",
    told: /^the view seen is not security_invoker/,
  },
  {
    plant: "CREATE MATERIALIZED VIEW kept AS SELECT * FROM notes",
    undo: "DROP MATERIALIZED VIEW kept",
    told: /^the materialised view kept holds rows/,
  },
  {
    plant: "CREATE FUNCTION peek() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM tenants'",
    undo: "DROP FUNCTION peek",
    told: /^the function peek is SECURITY DEFINER/,
  },
  {
    plant: "GRANT USAGE ON SCHEMA weir_jobs TO weir_tenant",
    undo: "REVOKE USAGE ON SCHEMA weir_jobs FROM weir_tenant",
    told: /^the role weir_tenant may use the schema weir_jobs/,
  },
  { plant: "REVOKE DELETE ON notes FROM weir_operator", told: /^notes lets the operator not select and delete/ },
  { plant: "GRANT TRUNCATE ON notes TO weir_operator", told: /^notes grants truncate to weir_operator/ },
  { plant: "GRANT SELECT ON notes TO PUBLIC", told: /^notes grants select to everybody$/ },
  { plant: "GRANT UPDATE (body) ON notes TO weir_lookup", told: /^notes grants update to weir_lookup without a policy/ },
  {
    plant: `CREATE TABLE parts (tenant_id text NOT NULL, at int, PRIMARY KEY (tenant_id, at)) PARTITION BY RANGE (at); SELECT weir_guard('parts', tenant => 'select');
      CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM (0) TO (9); SELECT weir_guard('parts_1'); GRANT SELECT ON parts_1 TO weir_ledger`,
    undo: "DROP TABLE parts",
    told: /^parts_1 is a partition that can be reached past/,
  },
  { plant: "ALTER ROLE weir_tenant BYPASSRLS", undo: "ALTER ROLE weir_tenant NOBYPASSRLS", told: /^the role weir_tenant has BYPASSRLS$/ },
  { plant: "ALTER ROLE weir_lookup SUPERUSER", undo: "ALTER ROLE weir_lookup NOSUPERUSER", told: /^the role weir_lookup is a superuser$/ },
  { plant: "ALTER ROLE weir_ledger LOGIN", undo: "ALTER ROLE weir_ledger NOLOGIN", told: /^the role weir_ledger can log in$/ },
  {
    plant: "ALTER TABLE notes OWNER TO weir_operator",
    undo: "ALTER TABLE notes OWNER TO CURRENT_USER",
    told: /^the role weir_operator owns \d+ objects$/,
  },
  {
    plant: "GRANT weir_operator TO weir_tenant",
    undo: "REVOKE weir_operator FROM weir_tenant",
    told: /^the role weir_tenant is a member of weir_operator$/,
  },
];
/** Roles belong to the whole server: on a shared one these would be seen by tests that run beside. */
const isAboutRoles = (plant: string): boolean => /ALTER ROLE|GRANT weir_operator TO/.test(plant);

for (const engine of listTestEngines()) {
  describe(engine, () => {
    let db: Engine;
    beforeAll(async () => {
      db = await openTestDatabase({ engine });
    });
    afterAll(() => db.close());
    const script = (text: string): Promise<void> => db.asOwner((owner) => owner.script(text));

    test("the real schema keeps tenants apart", async () => {
      const { problems, checked } = await lintCatalogue(db);
      assert.deepEqual(problems, []);
      assert.ok(checked.tenantTables >= 3 && checked.policies >= 12 && checked.keys >= 4 && checked.references >= 1 && checked.roles === 4);
      console.log(`catalogue lint on ${engine}: ${JSON.stringify(checked)}`);
    });

    test(`each of ${PLANTS.length} planted violations is told`, async () => {
      let tried = 0;
      for (const { plant, undo, told } of PLANTS) {
        if (engine === "postgres" && isAboutRoles(plant)) continue;
        await script(GOOD);
        assert.deepEqual((await lintCatalogue(db)).problems, [], "before");
        await script(plant);
        const { problems } = await lintCatalogue(db);
        assert.ok(
          problems.some((said) => told.test(said)),
          `${plant} → ${problems.join("; ")}`,
        );
        if (isAboutRoles(plant) || plant.includes("OWNER TO")) await assert.rejects(checkRoles(db), /Tenants would not be isolated/);
        if (undo !== undefined) await script(undo);
        await script("DROP TABLE notes");
        tried++;
      }
      assert.ok(tried >= 23, String(tried));
      await checkRoles(db);
    });

    test("the hot query enters by the digest's index as the lookup role", async () => {
      await script(`INSERT INTO tenants (id, slug, name, created_at) SELECT 'ten_' || n, 's' || n, 'T', now() FROM generate_series(1, 200) n;
        INSERT INTO api_keys (tenant_id, id, digest, prefix, name, role, created_at)
          SELECT 'ten_' || (n % 200 + 1), 'key_' || n, 'd' || n, 'p', 'k', 'member', now() FROM generate_series(1, 1000) n;
        ANALYZE tenants, api_keys, changes`);
      const use = await explainUses(db, LOOKUP, "SELECT 1 FROM api_keys k JOIN tenants t ON t.id = k.tenant_id WHERE k.digest = $1", ["x"]);
      assert.deepEqual(use.sequential, []);
      assert.ok(use.indexes.some((one) => one.index === "api_keys_digest_key" && one.condition.includes("digest")));
      const feed = await explainUses(db, LOOKUP, "SELECT seq FROM changes WHERE seq > $1 ORDER BY seq LIMIT 10", [5]);
      assert.deepEqual(
        feed.indexes.map((one) => one.index),
        ["changes_by_seq"],
      );
    });

    test("explainUses tells of a query that no index serves", async () => {
      await script(
        "CREATE TABLE loose (tenant_id text NOT NULL, tags text[] NOT NULL); CREATE INDEX loose_tags ON loose USING gin (tags); SELECT weir_guard('loose', tenant => 'select', operator => 'select')",
      );
      // && is not leakproof: under row-level security it cannot be an index condition.
      const use = await explainUses(db, tenantScope(tenantIds.make(0)), "SELECT 1 FROM loose WHERE tags && $1::text[]", [["a"]]);
      assert.deepEqual(use, { indexes: [], sequential: ["loose"] });
      await assert.rejects(explainUses(db, OPERATOR, "SELECT * FROM not_there"));
    });

    test("a schema without tenant tables is a problem, not a success", async () => {
      await script("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
      assert.deepEqual((await lintCatalogue(db)).problems, ["no table with tenant data was found"]);
    });
  });
}
