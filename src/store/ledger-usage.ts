import type { BudgetName } from "./budgets.ts";
import type { Database, Scope, Tx } from "./database.ts";
import {
  HOUR_MS,
  SUMMED,
  sumsTable,
  toTotals,
  USAGE_WORDS,
  type SumRow,
  type UsageTotals,
  type UsageWord,
  type UsageWords,
} from "./usage-sums.ts";

/** Half open: from `fromMs` on, before `toMs`; either may be missing. Without a tenant, all of them. */
export type UsageFilter = { readonly tenantId: string | undefined; readonly fromMs: number | undefined; readonly toMs: number | undefined };
export type UsageCursor = { readonly createdAtMs: number; readonly requestId: string };
export type UsageRow = { readonly tenant: string; readonly createdAtMs: number; readonly eventHash: string; readonly body: string };
/** Bounds that hold every event: PostgreSQL's own reach further. */
const FIRST_MS = 0;
const LAST_MS = Date.UTC(9999, 0, 1);

/** Newest first; of one moment, the higher request id first. `tenant` is the slug, or the id of a tenant that is gone. */
export async function listUsage(
  db: Database,
  scope: Scope,
  filter: UsageFilter,
  page: { readonly before: UsageCursor | undefined; readonly limit: number },
): Promise<readonly UsageRow[]> {
  const { before, limit } = page;
  const toMs = Math.min(filter.toMs ?? LAST_MS, (before?.createdAtMs ?? LAST_MS) + 1);
  const rows = await db.query<{ tenant: string; at: number; hash: string; body: string }>(
    scope,
    `SELECT coalesce(t.slug, e.tenant_id) AS tenant, extract(epoch FROM e.created_at) * 1000 AS at, encode(e.event_hash, 'hex') AS hash, e.body
     FROM audit_heads h
     CROSS JOIN LATERAL (
       SELECT tenant_id, created_at, request_id, event_hash, body FROM events WHERE tenant_id = h.tenant_id
         AND created_at >= $2::timestamptz AND created_at < $3::timestamptz
         AND ($4::timestamptz IS NULL OR (created_at, request_id) < ($4::timestamptz, $5::text))
       ORDER BY created_at DESC, request_id DESC LIMIT $6::int) e
     LEFT JOIN tenants t ON t.id = e.tenant_id
     WHERE $1::text IS NULL OR h.tenant_id = $1
     ORDER BY e.created_at DESC, e.request_id DESC LIMIT $6::int`,
    [
      filter.tenantId ?? null,
      new Date(filter.fromMs ?? FIRST_MS),
      new Date(toMs),
      before === undefined ? null : new Date(before.createdAtMs),
      before?.requestId ?? null,
      limit,
    ],
  );
  return rows.map(({ tenant, at, hash, body }) => ({ tenant, createdAtMs: at, eventHash: hash, body }));
}

/**
 * Exact: whole hours from the sums, what is left at both ends from the rows, all as of one moment. OFFSET 0 keeps the planner from
 * reading all events once instead of a few of each tenant, the order from entering the index that knows no time.
 */
