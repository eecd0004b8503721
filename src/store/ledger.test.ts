import { afterAll, beforeAll, describe, test } from "bun:test";
import assert from "node:assert/strict";
import { tenantIds } from "../kernel/ids.ts";
import { type Database, LEDGER, OPERATOR, type Param, type Scope, tenantScope } from "./database.ts";
import type { Engine } from "./engine.ts";
import { type EventColumns, findShipped, lockHeads } from "./events.ts";
import { findEvent, listChain, readChainEnd } from "./ledger-audit.ts";
import { createEventPartitions } from "./ledger-partitions.ts";
import { listUsage, sumUsage } from "./ledger-usage.ts";
import { explainUses, listTestEngines, openTestDatabase } from "./testing.ts";

const MONTH = "2026-11";
const AT_MS = Date.UTC(2026, 10, 21);

for (const engine of listTestEngines())
  describe(engine, () => {
    let db: Engine;
    beforeAll(async () => {
      db = await openTestDatabase({ engine });
      await db.asOwner(async (owner) => {
        await createEventPartitions(owner, ["2026-10", MONTH, "2026-12"]);
        // An empty table has no plan worth looking at. Nothing is analysed: on PGlite nothing ever is.
        await owner.query(
          `INSERT INTO events SELECT 'ten_' || n % 5, $1::timestamptz + n * interval '1 minute', 'req_' || n, n, 'key_x', 'finished', 'm', 'p', 1, 1, 0, 5, 1,
             '\\x00', '\\x00', false, repeat('x', 500) FROM generate_series(1, 5000) n`,
          [new Date(AT_MS)],
        );
      });
    });
    afterAll(() => db.close());

    /** Runs `use` and gives back what it asked the database, for the planner to explain. */
    const asked = async (use: (spy: Database) => Promise<unknown>) => {
      const statements: { readonly scope: Scope; readonly text: string; readonly params: readonly Param[] }[] = [];
      const spy: Database = {
        ...db,
        query(scope, text, params = []) {
          statements.push({ scope, text, params });
          return db.query(scope, text, params);
        },
        transaction: (scope, body) =>
          db.transaction(scope, (tx) =>
            body({
              query(text, params = []) {
                statements.push({ scope, text, params });
                return tx.query(text, params);
              },
            }),
          ),
      };
      await use(spy);
      const [first] = statements;
      assert.ok(first !== undefined);
      return await explainUses(db, first.scope, first.text, first.params);
    };

    test("every query of the ledger enters its index by the tenant, as the role that asks", async () => {
      const tenantId = tenantIds.make(AT_MS);
      const scope = tenantScope(tenantId);
      const filter = { tenantId, fromMs: AT_MS + 1, toMs: AT_MS + 10_000_000 };
      const page = { before: { createdAtMs: AT_MS + 1000, requestId: "req_x" }, limit: 10 };
      const event = { requestId: "req_x", from: new Date(AT_MS), to: new Date(AT_MS + 1000) };
      const key: EventColumns = {
        tenantId,
        createdAtMs: AT_MS,
        requestId: "req_x",
        keyId: "key_x",
        outcome: "finished",
        model: null,
        provider: null,
        inputTokens: 0,
        outputTokens: 0,
        cachedTokens: 0,
        costMicroUsd: 0,
        count: 1,
      };
      const queries: readonly [string, (spy: Database) => Promise<unknown>, RegExp, RegExp][] = [
        ["usage of one tenant", (spy) => listUsage(spy, scope, filter, page), /^events_2026_11_pkey$/, /tenant_id = .*created_at >=/],
        [
          "usage of all tenants",
          (spy) => listUsage(spy, OPERATOR, { ...filter, tenantId: undefined }, page),
          /^events_2026_11_pkey$/,
          /tenant_id = .*created_at >=/,
        ],
        ["sums", (spy) => sumUsage(spy, scope, filter), /^events_2026_11_pkey$/, /tenant_id = .*created_at >=/],
        ["sums of hours", (spy) => sumUsage(spy, scope, filter), /^usage_hours_pkey$/, /tenant_id = .*hour_at >=/],
        [
          "the chain",
          (spy) => listChain(spy, scope, tenantId, { afterSeq: 5, limit: 10 }),
          /^events_2026_11_tenant_id_seq_idx$/,
          /tenant_id = .*seq >/,
        ],
        ["the chain's end", (spy) => readChainEnd(spy, scope, tenantId), /^events_2026_11_tenant_id_seq_idx$/, /tenant_id = /],
        ["one event", (spy) => findEvent(spy, scope, tenantId, event), /^events_2026_11_pkey$/, /tenant_id = .*request_id = /],
        ["heads", (spy) => spy.transaction(LEDGER, (tx) => lockHeads(tx, [tenantId], toFirst)), /^audit_heads_pkey$/, /tenant_id = ANY/],
        [
          "known events",
          (spy) => spy.transaction(LEDGER, (tx) => findShipped(tx, [key])),
          /^events_2026_11_pkey$/,
          /tenant_id = .*created_at = .*request_id = /,
        ],
      ];
      for (const [name, use, index, condition] of queries) {
        const { indexes, sequential } = await asked(use);
        const used = indexes.some((entry) => index.test(entry.index) && condition.test(entry.condition));
        assert.ok(used, `${name}: ${JSON.stringify(indexes)}`);
        assert.ok(!sequential.some((table) => /^(events|usage_hours)/.test(table)), `${name} reads ${sequential.join(", ")} whole`);
      }
      console.log(`${queries.length} queries explained`);
    });

    const toFirst = (tenantId: string) => ({ tenantId, seq: 0, chainHash: "00", mac: "00" });

    test("a partition is a calendar month in UTC, is made once, and nobody reaches past the table", async () => {
      const bounds = await db.asOwner((owner) =>
        owner.query<{ name: string; bounds: string; forced: boolean }>(
          `SELECT relname AS name, pg_get_expr(relpartbound, oid) AS bounds, relforcerowsecurity AS forced FROM pg_class
           WHERE relispartition AND relname LIKE 'events%' AND relkind = 'r' ORDER BY 1`,
        ),
      );
      assert.deepEqual(
        bounds.map(({ name }) => name),
        ["events_2026_10", "events_2026_11", "events_2026_12"],
      );
      assert.ok(bounds.every(({ forced }) => forced));
      assert.match(bounds[1]?.bounds ?? "", /2026-11-01 00:00:00\+00.*2026-12-01 00:00:00\+00/);
      await db.asOwner((owner) => createEventPartitions(owner, [MONTH, MONTH]));
      for (const scope of [OPERATOR, LEDGER, tenantScope(tenantIds.make(AT_MS))])
        await assert.rejects(db.query(scope, "SELECT 1 FROM events_2026_11"), /permission denied/);
      await assert.rejects(db.query(LEDGER, "SELECT weir_event_partition('2027-01')"), /permission denied/);
      for (const wrong of ["2026-13", "2026-1", "x'; DROP TABLE events; --"])
        await assert.rejects(db.asOwner((owner) => createEventPartitions(owner, [wrong])));
    });

    test("nobody who serves calls may change or delete what is in the ledger", async () => {
      const roles = [LEDGER, tenantScope(tenantIds.make(AT_MS))];
      for (const scope of roles)
        for (const statement of ["UPDATE events SET count = 2", "DELETE FROM events", "TRUNCATE events"])
          await assert.rejects(db.query(scope, statement), /permission denied/);
      await assert.rejects(db.query(OPERATOR, "UPDATE events SET count = 2"), /permission denied/);
    });
  });
