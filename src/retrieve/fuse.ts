import type { Fusion } from "../domain/collection.ts";
import type { Scored } from "./bm25.ts";
import type { QueryClass } from "./query-class.ts";

/** Cormack, Clarke and Büttcher, "Reciprocal Rank Fusion outperforms Condorcet and individual Rank Learning Methods" (2009). */
export const RANK_CONSTANT = 60;

/** How much each leg counts, 0 to 1. */
export type Weights = { readonly dense: number; readonly sparse: number };

/**
 * Where a collection's owner has not chosen. By rank, because scores of the two legs have nothing in common and a rank needs no scale. Whoever asks
 * in plain words rarely uses the document's; whoever gives a code or a name means just that. Not fitted to any set: `weir eval fusion` tells what a
 * collection's own questions say.
 */
export const DEFAULT_FUSION: Fusion = { method: "rank", questionWeight: 0.7, keywordWeight: 0.3 };

export function weightsOf(fusion: Fusion, queryClass: QueryClass): Weights {
  const dense = queryClass === "question" ? fusion.questionWeight : fusion.keywordWeight;
  return { dense, sparse: 1 - dense };
}

/**
 * Two ranked lists as one, best first; equal scores in order of their numbers, so that an answer is the same every time. Scores are 0 to 1: what is
 * first in both lists has 1. What only a leg of weight 0 found is left out.
 */
export function fuse(dense: readonly Scored[], sparse: readonly Scored[], method: Fusion["method"], weights: Weights): readonly Scored[] {
  const sums = new Map<number, number>();
  const whole = weights.dense + weights.sparse;
  if (!(whole > 0)) return [];
  for (const [leg, weight] of [
    [dense, weights.dense / whole],
    [sparse, weights.sparse / whole],
  ] as const) {
    if (weight === 0) continue;
    const shareOf = method === "rank" ? byRank : byScore(leg);
    for (const [at, { no, score }] of leg.entries()) sums.set(no, (sums.get(no) ?? 0) + weight * shareOf(at, score));
  }
  return [...sums].map(([no, score]) => ({ no, score })).toSorted((one, other) => other.score - one.score || one.no - other.no);
}

const byRank = (at: number): number => (RANK_CONSTANT + 1) / (RANK_CONSTANT + 1 + at);

/** From 1 for a leg's best to 0 for its last. A list of equals is all 1. */
function byScore(leg: readonly Scored[]): (at: number, score: number) => number {
  const scores = leg.map(({ score }) => score);
  const [low, high] = [Math.min(...scores), Math.max(...scores)];
  return (_, score) => (high > low ? (score - low) / (high - low) : 1);
}
