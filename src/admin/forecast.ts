/** Money in micro-dollars, days of UTC. */
export type ForecastAsk = {
  /** Cost of whole days that are over, oldest first, one after the other without a gap, the last being yesterday. */
  readonly days: readonly number[];
  /** Weekday of the day under way: 0 is Sunday. */
  readonly weekday: number;
  /** How much of the day under way is over: 0 to 1. */
  readonly dayShare: number;
  /** Whole days of the month behind the day under way. */
  readonly daysLeft: number;
  readonly spentMicroUsd: number;
  readonly limitMicroUsd: number | undefined;
};

export type Forecast =
  | { readonly method: "none"; readonly reason: "too-little-data" }
  | {
      /** `run-rate`: every day like the mean of those before. `weekday-run-rate`: every weekday like those of its name. */
      readonly method: "run-rate" | "weekday-run-rate";
      readonly microUsd: number;
      /** Four months of five end between these, if days go on to scatter as they did. */
      readonly lowMicroUsd: number;
      readonly highMicroUsd: number;
      /** Days that it was made from. */
      readonly days: number;
      /** Days from now until the limit is reached, with a fraction; undefined: not this month, or there is none. 0: it is. */
      readonly daysToLimit: number | undefined;
    };

/** Older days say little of the next ones. A multiple of a week, so that no weekday weighs more than another. */
export const FORECAST_DAYS_MAX = 28;
/** Two days make a line through anything. */
const DAYS_MIN = 3;
/** Two of every weekday: one alone may have been a holiday. */
const WEEKDAY_DAYS_MIN = 14;
/** Of a normal distribution, four fifths lie so many standard deviations around the middle. */
const Z_80 = 1.2816;
const WEEK = 7;

/**
 * What a month will have cost at its end. With the costs `c` of the last n ≤ 28 days (from the first one that cost anything), their mean
 * `m`, and of each weekday w the mean of its days `m_w`:
 *
 *     expected(w) = m                      where n < 14 (`run-rate`)
 *                 = m_w                    where n ≥ 14 (`weekday-run-rate`)
 *     forecast    = spent + (1 − share of today that is over) · expected(today) + Σ expected(w) over the days left
 *     interval    = forecast ± 1.2816 · s · √(L + Σ L_k² / n_k), never below what is spent
 *
 * where s is the standard deviation of `c` around what was expected of each day, with as many degrees of freedom less as means were
 * taken (1 or 7); L are the days left, today's rest included, L_k those that are expected from mean k, and n_k the days that this mean is of:
 * days scatter, and a mean of few days is itself not sure. Days are taken for independent; a rise or fall over the weeks is not followed. Fewer than 3 days say nothing.
 */
export function forecastMonth(ask: ForecastAsk): Forecast {
  const costs = recentOf(ask.days);
  if (costs.length < DAYS_MIN) return { method: "none", reason: "too-little-data" };
  const isWeekly = costs.length >= WEEKDAY_DAYS_MIN;
  const means = isWeekly ? weekdayMeans(costs, ask.weekday) : Array.from({ length: WEEK }, () => meanOf(costs));
  const expected = (daysAhead: number): number => means[modulo(ask.weekday + daysAhead)] ?? 0;

  const todayLeft = 1 - ask.dayShare;
  let ahead = todayLeft * expected(0);
  for (let day = 1; day <= ask.daysLeft; day++) ahead += expected(day);
  const scatter = deviation(costs, (at) => expected(at - costs.length), isWeekly ? WEEK : 1);
  const half = Z_80 * scatter * Math.sqrt(varianceOf(ask, costs.length, isWeekly));
  const microUsd = Math.round(ask.spentMicroUsd + ahead);
  return {
    method: isWeekly ? "weekday-run-rate" : "run-rate",
    microUsd,
    lowMicroUsd: Math.max(ask.spentMicroUsd, Math.round(microUsd - half)),
    highMicroUsd: Math.round(microUsd + half),
    days: costs.length,
    daysToLimit: daysToLimit(ask, expected),
  };
}

const modulo = (day: number): number => ((day % WEEK) + WEEK) % WEEK;
const meanOf = (costs: readonly number[]): number => costs.reduce((sum, cost) => sum + cost, 0) / costs.length;

/** Days before there was any cost are not days without cost: nobody was there yet. */
function recentOf(days: readonly number[]): readonly number[] {
  const recent = days.slice(-FORECAST_DAYS_MAX);
  const isOlder = days.slice(0, -FORECAST_DAYS_MAX).some((cost) => cost > 0);
  const first = recent.findIndex((cost) => cost > 0);
  if (isOlder || first === -1) return isOlder ? recent : [];
  return recent.slice(first);
}

/** By weekday, 0 being Sunday. */
function weekdayMeans(costs: readonly number[], today: number): readonly number[] {
  return Array.from({ length: WEEK }, (_, weekday) => meanOf(costs.filter((_cost, at) => modulo(today + at - costs.length) === weekday)));
}

/** Of the sum of the days left, in variances of one day. */
function varianceOf({ weekday, dayShare, daysLeft }: ForecastAsk, known: number, isWeekly: boolean): number {
  const meanAt = (day: number): number => (isWeekly ? modulo(weekday + day) : 0);
  const ahead = new Map<number, number>();
  const behind = new Map<number, number>();
  for (let day = 0; day <= daysLeft; day++) ahead.set(meanAt(day), (ahead.get(meanAt(day)) ?? 0) + (day === 0 ? 1 - dayShare : 1));
  for (let day = -known; day < 0; day++) behind.set(meanAt(day), (behind.get(meanAt(day)) ?? 0) + 1);
  let variance = 1 - dayShare + daysLeft;
  for (const [mean, days] of ahead) variance += days ** 2 / (behind.get(mean) ?? 1);
  return variance;
}

function deviation(costs: readonly number[], expected: (at: number) => number, means: number): number {
  const squares = costs.reduce((sum, cost, at) => sum + (cost - expected(at)) ** 2, 0);
  return Math.sqrt(squares / (costs.length - means));
}

function daysToLimit(
  { spentMicroUsd, limitMicroUsd, dayShare, daysLeft }: ForecastAsk,
  expected: (daysAhead: number) => number,
): number | undefined {
  if (limitMicroUsd === undefined) return undefined;
  let left = limitMicroUsd - spentMicroUsd;
  if (left <= 0) return 0;
  let gone = 0;
  for (let day = 0; day <= daysLeft; day++) {
    const length = day === 0 ? 1 - dayShare : 1;
    const cost = expected(day) * length;
    if (cost >= left) return gone + (left / cost) * length;
    left -= cost;
    gone += length;
  }
  return undefined;
}
