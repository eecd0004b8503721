import type { RolloutCounts } from "../../domain/rollout.ts";

export const NO_COUNTS: RolloutCounts = {
  calls: 0,
  failures: 0,
  latency: {},
  costMicroUsd: 0,
  costSquares: 0,
  scores: 0,
  scoreSum: 0,
  scoreSquares: 0,
};

/** Each bucket is 5 % wider than the one before: finer than what gates are asked about. */
const WIDTH = Math.log(1.05);
/** Longer than any deadline: 1.05 ^ 360 ms are 11 hours. */
const BUCKET_MAX = 360;
const bucketOf = (ms: number): number => Math.min(BUCKET_MAX, Math.max(0, Math.floor(Math.log(Math.max(1, ms)) / WIDTH)));
/** The middle of a bucket. */
const msOf = (bucket: number): number => Math.exp((bucket + 0.5) * WIDTH);

export type CountedCall = { readonly failed: boolean; readonly latencyMs: number; readonly costMicroUsd: number };

/** Counts that grow: what stands in the path of calls copies nothing. */
export type Tally = {
  /** A failed call may be quick and cheap for that very reason, so its latency and cost are not compared. */
  call(counted: CountedCall): void;
  /** From 0 to 1. */
  score(score: number): void;
  read(): RolloutCounts;
};

export function createTally(from: RolloutCounts = NO_COUNTS): Tally {
  const { latency, ...sums } = { ...from };
  const counts: { -readonly [Name in keyof typeof sums]: number } = sums;
  const buckets = new Map(Object.entries(latency).map(([bucket, count]) => [Number(bucket), count]));
  return {
    call({ failed, latencyMs, costMicroUsd }) {
      counts.calls++;
      if (failed) {
        counts.failures++;
        return;
      }
      const bucket = bucketOf(latencyMs);
      buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
      counts.costMicroUsd += costMicroUsd;
      counts.costSquares += costMicroUsd ** 2;
    },
    score(score) {
      counts.scores++;
      counts.scoreSum += score;
      counts.scoreSquares += score ** 2;
    },
    read: () => ({ ...counts, latency: Object.fromEntries(buckets) }),
  };
}

export function sumCounts(all: readonly RolloutCounts[]): RolloutCounts {
  const latency: Record<string, number> = {};
  let sum = NO_COUNTS;
  for (const each of all) {
    for (const [bucket, count] of Object.entries(each.latency)) latency[bucket] = (latency[bucket] ?? 0) + count;
    sum = {
      calls: sum.calls + each.calls,
      failures: sum.failures + each.failures,
      latency,
      costMicroUsd: sum.costMicroUsd + each.costMicroUsd,
      costSquares: sum.costSquares + each.costSquares,
      scores: sum.scores + each.scores,
      scoreSum: sum.scoreSum + each.scoreSum,
      scoreSquares: sum.scoreSquares + each.scoreSquares,
    };
  }
  return sum;
}

export const finishedOf = ({ calls, failures }: RolloutCounts): number => calls - failures;

/** Milliseconds of the finished call at this rank, the quickest being 1; the nearest one where there is none. */
export function latencyAtRank({ latency }: RolloutCounts, rank: number): number {
  const buckets = Object.entries(latency)
    .map(([bucket, count]) => [Number(bucket), count] as const)
    .toSorted(([a], [b]) => a - b);
  let seen = 0;
  for (const [bucket, count] of buckets) {
    seen += count;
    if (seen >= rank) return msOf(bucket);
  }
  return msOf(buckets.at(-1)?.[0] ?? 0);
}
