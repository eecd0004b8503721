import type { Database, Param, Scope } from "./database.ts";
import { listUsage, WORD_SQL, type UsageCursor, type UsageFilter, type UsageRow } from "./ledger-usage.ts";
import { columnOf, DAY_MS, grainOf, HOUR_MS, USAGE_WORDS, type UsageWord, type UsageWords } from "./usage-sums.ts";

export type CallsFilter = UsageFilter & {
  readonly words: UsageWords;
  /** Calls that cost at least so much. */
  readonly costMinMicroUsd?: number | undefined;
};
type CallsPage = { readonly before: UsageCursor | undefined; readonly limit: number };
type Given = { readonly word: UsageWord; readonly value: string };

const givenOf = (words: UsageWords): readonly Given[] =>
  USAGE_WORDS.flatMap((word) => {
    const value = words[word];
    return value === undefined ? [] : [{ word, value }];
  });

/**
 * Newest first, as `listUsage`, of calls that the filter fits. No index knows teams, features or costs of single calls, but the sums tell
 * which days and hours have any such: only these are looked through, so what is rare is found as fast as what is frequent.
 */
export async function listCalls(db: Database, scope: Scope, filter: CallsFilter, page: CallsPage): Promise<readonly UsageRow[]> {
  if (givenOf(filter.words).length === 0 && filter.costMinMicroUsd === undefined) return await listUsage(db, scope, filter, page);
  const found: UsageRow[] = [];
  const days = await listDays(db, scope, filter, page.before);
  let { before } = page;
  for (let next = 0, width = 1; next < days.length && found.length < page.limit; width *= 2) {
    const chosen = days.slice(next, next + width);
    const untilMs = (before?.createdAtMs ?? Number.MAX_SAFE_INTEGER) + 1;
    const hours = await listHours(db, scope, filter, { days: chosen, untilMs, limit: page.limit - found.length + HOURS_MORE });
    const rows = await listIn(db, scope, filter, { hours: hours.data, before, limit: page.limit - found.length });
    found.push(...rows);
    const last = hours.data.at(-1);
    // Hours that were left out are asked for next: all that is in the last one has been told.
    if (hours.more && last !== undefined) before = { createdAtMs: last.hourMs - 1, requestId: AFTER_ALL };
    else next += width;
  }
  return found;
}

/** Hours beyond those that a page needs: some have only calls that are on the page before, or sums of which no single call fits. */
const HOURS_MORE = 50;
/** Sorts behind every request id. */
const AFTER_ALL = "~";
const FIRST_MS = 0;
const LAST_MS = Date.UTC(9999, 0, 1);

/** Conditions on sums: necessary for every call of them. Parameters from `$first` on. */
function conditions({ words, costMinMicroUsd }: CallsFilter, first: number): { readonly text: string; readonly params: readonly Param[] } {
  const given = givenOf(words);
  const parts = given.map(({ word }, at) => ` AND ${columnOf(word)} = $${String(first + at)}`);
  if (costMinMicroUsd !== undefined) parts.push(` AND cost_micro_usd >= $${String(first + given.length)}::bigint`);
  return {
    text: parts.join(""),
    params: [...given.map(({ value }) => value), ...(costMinMicroUsd === undefined ? [] : [costMinMicroUsd])],
  };
}

/** Days that may have such calls, newest first. */
async function listDays(db: Database, scope: Scope, filter: CallsFilter, before: UsageCursor | undefined): Promise<readonly number[]> {
  const given = givenOf(filter.words).map(({ word }) => word);
  const grain = filter.costMinMicroUsd === undefined ? grainOf(new Set(given)) : "each";
  const where = conditions(filter, 5);
  const toMs = Math.min(filter.toMs ?? LAST_MS, (before?.createdAtMs ?? LAST_MS) + 1);
  const fromMs = Math.floor((filter.fromMs ?? FIRST_MS) / DAY_MS) * DAY_MS;
  const rows = await db.query<{ at: number }>(
    scope,
    `SELECT extract(epoch FROM day_at) * 1000 AS at FROM (
       SELECT u.day_at FROM audit_heads h CROSS JOIN LATERAL (SELECT day_at FROM usage_days
         WHERE tenant_id = h.tenant_id AND grain = $2 AND day_at >= $3::timestamptz AND day_at < $4::timestamptz${where.text} OFFSET 0) u
       WHERE $1::text IS NULL OR h.tenant_id = $1
       UNION SELECT day_at FROM usage_open_days WHERE day_at >= $3::timestamptz AND day_at < $4::timestamptz AND ($1::text IS NULL OR tenant_id = $1)
     ) d ORDER BY 1 DESC`,
    [filter.tenantId ?? null, grain, new Date(fromMs), new Date(toMs), ...where.params],
  );
  return rows.map(({ at }) => at);
}

