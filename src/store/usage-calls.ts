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
    const wanted = page.limit - found.length;
    const hours = await listHours(db, scope, filter, { days: chosen, untilMs, wanted });
    found.push(...(await listIn(db, scope, filter, { hours: hours.data, before, limit: wanted })));
    const last = hours.data.at(-1);
    // Hours that were left out are asked for next: all that is in the last one has been told.
    if (hours.more && last !== undefined) before = { createdAtMs: last.hourMs - 1, requestId: AFTER_ALL };
    else next += width;
  }
  return found;
}

/** Hours in one look, and how many calls more than a page needs they have: some are on the page before, or their sums are of several. */
const HOURS_MAX = 200;
const SLACK = 2;
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

/** One day, and the tenants that may have such calls in it. */
type Day = { readonly dayMs: number; readonly tenantIds: readonly string[] };

/** Days that may have such calls, newest first. */
async function listDays(db: Database, scope: Scope, filter: CallsFilter, before: UsageCursor | undefined): Promise<readonly Day[]> {
  const given = givenOf(filter.words);
  const where = given.map(({ word }, at) => ` AND ${columnOf(word)} = $${String(6 + at)}`).join("");
  const toMs = Math.min(filter.toMs ?? LAST_MS, (before?.createdAtMs ?? LAST_MS) + 1);
  const fromMs = Math.floor((filter.fromMs ?? FIRST_MS) / DAY_MS) * DAY_MS;
  const rows = await db.query<{ at: number; tenants: string[] }>(
    scope,
    `SELECT extract(epoch FROM day_at) * 1000 AS at, array_agg(tenant_id) AS tenants FROM (
       SELECT d.tenant_id, d.day_at FROM audit_heads h
       CROSS JOIN LATERAL (SELECT tenant_id, day_at FROM usage_days WHERE tenant_id = h.tenant_id AND grain = 'all'
         AND day_at >= $3::timestamptz AND day_at < $4::timestamptz AND dearest_micro_usd >= $5::bigint OFFSET 0) d
       WHERE ($1::text IS NULL OR h.tenant_id = $1)${
         given.length === 0
           ? ""
           : ` AND EXISTS (SELECT FROM usage_days u WHERE u.tenant_id = d.tenant_id AND u.grain = $2 AND u.day_at = d.day_at${where})`
       }
       UNION SELECT tenant_id, day_at FROM usage_open_days
       WHERE day_at >= $3::timestamptz AND day_at < $4::timestamptz AND ($1::text IS NULL OR tenant_id = $1) AND $2::text IS NOT NULL
     ) t GROUP BY day_at ORDER BY 1 DESC`,
    [
      filter.tenantId ?? null,
      grainOf(new Set(given.map(({ word }) => word))),
      new Date(fromMs),
      new Date(toMs),
      filter.costMinMicroUsd ?? 0,
      ...given.map(({ value }) => value),
    ],
  );
  return rows.map(({ at, tenants }) => ({ dayMs: at, tenantIds: tenants }));
}

type Hour = { readonly tenantId: string; readonly hourMs: number };

/** The newest hours that have such calls, until there are enough of them. `more`: there are older ones on these days. */
async function listHours(
  db: Database,
  scope: Scope,
  filter: CallsFilter,
  { days, untilMs, wanted }: { readonly days: readonly Day[]; readonly untilMs: number; readonly wanted: number },
): Promise<{ readonly data: readonly Hour[]; readonly more: boolean }> {
  const where = conditions(filter, 6);
  const pairs = days.flatMap(({ dayMs, tenantIds }) => tenantIds.map((tenantId) => ({ tenantId, day: new Date(dayMs).toISOString() })));
  const rows = await db.query<{ tenant: string; at: number; calls: number }>(
    scope,
    // WITH TIES: an hour of all tenants is told whole, or not at all. A kind of refusal is one row at least.
    `SELECT u.tenant_id AS tenant, extract(epoch FROM u.hour_at) * 1000 AS at, u.calls
     FROM unnest($1::text[], $2::timestamptz[]) AS d (tenant_id, day_at)
     CROSS JOIN LATERAL (SELECT tenant_id, hour_at, sum(greatest(calls, 1))::bigint AS calls FROM usage_hours WHERE tenant_id = d.tenant_id
       AND hour_at >= greatest(d.day_at, $3::timestamptz) AND hour_at < least(d.day_at + interval '24 hours', $4::timestamptz)${where.text}
       GROUP BY 1, 2) u
     ORDER BY u.hour_at DESC FETCH FIRST ($5::int) ROWS WITH TIES`,
    [
      pairs.map(({ tenantId }) => tenantId),
      pairs.map(({ day }) => day),
      new Date(Math.floor((filter.fromMs ?? FIRST_MS) / HOUR_MS) * HOUR_MS),
      new Date(Math.min(filter.toMs ?? LAST_MS, untilMs, LAST_MS)),
      HOURS_MAX,
      ...where.params,
    ],
  );
  let [calls, end] = [0, 0];
  // What single calls cost is not known here, so an hour may have none that is dear enough.
  const enough = filter.costMinMicroUsd === undefined ? wanted * SLACK : Number.POSITIVE_INFINITY;
  while (end < rows.length && (calls < enough || rows[end]?.at === rows[end - 1]?.at)) calls += rows[end++]?.calls ?? 0;
  const data = rows.slice(0, end).map(({ tenant, at }) => ({ tenantId: tenant, hourMs: at }));
  return { data, more: end < rows.length || rows.length >= HOURS_MAX };
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
  const parts = given.map(({ word }, at) => ` AND ${wordCondition(word, 9 + at)}`);
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

/** A body is looked through for the word before it is parsed, which takes far longer. */
function wordCondition(word: UsageWord, at: number): string {
  const isEqual = `${WORD_SQL[word]} = $${String(at)}`;
  if (word !== "team" && word !== "feature") return isEqual;
  const quoted = `'"${word}":' || to_json($${String(at)}::text)::text`;
  return `CASE WHEN $${String(at)}::text = '' OR strpos(body, ${quoted}) > 0 THEN ${isEqual} ELSE false END`;
}
