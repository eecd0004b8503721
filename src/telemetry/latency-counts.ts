/** How many durations fell into each of 64 buckets, each a quarter wider than the one before: from 1 ms to 26 minutes. */
export type LatencyCounts = Uint32Array;
export type Percentiles = { readonly p50: number; readonly p95: number; readonly p99: number };

const BUCKETS = 64;
/** A percentile is told within an eighth of its value. */
const GROWTH = 1.25;

export const createLatencyCounts = (): LatencyCounts => new Uint32Array(BUCKETS);

export function countLatency(counts: LatencyCounts, ms: number): void {
  const at = Math.floor(Math.log(Math.max(1, ms)) / Math.log(GROWTH));
  const bucket = Math.min(BUCKETS - 1, at);
  counts[bucket] = (counts[bucket] ?? 0) + 1;
}

export function addLatencies(into: LatencyCounts, more: LatencyCounts): void {
  for (let at = 0; at < BUCKETS; at++) into[at] = (into[at] ?? 0) + (more[at] ?? 0);
}

/** Milliseconds; undefined: nothing was counted. */
export function percentilesOf(counts: LatencyCounts): Percentiles | undefined {
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total === 0) return undefined;
  return { p50: rankOf(counts, total * 0.5), p95: rankOf(counts, total * 0.95), p99: rankOf(counts, total * 0.99) };
}

function rankOf(counts: LatencyCounts, rank: number): number {
  let before = 0;
  for (let at = 0; at < BUCKETS; at++) {
    const count = counts[at] ?? 0;
    if (before + count >= rank && count > 0) return Math.round(GROWTH ** (at + (rank - before) / count));
    before += count;
  }
  return Math.round(GROWTH ** BUCKETS);
}