type Hour = { readonly tenantId: string; readonly hourMs: number };

async function listHours(
  db: Database,
  scope: Scope,
  filter: CallsFilter,
  { days, untilMs, limit }: { readonly days: readonly number[]; readonly untilMs: number; readonly limit: number },
): Promise<{ readonly data: readonly Hour[]; readonly more: boolean }> {
  const where = conditions(filter, 6);
  const rows = await db.query<{ tenant: string; at: number }>(
    scope,
    // WITH TIES: an hour of all tenants is told whole, or not at all.
    `SELECT u.tenant_id AS tenant, extract(epoch FROM u.hour_at) * 1000 AS at
     FROM audit_heads h CROSS JOIN unnest($2::timestamptz[]) AS d (day_at)
     CROSS JOIN LATERAL (SELECT DISTINCT tenant_id, hour_at FROM usage_hours WHERE tenant_id = h.tenant_id
       AND hour_at >= d.day_at AND hour_at < d.day_at + interval '24 hours'
       AND hour_at >= $3::timestamptz AND hour_at < $4::timestamptz${where.text} OFFSET 0) u
     WHERE $1::text IS NULL OR h.tenant_id = $1
     ORDER BY u.hour_at DESC FETCH FIRST ($5::int) ROWS WITH TIES`,
    [
      filter.tenantId ?? null,
      days.map((day) => new Date(day).toISOString()),
      new Date(Math.floor((filter.fromMs ?? FIRST_MS) / HOUR_MS) * HOUR_MS),
      new Date(Math.min(filter.toMs ?? LAST_MS, untilMs, LAST_MS)),
      limit,
      ...where.params,
    ],
  );
  return { data: rows.map(({ tenant, at }) => ({ tenantId: tenant, hourMs: at })), more: rows.length >= limit };
}

/** The calls of these hours. Teams and features are in bodies alone. */
async function listIn(
  db: Database,
  scope: Scope,
  filter: CallsFilter,
  { hours, before, limit }: { readonly hours: readonly Hour[]; readonly before: UsageCursor | undefined; readonly limit: number },
): Promise<readonly UsageRow[]> {
  if (hours.length === 0) return [];
  const given = givenOf(filter.words);
  const parts = given.map(({ word }, at) => ` AND ${WORD_SQL[word]} = $${String(9 + at)}`);
  const toMs = Math.min(filter.toMs ?? LAST_MS, (before?.createdAtMs ?? LAST_MS) + 1);
  const rows = await db.query<{ tenant: string; at: number; hash: string; body: string }>(
    scope,
    `SELECT coalesce(t.slug, e.tenant_id) AS tenant, extract(epoch FROM e.created_at) * 1000 AS at, encode(e.event_hash, 'hex') AS hash, e.body
     FROM unnest($1::text[], $2::timestamptz[]) AS h (tenant_id, hour_at)
     CROSS JOIN LATERAL (
       SELECT tenant_id, created_at, request_id, event_hash, body FROM events WHERE tenant_id = h.tenant_id
         AND created_at >= greatest(h.hour_at, $3::timestamptz) AND created_at < least(h.hour_at + interval '1 hour', $4::timestamptz)
         AND ($5::timestamptz IS NULL OR (created_at, request_id) < ($5::timestamptz, $6::text))
         AND cost_micro_usd >= $7::bigint${parts.join("")}
       ORDER BY created_at DESC, request_id DESC LIMIT $8::int) e
     LEFT JOIN tenants t ON t.id = e.tenant_id
     ORDER BY e.created_at DESC, e.request_id DESC LIMIT $8::int`,
    [
      hours.map((hour) => hour.tenantId),
      hours.map((hour) => new Date(hour.hourMs).toISOString()),
      new Date(filter.fromMs ?? FIRST_MS),
      new Date(toMs),
      before === undefined ? null : new Date(before.createdAtMs),
      before?.requestId ?? null,
      filter.costMinMicroUsd ?? 0,
      limit,
      ...given.map(({ value }) => value),
    ],
  );
  return rows.map(({ tenant, at, hash, body }) => ({ tenant, createdAtMs: at, eventHash: hash, body }));
}
