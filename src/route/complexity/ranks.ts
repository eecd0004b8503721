import { FITTED } from "./weights.generated.ts";

export type RanksOptions = {
  /** Tenants remembered, those asked for last; one takes 1 KB. Another's ranks start again from the prior. Default 4,096. */
  readonly tenantsMax?: number;
  /** Calls that count: one so many calls ago counts about a third of the last one. Default 2,000: a day of a small tenant, minutes of a large one. */
  readonly recentCalls?: number;
  /** Calls that the prior is worth. Default 50. */
  readonly priorCalls?: number;
};

export type ComplexityRanks = {
  /**
   * Share of the tenant's recent calls that were simpler, 0 to 1: above 0.8 is the hardest fifth. Then counts this call as one of them, unless
   * `counts` is false, as for a dry run. Keeps numbers of scores, nothing of any text.
   */
  readonly rankOf: (tenantId: string, score: number, counts?: boolean) => number;
};

const BUCKETS = 256;
/** The weight of a call grows instead of all others shrinking; rescaled before it leaves the range of 32-bit numbers. */
const WEIGHT_MAX = 2 ** 40;

type Sketch = { readonly buckets: Float32Array; total: number; weight: number };

/** Share of ordinary requests that are simpler than a score: between the quantiles in the weights' file. */
export function priorRank(score: number): number {
  const { quantiles } = FITTED;
  const steps = quantiles.length - 1;
  const at = quantiles.findIndex((quantile) => quantile > score);
  if (at < 0) return 1;
  if (at === 0) return 0;
  const [low, high] = [quantiles[at - 1] ?? 0, quantiles[at] ?? 1];
  return (at - 1 + (score - low) / (high - low)) / steps;
}

/** Ranks of complexity by tenant: a histogram for each, with a prior, so that a new tenant's ranks mean something at once. */
export function createComplexityRanks({ tenantsMax = 4_096, recentCalls = 2_000, priorCalls = 50 }: RanksOptions = {}): ComplexityRanks {
  const sketches = new Map<string, Sketch>();
  const growth = 1 + 1 / recentCalls;

  function find(tenantId: string): Sketch {
    const sketch = sketches.get(tenantId) ?? { buckets: new Float32Array(BUCKETS), total: 0, weight: 1 };
    // Put in again, so that the first of the map is the one that was not asked for longest.
    sketches.delete(tenantId);
    sketches.set(tenantId, sketch);
    if (sketches.size > tenantsMax) {
      const [oldest] = sketches.keys();
      if (oldest !== undefined) sketches.delete(oldest);
    }
    return sketch;
  }

  return {
    rankOf: (tenantId, score, counts = true) => {
      const bounded = Math.min(1, Math.max(0, score));
      const place = Math.min(BUCKETS - 1, Math.floor(bounded * BUCKETS));
      if (!counts && !sketches.has(tenantId)) return priorRank(bounded);
      const sketch = find(tenantId);
      const rank = rankIn(sketch, bounded, place, priorCalls);
      if (counts) note(sketch, place, growth);
      return rank;
    },
  };
}

function rankIn({ buckets, total, weight }: Sketch, score: number, place: number, priorCalls: number): number {
  let below = 0;
  for (let at = 0; at < place; at++) below += buckets[at] ?? 0;
  below += (buckets[place] ?? 0) * (score * BUCKETS - place);
  const calls = total / weight;
  return Math.min(1, (below / weight + priorCalls * priorRank(score)) / (calls + priorCalls));
}

function note(sketch: Sketch, place: number, growth: number): void {
  sketch.buckets[place] = (sketch.buckets[place] ?? 0) + sketch.weight;
  sketch.total += sketch.weight;
  sketch.weight *= growth;
  if (sketch.weight < WEIGHT_MAX) return;
  for (let at = 0; at < BUCKETS; at++) sketch.buckets[at] = (sketch.buckets[at] ?? 0) / sketch.weight;
  sketch.total /= sketch.weight;
  sketch.weight = 1;
}
