import type { Database, Scope } from "./database.ts";
import { OPERATOR } from "./database.ts";

/** Money in micro-dollars. `keyId` is '' for a tenant's own budget, and the tenant too for the platform's. */
export type BudgetState = {
  readonly tenantId: string;
  readonly keyId: string;
  readonly spentMicroUsd: number;
  /** Held by running servers for calls under way and to come. */
  readonly leasedMicroUsd: number;
};

/** Budgets of one month that somebody has leased from: the platform's, of tenants, of a tenant's keys. The operator's, for tenants see no leases. */
export async function listBudgetStates(db: Database, period: string, tenantIds: readonly string[]): Promise<readonly BudgetState[]> {
  const rows = await db.query<{ tenant: string; key: string; committed: number; leased: number }>(
    OPERATOR,
    `SELECT b.tenant_id AS tenant, b.key_id AS key, b.committed_micro_usd AS committed, (SELECT coalesce(sum(outstanding_micro_usd), 0)::bigint
       FROM budget_leases l WHERE l.tenant_id = b.tenant_id AND l.key_id = b.key_id AND l.period = b.period) AS leased
     FROM budgets b WHERE b.tenant_id = ANY ($1::text[]) AND b.period = $2`,
    [tenantIds, period],
  );
  return rows.map(({ tenant, key, committed, leased }) => ({
    tenantId: tenant,
    keyId: key,
    spentMicroUsd: committed - leased,
    leasedMicroUsd: leased,
  }));
}

/** Refusals of one key with some codes. */
export type KeyRefusals = { readonly keyId: string; readonly count: number; readonly firstMs: number; readonly lastMs: number };

/** Most first, at most `limit` keys. A refusal stands at the start of its minute. */
export async function listRefusals(
  db: Database,
  scope: Scope,
  ask: { readonly tenantId: string; readonly codes: readonly string[]; readonly fromMs: number; readonly limit: number },
): Promise<readonly KeyRefusals[]> {
  const rows = await db.query<{ key: string; count: number; first: number; last: number }>(
    scope,
    // Days and hours tell which of them refused anything: only these are looked through.
    `SELECT e.key_id AS key, sum(e.count)::bigint AS count, extract(epoch FROM min(e.created_at)) * 1000 AS first, extract(epoch FROM max(e.created_at)) * 1000 AS last
     FROM (
       SELECT day_at FROM usage_days WHERE tenant_id = $1 AND grain = 'outcome' AND day_at >= $2::timestamptz AND outcome = 'refused'
       UNION SELECT day_at FROM usage_open_days WHERE tenant_id = $1 AND day_at >= $2::timestamptz) d
     CROSS JOIN LATERAL (SELECT DISTINCT hour_at FROM usage_hours WHERE tenant_id = $1 AND hour_at >= d.day_at
       AND hour_at < d.day_at + interval '24 hours' AND outcome = 'refused' OFFSET 0) h
     CROSS JOIN LATERAL (SELECT key_id, count, created_at, body FROM events WHERE tenant_id = $1 AND created_at >= h.hour_at
       AND created_at < h.hour_at + interval '1 hour' AND outcome = 'refused' OFFSET 0) e
     WHERE e.body::json ->> 'code' = ANY ($3::text[])
     GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT $4::int`,
    [ask.tenantId, new Date(ask.fromMs), ask.codes, ask.limit],
  );
  return rows.map(({ key, count, first, last }) => ({ keyId: key, count, firstMs: first, lastMs: last }));
}
