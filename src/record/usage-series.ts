import type { TenantId } from "../kernel/ids.ts";
import { type Database, OPERATOR, type Scope, tenantScope } from "../store/database.ts";
import { closeDay, listOpenDays } from "../store/usage-days.ts";
import { listCells, listSeries, type SeriesAsk, type SeriesRow } from "../store/usage-series.ts";
import { DAY_MS, HOUR_MS, type UsageTotals, type UsageWords } from "../store/usage-sums.ts";

export type UsageSeriesAsk = Pick<SeriesAsk, "group" | "bucket" | "top" | "order"> & {
  /** undefined: all tenants, for the platform's operator. */
  readonly tenantId: TenantId | undefined;
  /** Both count by whole hours: the hour that `fromMs` is in is the first, the one that `toMs` is in the last. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly words: UsageWords;
};

export type UsagePoint = UsageTotals & { readonly atMs: number };
/** `value` is null for all that are not at the top, together. */
export type UsageGroup = {
  readonly value: string | null;
  readonly totals: UsageTotals;
  readonly previous: UsageTotals;
  /** Buckets in which there was any, oldest first. */
  readonly points: readonly UsagePoint[];
};
export type UsageSeries = {
  readonly fromMs: number;
  readonly toMs: number;
  /** The span before, as long as the one asked for. */
  readonly previous: { readonly fromMs: number; readonly toMs: number; readonly totals: UsageTotals };
  readonly totals: UsageTotals;
  /** How many values there are, told or not. */
  readonly values: number;
  readonly groups: readonly UsageGroup[];
};
export type UsageCell = UsageTotals & { readonly atMs: number; readonly value: string };

export type UsageSeriesReader = {
  readSeries(ask: UsageSeriesAsk): Promise<UsageSeries>;
  /** Every value of every bucket, oldest first: a day at a time, unless there are few. */
  eachCell(ask: Omit<UsageSeriesAsk, "top" | "order"> & { readonly atOnce?: boolean }): AsyncGenerator<readonly UsageCell[]>;
};

const NOTHING: UsageTotals = { calls: 0, refused: 0, inputTokens: 0, outputTokens: 0, cachedTokens: 0, costMicroUsd: 0 };
const add = (a: UsageTotals, b: UsageTotals): UsageTotals => ({
  calls: a.calls + b.calls,
  refused: a.refused + b.refused,
  inputTokens: a.inputTokens + b.inputTokens,
  outputTokens: a.outputTokens + b.outputTokens,
  cachedTokens: a.cachedTokens + b.cachedTokens,
  costMicroUsd: a.costMicroUsd + b.costMicroUsd,
});

export function createUsageSeries({ db, flush }: { readonly db: Database; flush(): Promise<void> }): UsageSeriesReader {
  return {
    async readSeries(ask) {
      await flush();
      const { fromMs, toMs } = wholeHours(ask);
      const beforeMs = fromMs - (toMs - fromMs);
      const spans = [
        { fromMs, toMs, recent: true },
        { fromMs: beforeMs, toMs: fromMs, recent: false },
      ];
      const rows = await listSeries(db, scopeOf(ask), { ...ask, spans, byHour: ask.bucket === "hour" });
      const groups = toGroups(rows);
      const sum = (pick: (group: UsageGroup) => UsageTotals): UsageTotals => groups.map(pick).reduce(add, NOTHING);
      return {
        fromMs,
        toMs,
        previous: { fromMs: beforeMs, toMs: fromMs, totals: sum((group) => group.previous) },
        totals: sum((group) => group.totals),
        values: rows[0]?.values ?? 0,
        groups,
      };
    },
    async *eachCell(ask) {
      await flush();
      const { fromMs, toMs } = wholeHours(ask);
      for (let since = fromMs; since < toMs;) {
        const until = ask.atOnce === true ? toMs : Math.min(toMs, Math.floor(since / DAY_MS) * DAY_MS + DAY_MS);
        const spans = [{ fromMs: since, toMs: until, recent: true }];
        yield await listCells(db, scopeOf(ask), { ...ask, spans, byHour: ask.bucket === "hour" });
        since = until;
      }
    },
  };
}

const scopeOf = ({ tenantId }: { readonly tenantId: TenantId | undefined }): Scope =>
  tenantId === undefined ? OPERATOR : tenantScope(tenantId);

function wholeHours({ fromMs, toMs }: { readonly fromMs: number; readonly toMs: number }): { fromMs: number; toMs: number } {
  const first = Math.floor(fromMs / HOUR_MS) * HOUR_MS;
  return { fromMs: first, toMs: Math.max(first, Math.ceil(toMs / HOUR_MS) * HOUR_MS) };
}

function toGroups(rows: readonly SeriesRow[]): readonly UsageGroup[] {
  const groups = new Map<number, { value: string | null; totals: UsageTotals; previous: UsageTotals; points: UsagePoint[] }>();
  for (const { place, value, atMs, values: _values, ...sums } of rows) {
    let group = groups.get(place);
    if (group === undefined) groups.set(place, (group = { value, totals: NOTHING, previous: NOTHING, points: [] }));
    if (atMs === undefined) group.previous = add(group.previous, sums);
    else {
      group.totals = add(group.totals, sums);
      group.points.push({ atMs, ...sums });
    }
  }
  return [...groups.values()];
}

/** A day is summed up when late calls of it are few: what comes after that opens it again. */
const SETTLED_AFTER_MS = 10 * 60_000;
/** Days in one run: some milliseconds each, in transactions of their own. */
const DAYS_A_RUN = 200;

/** Makes the sums of days that are over. Every process may: a day is closed once. */
export async function closeDays(db: Database, nowMs: number): Promise<void> {
  const today = Math.floor((nowMs - SETTLED_AFTER_MS) / DAY_MS) * DAY_MS;
  for (const day of await listOpenDays(db, today, DAYS_A_RUN)) await closeDay(db, day);
}
