/** Calls that a target must have answered before its time says anything. */
export const SAMPLES_MIN = 20;
/** So many times as slow as the others' median, and by so much, is no longer chance. */
const TIMES = 3;
const SLOWER_BY_MS = 250;

export type Sample = { readonly meanMs: number; readonly samples: number; readonly isEjected: boolean };

/**
 * Whether one of several that serve the same model is so much slower than the others that it should be asked last for a time. Models of
 * different size differ by nature, so only the same model is compared. Never more than half of them.
 */
export function isOutlier(one: Sample, others: readonly Sample[]): boolean {
  const ejected = others.filter((other) => other.isEjected).length;
  if (ejected + 1 > Math.floor((others.length + 1) / 2)) return false;
  const known = others.filter((other) => other.samples >= SAMPLES_MIN && !other.isEjected).map((other) => other.meanMs);
  if (one.samples < SAMPLES_MIN || known.length === 0) return false;
  const middle = known.toSorted((a, b) => a - b)[Math.floor(known.length / 2)] ?? 0;
  return one.meanMs > TIMES * middle && one.meanMs > middle + SLOWER_BY_MS;
}