export async function sumUsage(db: Database, scope: Scope, filter: UsageFilter, words: UsageWords = {}): Promise<UsageTotals> {
  const fromMs = filter.fromMs ?? FIRST_MS;
  const toMs = Math.max(fromMs, filter.toMs ?? LAST_MS);
  const firstHour = Math.min(Math.ceil(fromMs / HOUR_MS) * HOUR_MS, toMs);
  const lastHour = Math.max(firstHour, Math.floor(toMs / HOUR_MS) * HOUR_MS);
  const spans = [{ fromMs: firstHour, toMs: lastHour, recent: true }];
  const table = sumsTable({ tenantId: filter.tenantId, spans, words, group: undefined, byHour: false });
  const given = USAGE_WORDS.flatMap((word) => (words[word] === undefined ? [] : [word]));
  const first = table.params.length + 1;
  const where = given.map((word, at) => ` AND ${WORD_SQL[word]} = $${String(FIRST_WORD + at)}`).join("");
  const [row] = await db.query<SumRow>(
    scope,
    `SELECT coalesce(sum(calls), 0)::bigint AS calls, coalesce(sum(refused), 0)::bigint AS refused, coalesce(sum(input), 0)::bigint AS input,
       coalesce(sum(output), 0)::bigint AS output, coalesce(sum(cached), 0)::bigint AS cached, coalesce(sum(cost), 0)::bigint AS cost
     FROM (
       SELECT calls, refused, input, output, cached, cost FROM (${table.text}) u
       UNION ALL
       SELECT CASE WHEN e.outcome = 'refused' THEN 0 ELSE e.count END, CASE WHEN e.outcome = 'refused' THEN e.count ELSE 0 END,
         e.input_tokens, e.output_tokens, e.cached_tokens, e.cost_micro_usd
       FROM audit_heads h CROSS JOIN (VALUES ($${first}::timestamptz, $${first + 1}::timestamptz), ($${first + 2}::timestamptz, $${first + 3}::timestamptz)) AS rest (since, until)
       CROSS JOIN LATERAL (
         SELECT outcome, count, input_tokens, output_tokens, cached_tokens, cost_micro_usd FROM events
         WHERE tenant_id = h.tenant_id AND created_at >= rest.since AND created_at < rest.until${where}
         ORDER BY created_at OFFSET 0) e
       WHERE $1::text IS NULL OR h.tenant_id = $1
     ) parts`,
    [...table.params, new Date(fromMs), new Date(firstHour), new Date(lastHour), new Date(toMs)],
  );
  if (row === undefined) throw new Error("the ledger gave no answer");
  return toTotals(row);
}

/** Where the sums' table has its words among the parameters. */
const FIRST_WORD = 9;
/** How a row of the ledger says what it is of: teams and features are in its body alone. */
export const WORD_SQL: Readonly<Record<UsageWord, string>> = {
  key: "key_id",
  outcome: "outcome",
  model: "coalesce(model, '')",
  provider: "coalesce(provider, '')",
  team: "coalesce(body::json ->> 'team', '')",
  feature: "coalesce(body::json ->> 'feature', '')",
};

export type UsageDay = UsageTotals & { readonly day: string; readonly tenant: string; readonly model: string; readonly provider: string };

/** By day (UTC), tenant, model and provider: `fromMs` and `toMs` count by whole hours. */
export async function sumUsageByDay(db: Database, scope: Scope, filter: UsageFilter): Promise<readonly UsageDay[]> {
  const { tenantId, fromMs = FIRST_MS, toMs = LAST_MS } = filter;
  const spans = [{ fromMs: Math.ceil(fromMs / HOUR_MS) * HOUR_MS, toMs: Math.ceil(toMs / HOUR_MS) * HOUR_MS, recent: true }];
  const table = sumsTable({ tenantId, spans, words: {}, group: "model", second: "provider", byHour: false });
  const rows = await db.query<SumRow & { day: string; tenant: string; model: string; provider: string }>(
    scope,
    `SELECT to_char(u.day AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, coalesce(t.slug, u.tenant_id) AS tenant, u.value AS model, u.second AS provider,
       calls, refused, input, output, cached, cost
     FROM (SELECT date_trunc('day', at, 'UTC') AS day, tenant_id, value, second, ${SUMMED} FROM (${table.text}) s GROUP BY 1, 2, 3, 4) u
     LEFT JOIN tenants t ON t.id = u.tenant_id ORDER BY 1, 2, 3, 4`,
    table.params,
  );
  return rows.map(({ day, tenant, model, provider, ...sums }) => ({ day, tenant, model, provider, ...toTotals(sums) }));
}

/** What a budget's month has cost so far in the ledger. */
export async function sumSpent(tx: Tx, budget: BudgetName): Promise<number> {
  const [row] = await tx.query<{ cost: number }>(
    `SELECT coalesce(sum(cost_micro_usd), 0)::bigint AS cost FROM usage_hours
     WHERE hour_at >= $3::timestamptz AND hour_at < $3::timestamptz + interval '1 month'
       AND ($1::text IS NULL OR tenant_id = $1) AND ($2::text IS NULL OR key_id = $2)`,
    [budget.tenantId ?? null, budget.keyId ?? null, `${budget.period}-01T00:00:00Z`],
  );
  return row?.cost ?? 0;
}
