import type { Database } from "./database.ts";
import { LEDGER } from "./database.ts";

/** A day (UTC) of a tenant whose hours are read because its sums are not made. */
export type OpenDay = { readonly tenantId: string; readonly dayMs: number };

/** Oldest first, of days that began before `beforeMs`. */
export async function listOpenDays(db: Database, beforeMs: number, limit: number): Promise<readonly OpenDay[]> {
  const rows = await db.query<{ tenant: string; at: number }>(
    LEDGER,
    `SELECT tenant_id AS tenant, extract(epoch FROM day_at) * 1000 AS at FROM usage_open_days WHERE day_at < $1::timestamptz ORDER BY day_at, tenant_id LIMIT $2::int`,
    [new Date(beforeMs), limit],
  );
  return rows.map(({ tenant, at }) => ({ tenantId: tenant, dayMs: at }));
}

const SUMS = ["calls", "refused", "input_tokens", "output_tokens", "cached_tokens", "cost_micro_usd"];
const WORDS = ["key_id", "outcome", "model", "provider", "team", "feature"];
const NAMES = ["key", "outcome", "model", "provider", "team", "feature"];
/** GROUPING has a bit for each word that was added up over, the first the highest. */
const ALL = 2 ** WORDS.length - 1;
const grains = [
  `WHEN 0 THEN 'each' WHEN ${ALL} THEN 'all'`,
  ...NAMES.map((name, at) => `WHEN ${ALL - 2 ** (WORDS.length - 1 - at)} THEN '${name}'`),
];

const DEAREST = `(SELECT coalesce(max(cost_micro_usd), 0) FROM events
    WHERE tenant_id = $1 AND created_at >= $2::timestamptz AND created_at < $2::timestamptz + interval '24 hours')`;

const SUM_DAY = `INSERT INTO usage_days (tenant_id, day_at, grain, ${WORDS.join(", ")}, ${SUMS.join(", ")}, dearest_micro_usd)
  SELECT tenant_id, $2::timestamptz, CASE GROUPING(${WORDS.join(", ")}) ${grains.join(" ")} END,
    ${WORDS.map((word) => `coalesce(${word}, '')`).join(", ")}, ${SUMS.map((sum) => `sum(${sum})`).join(", ")},
    CASE GROUPING(${WORDS.join(", ")}) WHEN ${ALL} THEN ${DEAREST} ELSE 0 END
  FROM usage_hours WHERE tenant_id = $1 AND hour_at >= $2::timestamptz AND hour_at < $2::timestamptz + interval '24 hours'
  GROUP BY tenant_id, GROUPING SETS ((), ${WORDS.map((word) => `(${word})`).join(", ")}, (${WORDS.join(", ")}))`;

/**
 * Adds up the hours of a day and closes it. The lock on the tenant's chain is the shippers' own: what they insert is in the hours that are
 * read here, or opens the day again.
 */
export async function closeDay(db: Database, { tenantId, dayMs }: OpenDay): Promise<void> {
  const day = [tenantId, new Date(dayMs)];
  await db.transaction(LEDGER, async (tx) => {
    await tx.query("SELECT 1 FROM audit_heads WHERE tenant_id = $1 FOR UPDATE", [tenantId]);
    const closed = await tx.query("DELETE FROM usage_open_days WHERE tenant_id = $1 AND day_at = $2::timestamptz RETURNING 1", day);
    if (closed.length === 0) return;
    await tx.query("DELETE FROM usage_days WHERE tenant_id = $1 AND day_at = $2::timestamptz", day);
    await tx.query(SUM_DAY, day);
  });
}
