import { test } from "bun:test";
import assert from "node:assert/strict";
import { requestIds, type TenantId } from "../kernel/ids.ts";
import { OPERATOR, type Database } from "./database.ts";
import { deleteOldRefusals, keepRefusals } from "./guard-refusals.ts";
import { deleteOldPseudonyms, keepPseudonyms } from "./pseudonyms.ts";
import { createTenant } from "./tenants.ts";
import { openTestDatabase } from "./testing.ts";

/** One more than a step. */
const ROWS = 201;
const [DATE, LATER] = [new Date(1_000_000), new Date(1_000_001)];

type Aged = {
  readonly table: string;
  keep(db: Database, tenantId: TenantId, until: Date): Promise<void>;
  deleteOld(db: Database, before: Date, held: ReadonlySet<string>): Promise<number>;
};
const numbers = Array.from({ length: ROWS }, (_, at) => at);
const refusal = { keyId: "k", code: "injection_blocked", saw: "", refusedAtMs: 1 };
const AGED: readonly Aged[] = [
  {
    table: "pseudonyms",
    deleteOld: deleteOldPseudonyms,
    keep: (db, tenantId, until) =>
      keepPseudonyms(
        db,
        tenantId,
        numbers.map((at) => ({ conversation: until.toISOString(), name: String(at), sealed: new Uint8Array(1) })),
        until,
      ),
  },
  {
    table: "guard_refusals",
    deleteOld: deleteOldRefusals,
    keep: (db, tenantId, until) =>
      keepRefusals(
        db,
        tenantId,
        numbers.map(() => ({ ...refusal, requestId: requestIds.make(until.getTime()) })),
        until,
      ),
  },
];

for (const { table, keep, deleteOld } of AGED)
  test(`rows of ${table} go when their date has come, not a moment before, and not of a tenant that is held`, async () => {
    const db = await openTestDatabase();
    try {
      const [free, held] = [await createTenant(db, 1, { slug: "free", name: "" }), await createTenant(db, 1, { slug: "held", name: "" })];
      for (const { id } of [free, held]) for (const until of [DATE, LATER]) await keep(db, id, until);
      const count = async ({ id }: { id: string }) =>
        (await db.query(OPERATOR, `SELECT count(*) AS count FROM ${table} WHERE tenant_id = $1`, [id]))[0]?.["count"];
      assert.equal(await deleteOld(db, new Date(DATE.getTime() - 1), new Set()), 0);
      assert.equal(await deleteOld(db, DATE, new Set([held.id])), ROWS);
      assert.deepEqual([await count(free), await count(held)], [ROWS, 2 * ROWS]);
      assert.equal(await deleteOld(db, DATE, new Set()), ROWS, "the hold has ended");
    } finally {
      await db.close();
    }
  });
