import { afterAll, beforeAll, describe, test } from "bun:test";
import assert from "node:assert/strict";
import { Fault } from "../kernel/fault.ts";
import { tenantIds } from "../kernel/ids.ts";
import { LEDGER, LOOKUP, OPERATOR, tenantScope } from "./database.ts";
import type { Scope } from "./database.ts";
import type { Engine } from "./engine.ts";
import { isForeignKeyViolation, isUniqueViolation, SqlError } from "./sql-error.ts";
import { listTestEngines, openTestDatabase } from "./testing.ts";

const one = tenantIds.make(1_700_000_000_000);
const two = tenantIds.make(1_700_000_000_000);
const insertTenant = "INSERT INTO tenants (id, slug, name, created_at) VALUES ($1, $2, $3, now())";

for (const engine of listTestEngines()) {
  describe(engine, () => {
    let db: Engine;
    const warnings: (readonly [string, unknown])[] = [];
    beforeAll(async () => {
      db = await openTestDatabase({ engine, log: { warn: (message, fields) => warnings.push([message, fields]) } });
      await db.query(OPERATOR, insertTenant, [one, "one", "One"]);
      await db.query(OPERATOR, insertTenant, [two, "two", "Two"]);
    });
    afterAll(() => db.close());

    test("a value of each type comes back as the same JavaScript value", async () => {
      const [row] = await db.query(
        OPERATOR,
        `SELECT 5::int8 AS big, '9007199254740993'::int8 AS too_big, -7::int4 AS int, 1.5::numeric AS fraction, 12345678901234567890.5::numeric AS long,
           0.25::float8 AS float, true AS yes, NULL::text AS nothing, 'é"\\'::text AS text, '2026-02-03 04:05:06.789+02'::timestamptz AS at,
           '2026-02-03'::date AS day, '{"a":[1,null]}'::jsonb AS json, '\\x00ff10'::bytea AS bytes, 'infinity'::timestamptz AS never,
           ARRAY['a,b','"q\\','',NULL,'NULL'] AS texts, ARRAY[1,NULL,3]::int8[] AS numbers, ARRAY[true,false] AS flags, '{}'::text[] AS empty,
           ARRAY[[1,2],[3,4]] AS square, ARRAY['\\x01'::bytea] AS blobs, ARRAY['{"a":1}'::jsonb] AS objects,
           ARRAY['2026-02-03 04:05:06+00'::timestamptz] AS times, '00000000-0000-0000-0000-000000000001'::uuid AS uuid`,
      );
      assert.deepEqual(row, {
        big: 5,
        too_big: "9007199254740993",
        int: -7,
        fraction: 1.5,
        long: "12345678901234567890.5",
        float: 0.25,
        yes: true,
        nothing: null,
        text: 'é"\\',
        at: new Date("2026-02-03T02:05:06.789Z"),
        day: "2026-02-03",
        json: { a: [1, null] },
        bytes: new Uint8Array([0, 255, 16]),
        never: new Date(Number.NaN),
        texts: ["a,b", '"q\\', "", null, "NULL"],
        numbers: [1, null, 3],
        flags: [true, false],
        empty: [],
        square: [
          [1, 2],
          [3, 4],
        ],
        blobs: [new Uint8Array([1])],
        objects: [{ a: 1 }],
        times: [new Date("2026-02-03T04:05:06Z")],
        uuid: "00000000-0000-0000-0000-000000000001",
      });
    });

    test("a parameter of each type arrives as it was sent", async () => {
      const at = new Date("2026-11-21T01:02:03.456Z");
      const bytes = new Uint8Array([0, 1, 254, 255]);
      const [row] = await db.query(
        OPERATOR,
        "SELECT $1::text AS text, $2::int8 AS number, $3::boolean AS flag, $4::text AS nothing, $5::timestamptz AS at, $6::bytea AS bytes, $7::text[] AS texts, $8::int4[] AS ints, $9::jsonb AS json, $10::boolean[] AS flags",
        ["a'b\u0001\n", 2 ** 52, false, null, at, bytes, ['x"y\\', "", null, "NULL", "{}"], [3, null], '{"k":"v"}', [true, false]],
      );
      assert.deepEqual(row, {
        text: "a'b\u0001\n",
        number: 2 ** 52,
        flag: false,
        nothing: null,
        at,
        bytes,
        texts: ['x"y\\', "", null, "NULL", "{}"],
        ints: [3, null],
        json: { k: "v" },
        flags: [true, false],
      });
    });

    test("a batch of 300 events travels as one JSON text", async () => {
      const events = JSON.stringify(Array.from({ length: 300 }, (_, n) => ({ n, body: "x".repeat(1500) })));
      const [row] = await db.query(
        LEDGER,
        "SELECT count(*) AS rows, sum(length(e->>'body')) AS chars FROM jsonb_array_elements($1::jsonb) AS e",
        [events],
      );
      assert.deepEqual(row, { rows: 300, chars: 450_000 });
    });

    test("large values and long results come whole", async () => {
      const bytes = new Uint8Array(1_500_000).map((_, n) => (n * 7) % 256);
      const text = "é€😀".repeat(200_000);
      const [large] = await db.query(
        OPERATOR,
        "SELECT $1::bytea AS bytes, $2::text AS text, length($2) AS chars, repeat('x', 3000000) AS long",
        [bytes, text],
      );
      assert.ok(large !== undefined && Buffer.compare(large["bytes"] as Uint8Array, bytes) === 0);
      assert.equal(large["text"], text);
      assert.equal(large["chars"], 600_000);
      assert.equal((large["long"] as string).length, 3_000_000);
      const rows = await db.query<{ n: number }>(OPERATOR, "SELECT n FROM generate_series(1, 30000) AS n");
      assert.ok(rows.length === 30_000 && rows.every(({ n }, at) => n === at + 1));
      assert.deepEqual(await db.query(OPERATOR, "SELECT 1 AS one WHERE false"), []);
    });

    test("each scope is a role of its own, and nothing of it is left behind", async () => {
      const scopes: Scope[] = [tenantScope(one), LOOKUP, LEDGER, OPERATOR, tenantScope(two)];
      const ask = "SELECT current_user::text AS role, current_setting('app.tenant', true) AS tenant";
      const seen = await Promise.all(scopes.map((scope) => db.query(scope, ask)));
      assert.deepEqual(seen.flat(), [
        { role: "weir_tenant", tenant: one },
        { role: "weir_lookup", tenant: "" },
        { role: "weir_ledger", tenant: "" },
        { role: "weir_operator", tenant: "" },
        { role: "weir_tenant", tenant: two },
      ]);
      const [after] = await db.asOwner((owner) =>
        owner.query("SELECT current_user = session_user AS same, nullif(current_setting('app.tenant', true), '') AS tenant"),
      );
      assert.deepEqual(after, { same: true, tenant: null });
    });

    test("a tenant sees its own rows alone, and cannot write others'", async () => {
      assert.deepEqual(await db.query(tenantScope(one), "SELECT slug FROM tenants"), [{ slug: "one" }]);
      assert.deepEqual(await db.query(tenantScope(one), "SELECT slug FROM tenants WHERE id = $1", [two]), []);
      const theft = db.query(
        tenantScope(one),
        "INSERT INTO api_keys (tenant_id, id, digest, prefix, name, role, created_at) VALUES ($1, 'key_x', 'd', 'p', 'n', 'member', now())",
        [two],
      );
      await assert.rejects(theft, (error) => error instanceof SqlError && error.sqlState === "42501");
      await assert.rejects(db.query(LOOKUP, "DELETE FROM tenants"), (error) => error instanceof SqlError && error.sqlState === "42501");
    });

    test("an id of another shape never reaches SQL", async () => {
      const forged = { kind: "tenant", tenantId: "ten_0', true); DROP TABLE tenants; --" } as unknown as Scope;
      await assert.rejects(db.query(forged, "SELECT 1"), TypeError);
      await assert.rejects(
        db.transaction(forged, (tx) => tx.query("SELECT 1")),
        TypeError,
      );
    });

    test("what the database refuses tells its code and constraint, and no value", async () => {
      await assert.rejects(db.query(OPERATOR, insertTenant, [one, "secret-slug", "x"]), (error) => {
        assert.ok(isUniqueViolation(error, "tenants_pkey") && isUniqueViolation(error) && !isUniqueViolation(error, "tenants_slug_key"));
        return true;
      });
      const orphan =
        "INSERT INTO api_keys (tenant_id, id, digest, prefix, name, role, created_at) VALUES ('ten_gone', 'k', 'd', 'p', 'n', 'member', now())";
      await assert.rejects(db.query(OPERATOR, orphan), isForeignKeyViolation);
      for (const [text, params] of [
        ["SELECT $1::int4", ["secret-slug"]],
        [insertTenant, [two, "secret-slug", "x"]],
        ["SELECT $1::jsonb", ["{secret-slug"]],
      ] as const) {
        const error: unknown = await db.query(OPERATOR, text, params).catch((thrown: unknown) => thrown);
        assert.ok(error instanceof SqlError);
        assert.ok(!Bun.inspect(error).includes("secret-slug"), Bun.inspect(error));
      }
    });

    test("after a failed statement the connection serves the next", async () => {
      for (let n = 0; n < 6; n++) {
        await assert.rejects(db.query(OPERATOR, "SELECT 1 / 0"), SqlError);
        assert.deepEqual(await db.query(tenantScope(one), "SELECT count(*) AS n FROM tenants"), [{ n: 1 }]);
      }
    });

    test("a statement that is asked again and again sees the present table, role and tenant", async () => {
      const script = (text: string): Promise<void> => db.asOwner((owner) => owner.script(text));
      await script("CREATE TABLE shape (tenant_id text NOT NULL, a int); INSERT INTO shape VALUES ('" + one + "', 1), ('" + two + "', 2)");
      await script("SELECT weir_guard('shape', tenant => 'select', operator => 'select')");
      for (let n = 0; n < 12; n++) {
        assert.deepEqual(await db.query(tenantScope(one), "SELECT a FROM shape ORDER BY a"), [{ a: 1 }]);
        assert.deepEqual(await db.query(tenantScope(two), "SELECT a FROM shape ORDER BY a"), [{ a: 2 }]);
        assert.deepEqual(await db.query(OPERATOR, "SELECT a FROM shape ORDER BY a"), [{ a: 1 }, { a: 2 }]);
        await assert.rejects(db.query(LEDGER, "SELECT a FROM shape ORDER BY a"), SqlError);
      }
      await script("ALTER TABLE shape ALTER a TYPE text USING 'now ' || a");
      assert.deepEqual(await db.query(tenantScope(one), "SELECT a FROM shape ORDER BY a"), [{ a: "now 1" }]);
      assert.deepEqual(await db.transaction(OPERATOR, (tx) => tx.query("SELECT a FROM shape ORDER BY a")), [
        { a: "now 1" },
        { a: "now 2" },
      ]);
      await script("DROP TABLE shape");
      await assert.rejects(db.query(tenantScope(one), "SELECT a FROM shape ORDER BY a"), SqlError);
    });

    test("a transaction commits whole or not at all", async () => {
      const rename = (name: string) => (tx: { query(text: string, params: string[]): Promise<unknown> }) =>
        tx.query("UPDATE tenants SET name = $2 WHERE id = $1", [one, name]);
      const nameNow = async (): Promise<unknown> =>
        (await db.query(OPERATOR, "SELECT name FROM tenants WHERE id = $1", [one]))[0]?.["name"];
      assert.equal(await db.transaction(OPERATOR, async (tx) => (await rename("Eins")(tx), "result")), "result");
      assert.equal(await nameNow(), "Eins");
      const stop = new Error("stop");
      await assert.rejects(
        db.transaction(OPERATOR, async (tx) => {
          await rename("Zwei")(tx);
          throw stop;
        }),
        (error) => error === stop,
      );
      assert.equal(await nameNow(), "Eins");
      // A body that swallows a failed statement must not be told that its work was kept.
      await assert.rejects(
        db.transaction(OPERATOR, async (tx) => {
          await rename("Drei")(tx);
          await tx.query("SELECT 1 / 0").catch(() => undefined);
        }),
        (error) => error instanceof SqlError && error.sqlState === "25P02",
      );
      assert.equal(await nameNow(), "Eins");
      assert.equal(await db.transaction(OPERATOR, async () => 7), 7);
    });

    test("a constraint that is checked at COMMIT fails the statement", async () => {
      await db.asOwner((owner) =>
        owner.script("CREATE TABLE late (a int UNIQUE DEFERRABLE INITIALLY DEFERRED); GRANT ALL ON late TO weir_operator"),
      );
      await assert.rejects(db.query(OPERATOR, "INSERT INTO late VALUES (1), (1)"), (error) => isUniqueViolation(error, "late_a_key"));
      await assert.rejects(
        db.transaction(OPERATOR, (tx) => tx.query("INSERT INTO late VALUES (1), (1)")),
        (error) => isUniqueViolation(error, "late_a_key"),
      );
      assert.deepEqual(await db.query(OPERATOR, "SELECT * FROM late"), []);
    });

    test("transactions that run at once do not see each other's middle", async () => {
      await db.asOwner((owner) =>
        owner.script("CREATE TABLE counter (n int); INSERT INTO counter VALUES (0); GRANT ALL ON counter TO weir_operator"),
      );
      const add = () =>
        db.transaction(OPERATOR, async (tx) => {
          const [row] = await tx.query<{ n: number }>("SELECT n FROM counter FOR UPDATE");
          await tx.query("UPDATE counter SET n = $1", [(row?.n ?? 0) + 1]);
        });
      const reads: unknown[] = [];
      await Promise.all([
        ...Array.from({ length: 40 }, add),
        ...Array.from({ length: 100 }, async () => reads.push((await db.query(OPERATOR, "SELECT n FROM counter"))[0]?.["n"])),
      ]);
      assert.equal((await db.query(OPERATOR, "SELECT n FROM counter"))[0]?.["n"], 40);
      assert.equal(reads.length, 100);
    });

    test("a slow transaction is told with its duration and scope only", async () => {
      warnings.length = 0;
      await db.transaction(tenantScope(one), (tx) => tx.query("SELECT pg_sleep(0.04), 'secret' AS text"));
      const [[message, fields] = []] = warnings;
      assert.equal(message, "a transaction was slow");
      assert.deepEqual(Object.keys(fields ?? {}), ["tookMs", "scope"]);
    });

    test("ping answers, also while a transaction has failed", async () => {
      await db.ping();
      let ping: Promise<void> | undefined;
      const failed = db.transaction(OPERATOR, async (tx) => {
        await tx.query("SELECT 1 / 0").catch(() => undefined);
        ping = db.ping();
        await tx.query("SELECT 1");
      });
      await assert.rejects(failed, SqlError);
      await ping;
    });
  });

  test(`${engine}: after close every call fails as store_unavailable`, async () => {
    const db = await openTestDatabase({ engine });
    const before = db.query(OPERATOR, "SELECT 1 AS one");
    assert.deepEqual(await before, [{ one: 1 }]);
    await db.close();
    for (const call of [db.query(OPERATOR, "SELECT 1"), db.transaction(OPERATOR, (tx) => tx.query("SELECT 1")), db.ping()]) {
      await assert.rejects(call, (error) => error instanceof Fault && error.code === "store_unavailable");
    }
  });
}
