import type { Param } from "./database.ts";

/** What usage can be told apart by, beside its tenant. */
export const USAGE_WORDS = ["key", "team", "feature", "model", "provider", "outcome"] as const;
export type UsageWord = (typeof USAGE_WORDS)[number];
/** Exact values; '' is what has none. */
export type UsageWords = { readonly [Word in UsageWord]?: string | undefined };

export type UsageTotals = {
  /** Finished, failed and aborted ones, one each. */
  readonly calls: number;
  readonly refused: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  readonly costMicroUsd: number;
};

export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

export const columnOf = (word: UsageWord): string => (word === "key" ? "key_id" : word);

/** Half open. `recent` tells the span that is asked for from the one before it, which it is compared with. */
export type UsageSpan = { readonly fromMs: number; readonly toMs: number; readonly recent: boolean };

/** Whole hours of a span by what they are read from: whole days, and the hours at both ends. `byHour`: from hours alone. */
export function splitSpan({ fromMs, toMs, recent }: UsageSpan, byHour = false): { days: UsageSpan[]; hours: UsageSpan[] } {
  const firstDay = Math.ceil(fromMs / DAY_MS) * DAY_MS;
  const lastDay = Math.floor(toMs / DAY_MS) * DAY_MS;
  const isPart = ({ fromMs: from, toMs: to }: UsageSpan): boolean => from < to;
  if (byHour || firstDay >= lastDay) return { days: [], hours: [{ fromMs, toMs, recent }].filter(isPart) };
  const ends = [
    { fromMs, toMs: firstDay, recent },
    { fromMs: lastDay, toMs, recent },
  ];
  return { days: [{ fromMs: firstDay, toMs: lastDay, recent }], hours: ends.filter(isPart) };
}

/** The table of days has a row for each word alone, and for all of them together: the smallest that knows the words asked for. */
export function grainOf(words: ReadonlySet<UsageWord>): string {
  const [only] = words;
  if (only === undefined) return "all";
  return words.size === 1 ? only : "each";
}

const SUMS = "calls, refused, input_tokens AS input, output_tokens AS output, cached_tokens AS cached, cost_micro_usd AS cost";
export const SUMMED = ["calls", "refused", "input", "output", "cached", "cost"].map((sum) => `sum(${sum})::bigint AS ${sum}`).join(", ");

export type SumRow = { calls: number; refused: number; input: number; output: number; cached: number; cost: number };
export const toTotals = ({ calls, refused, input, output, cached, cost }: SumRow): UsageTotals => ({
  calls,
  refused,
  inputTokens: input,
  outputTokens: output,
  cachedTokens: cached,
  costMicroUsd: cost,
});

export type SumsAsk = {
  readonly tenantId: string | undefined;
  readonly spans: readonly UsageSpan[];
  readonly words: UsageWords;
  /** Told apart by it; undefined: by tenant alone. */
  readonly group: UsageWord | undefined;
  /** And by this, as `second`. */
  readonly second?: UsageWord | undefined;
  readonly byHour: boolean;
};

const columnOrNone = (word: UsageWord | undefined): string => (word === undefined ? "''::text" : columnOf(word));

/**
 * SQL of a table of sums (tenant_id, at, value, second, recent and the six sums) over whole hours, and its parameters from $1 on. Days that are
 * closed come from their sums, all else from the hours, as of one moment. OFFSET 0 keeps the planner from reading either table whole once
 * instead of a part of each tenant's.
 */
export function sumsTable(ask: SumsAsk): { readonly text: string; readonly params: readonly Param[] } {
  const given = USAGE_WORDS.flatMap((word) => (ask.words[word] === undefined ? [] : [{ word, value: ask.words[word] }]));
  const grain = grainOf(new Set([...given.map(({ word }) => word), ...[ask.group, ask.second].filter((word) => word !== undefined)]));
  // The span before is told as a whole, so its days do.
  const split = ask.spans.map((span) => splitSpan(span, ask.byHour && span.recent));
  const [days, hours] = [split.flatMap((one) => one.days), split.flatMap((one) => one.hours)];
  const where = given.map(({ word }, at) => ` AND ${columnOf(word)} = $${String(9 + at)}`).join("");
  const words = `${columnOrNone(ask.group)} AS value, ${columnOrNone(ask.second)} AS second, ${SUMS}`;
  const text = `
  SELECT d.tenant_id, d.at, d.value, d.second, d.recent, d.calls, d.refused, d.input, d.output, d.cached, d.cost FROM (
    SELECT h.tenant_id, s.recent, u.* FROM audit_heads h CROSS JOIN unnest($3::timestamptz[], $4::timestamptz[], $5::boolean[]) AS s (since, until, recent)
    CROSS JOIN LATERAL (SELECT day_at AS at, ${words} FROM usage_days
      WHERE tenant_id = h.tenant_id AND grain = $2 AND day_at >= s.since AND day_at < s.until${where} OFFSET 0) u
    WHERE $1::text IS NULL OR h.tenant_id = $1
  ) d LEFT JOIN usage_open_days o ON o.tenant_id = d.tenant_id AND o.day_at = d.at WHERE o.tenant_id IS NULL
  UNION ALL
  SELECT o.tenant_id, u.at, u.value, u.second, s.recent, u.calls, u.refused, u.input, u.output, u.cached, u.cost
  FROM usage_open_days o JOIN unnest($3::timestamptz[], $4::timestamptz[], $5::boolean[]) AS s (since, until, recent)
    ON o.day_at >= s.since AND o.day_at < s.until
  CROSS JOIN LATERAL (SELECT hour_at AS at, ${words} FROM usage_hours
    WHERE tenant_id = o.tenant_id AND hour_at >= o.day_at AND hour_at < o.day_at + interval '24 hours'${where} OFFSET 0) u
  WHERE $1::text IS NULL OR o.tenant_id = $1
  UNION ALL
  SELECT h.tenant_id, u.at, u.value, u.second, s.recent, u.calls, u.refused, u.input, u.output, u.cached, u.cost
  FROM audit_heads h CROSS JOIN unnest($6::timestamptz[], $7::timestamptz[], $8::boolean[]) AS s (since, until, recent)
  CROSS JOIN LATERAL (SELECT hour_at AS at, ${words} FROM usage_hours
    WHERE tenant_id = h.tenant_id AND hour_at >= s.since AND hour_at < s.until${where} OFFSET 0) u
  WHERE $1::text IS NULL OR h.tenant_id = $1`;
  return { text, params: [ask.tenantId ?? null, grain, ...toArrays(days), ...toArrays(hours), ...given.map((one) => one.value)] };
}

const iso = (ms: number): string => new Date(ms).toISOString();
const toArrays = (spans: readonly UsageSpan[]): [string[], string[], boolean[]] => [
  spans.map((span) => iso(span.fromMs)),
  spans.map((span) => iso(span.toMs)),
  spans.map((span) => span.recent),
];
