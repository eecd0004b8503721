import { usageSeries as seriesAnswer, usageSeriesQuery, type UsageSeriesAnswer } from "../contract/usage-series.ts";
import { toIso } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { platformEndpoint, type Endpoint } from "./endpoint.ts";
import { readQuery } from "./query.ts";
import { noted } from "./route-note.ts";
import { toUsageFilter, type UsageFilterAsk } from "./usage-filter.ts";

type Sums = UsageSeriesAnswer["totals"];
export type SeriesAsk = UsageFilterAsk & {
  readonly fromMs: number;
  readonly toMs: number;
  readonly group: UsageSeriesAnswer["group"];
  readonly bucket: UsageSeriesAnswer["by"];
};
export type SeriesRead = (ask: SeriesAsk & { readonly top: number; readonly order: "cost" | "calls" | "tokens" }) => Promise<{
  readonly fromMs: number;
  readonly toMs: number;
  readonly previous: { readonly fromMs: number; readonly toMs: number; readonly totals: Sums };
  readonly totals: Sums;
  readonly values: number;
  readonly groups: readonly {
    readonly value: string | null;
    readonly totals: Sums;
    readonly previous: Sums;
    readonly points: readonly (Sums & { readonly atMs: number })[];
  }[];
}>;

const DAY_MS = 86_400_000;
/** As long as a budget's month, today included. */
const DAYS_DEFAULT = 31;
/** More points than a chart has pixels; a year and what it is compared with. */
const DAYS_MAX = 400;
const HOURLY_DAYS_MAX = 8;

export function usageSeries(read: SeriesRead): Endpoint {
  const endpoint = platformEndpoint("GET", "/admin/v1/usage/series", "usage.read", async ({ query, who, startedAtMs }) => {
    const { group, by, top, order, ...filter } = readQuery(query, usageSeriesQuery);
    const span = spanOf(toUsageFilter(filter, who), by, startedAtMs);
    const { fromMs, toMs, previous, groups, ...series } = await read({ ...span, group, bucket: by, top, order });
    const answer: UsageSeriesAnswer = {
      from: toIso(fromMs),
      to: toIso(toMs),
      group,
      by,
      previous: { from: toIso(previous.fromMs), to: toIso(previous.toMs), totals: previous.totals },
      ...series,
      groups: groups.map((one) => ({ ...one, points: one.points.map(({ atMs, ...sums }) => ({ at: toIso(atMs), ...sums })) })),
    };
    return Response.json(answer);
  });
  return noted(endpoint, {
    summary: "Calls, tokens and cost by day or hour, told apart by one thing",
    description:
      "Of the last 31 days unless told, beside the span before of the same length. All filters hold together. Bounds count by whole hours. A tenant's own key sees its own tenant.",
    query: usageSeriesQuery,
    answer: seriesAnswer,
  });
}

/** Both ends, of the last days where none is named. Throws `body_invalid` for a span that is empty or too long. */
export function spanOf(
  filter: UsageFilterAsk,
  by: "hour" | "day",
  nowMs: number,
): UsageFilterAsk & { readonly fromMs: number; readonly toMs: number } {
  const toMs = filter.toMs ?? nowMs;
  const daysMax = by === "hour" ? HOURLY_DAYS_MAX : DAYS_MAX;
  const fromMs = filter.fromMs ?? toMs - Math.min(DAYS_DEFAULT, daysMax) * DAY_MS;
  if (fromMs >= toMs) throw new Fault("body_invalid", { param: "from", say: "from: expected a moment before `to`." });
  if (toMs - fromMs > daysMax * DAY_MS)
    throw new Fault("body_invalid", { param: "from", say: `from: expected at most ${String(daysMax)} days before \`to\`, by ${by}.` });
  return { ...filter, fromMs, toMs };
}
