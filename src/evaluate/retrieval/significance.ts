import { createSeededRandom } from "../../kernel/seeded-random.ts";

export type Estimate = {
  readonly mean: number;
  /** 95 %, by resampling queries with replacement (percentile bootstrap; Efron and Tibshirani 1993). */
  readonly low: number;
  readonly high: number;
  readonly count: number;
};

const RESAMPLES = 2000;
const SHUFFLES = 10_000;

/** The mean over queries, and where it may lie. The same numbers and seed give the same interval. */
export function estimate(values: readonly number[], seed = 1): Estimate {
  if (values.length === 0) return { mean: 0, low: 0, high: 0, count: 0 };
  const random = createSeededRandom(seed);
  const means = Array.from({ length: RESAMPLES }, () => {
    let sum = 0;
    for (let at = 0; at < values.length; at++) sum += values[Math.floor(random() * values.length)] ?? 0;
    return sum / values.length;
  }).toSorted((one, other) => one - other);
  return {
    mean: meanOf(values),
    low: means[Math.floor(RESAMPLES * 0.025)] ?? 0,
    high: means[Math.ceil(RESAMPLES * 0.975) - 1] ?? 0,
    count: values.length,
  };
}

export type Difference = Estimate & {
  /** Chance of a difference this large were there none: paired randomisation, two-sided (Smucker, Allan and Carterette 2007). */
  readonly p: number;
};

/** `after - before` of the same queries in the same order. */
export function compare(before: readonly number[], after: readonly number[], seed = 1): Difference {
  if (before.length !== after.length) throw new RangeError("both sides need the same queries");
  const differences = after.map((value, at) => value - (before[at] ?? 0));
  const seen = Math.abs(meanOf(differences));
  const moved = differences.filter((value) => value !== 0);
  const random = createSeededRandom(seed);
  let asLarge = 0;
  for (let round = 0; round < SHUFFLES; round++) {
    let sum = 0;
    for (const value of moved) sum += random() < 0.5 ? value : -value;
    // Sums of the same numbers in another order differ in their last bits.
    if (Math.abs(sum) / differences.length >= seen - 1e-12) asLarge += 1;
  }
  return { ...estimate(differences, seed), p: moved.length === 0 ? 1 : (asLarge + 1) / (SHUFFLES + 1) };
}

export const meanOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
