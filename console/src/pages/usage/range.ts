/** Moments as ISO texts. `by` is what a bar of the chart is. */
export type Span = { readonly from: string; readonly to: string; readonly by: "hour" | "day" };
type Asked = { readonly range: string; readonly from: string; readonly to: string };

export const RANGES = ["24h", "7d", "30d", "90d", "month", "last-month", "custom"] as const;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** The server tells at most so many days. */
const DAYS_MAX = 400;
/** Up to so long, hours say more than days. */
const HOURLY_MS = 2 * DAY_MS;

const iso = (ms: number): string => new Date(ms).toISOString();
const midnight = (ms: number): number => Math.floor(ms / DAY_MS) * DAY_MS;
const monthOf = (ms: number, months: number): number => {
  const at = new Date(ms);
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months, 1);
};

/** What a range means now, in whole hours of UTC: the day, or hour, under way is its last. */
export function spanOf(asked: Asked, nowMs: number): Span {
  const [fromMs, toMs] = boundsOf(asked, nowMs);
  return { from: iso(fromMs), to: iso(toMs), by: toMs - fromMs <= HOURLY_MS ? "hour" : "day" };
}

function boundsOf({ range, from, to }: Asked, nowMs: number): readonly [number, number] {
  const endMs = (Math.floor(nowMs / HOUR_MS) + 1) * HOUR_MS;
  const days = (count: number): readonly [number, number] => [midnight(nowMs) - (count - 1) * DAY_MS, endMs];
  switch (range) {
    case "24h":
      return [endMs - DAY_MS, endMs];
    case "7d":
      return days(7);
    case "90d":
      return days(90);
    case "month":
      return [monthOf(nowMs, 0), endMs];
    case "last-month":
      return [monthOf(nowMs, -1), monthOf(nowMs, 0)];
    case "custom":
      return custom(from, to, nowMs) ?? days(30);
    default:
      return days(30);
  }
}

/** Both days whole. undefined where they make no span. */
function custom(from: string, to: string, nowMs: number): readonly [number, number] | undefined {
  const [first, last] = [Date.parse(from), to === "" ? midnight(nowMs) : Date.parse(to)];
  if (Number.isNaN(first) || Number.isNaN(last) || first > last) return undefined;
  return [Math.max(first, last - (DAYS_MAX - 1) * DAY_MS), last + DAY_MS];
}

/** Every start of an hour or day of the span, seconds since 1970. */
export function ticksOf({ from, to, by }: Span): readonly number[] {
  const step = by === "hour" ? HOUR_MS : DAY_MS;
  const first = Math.floor(Date.parse(from) / step) * step;
  return Array.from({ length: Math.ceil((Date.parse(to) - first) / step) }, (_, at) => (first + at * step) / 1000);
}
