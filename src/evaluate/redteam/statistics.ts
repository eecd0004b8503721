export type Interval = { readonly low: number; readonly high: number };

/** 95 % of a normal distribution, two-sided. */
const Z = 1.959964;

/** Wilson's score interval of a proportion, 95 % (Wilson 1927); from 0 to 1 where nothing was counted. */
export function wilson(count: number, total: number): Interval {
  if (total === 0) return { low: 0, high: 1 };
  const rate = count / total;
  const scale = 1 + Z ** 2 / total;
  const middle = (rate + Z ** 2 / (2 * total)) / scale;
  const half = (Z / scale) * Math.sqrt((rate * (1 - rate)) / total + Z ** 2 / (4 * total ** 2));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

export type Counted = { readonly count: number; readonly total: number };

/** Interval of `after − before`, 95 %, from the two score intervals (Newcombe 1998, method 10). */
export function differenceOf(before: Counted, after: Counted): Interval {
  if (before.total === 0 || after.total === 0) return { low: -1, high: 1 };
  const [a, b] = [wilson(after.count, after.total), wilson(before.count, before.total)];
  const [p, q] = [after.count / after.total, before.count / before.total];
  return { low: p - q - Math.hypot(p - a.low, b.high - q), high: p - q + Math.hypot(a.high - p, q - b.low) };
}

/** By the nearest rank; 0 of nothing. */
export function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))] ?? 0;
}
