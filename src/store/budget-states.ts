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
export type KeyRefusals = {
  readonly tenantId: string;
  readonly keyId: string;
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
};

/** Of a tenant's newest ones: rows are one a key, code and minute. Older ones of a month with more are not told. */
export const REFUSED_ROWS_MAX = 5000;

/** By tenant, most first, at most `limit` keys of each. A refusal stands at the start of its minute. */
export async function listRefusals(
  db: Database,
  scope: Scope,
  ask: { readonly tenantIds: readonly string[]; readonly codes: readonly string[]; readonly fromMs: number; readonly limit: number },
): Promise<readonly KeyRefusals[]> {
  const rows = await db.query<{ tenant: string; key: string; count: number; first: number; last: number }>(
    scope,
    `SELECT t.id AS tenant, r.key, r.count, r.first, r.last FROM unnest($1::text[]) AS t (id) CROSS JOIN LATERAL (
       SELECT e.key_id AS key, sum(e.count)::bigint AS count, extract(epoch FROM min(e.created_at)) * 1000 AS first,
         extract(epoch FROM max(e.created_at)) * 1000 AS last
       FROM (SELECT key_id, count, created_at, body FROM events WHERE tenant_id = t.id AND created_at >= $2::timestamptz AND outcome = 'refused'
         ORDER BY created_at DESC LIMIT ${String(REFUSED_ROWS_MAX)}) e
       WHERE e.body::json ->> 'code' = ANY ($3::text[]) GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT $4::int) r
     ORDER BY 1, 3 DESC, 2`,
    [ask.tenantIds, new Date(ask.fromMs), ask.codes, ask.limit],
  );
  return rows.map(({ tenant, key, count, first, last }) => ({ tenantId: tenant, keyId: key, count, firstMs: first, lastMs: last }));
}
