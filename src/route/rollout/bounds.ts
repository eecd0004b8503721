/** From and to, with what was seen in between. */
export type Bounds = { readonly low: number; readonly seen: number; readonly high: number };

/** Wilson's score interval of a share (E. B. Wilson, 1927), `z` standard errors wide: it holds for few calls and for none that failed. */
export function shareBounds(hits: number, of: number, z: number): Bounds {
  if (of === 0) return { low: 0, seen: 0, high: 1 };
  const seen = hits / of;
  const square = z ** 2;
  const middle = (seen + square / (2 * of)) / (1 + square / of);
  const half = (z * Math.sqrt((seen * (1 - seen)) / of + square / (4 * of ** 2))) / (1 + square / of);
  return { low: Math.max(0, middle - half), seen, high: Math.min(1, middle + half) };
}

/** Of a mean, from the sums of values and of their squares. */
export function meanBounds(of: number, sum: number, squares: number, z: number): Bounds {
  if (of === 0) return { low: -Infinity, seen: 0, high: Infinity };
  const seen = sum / of;
  if (of === 1) return { low: -Infinity, seen, high: Infinity };
  const variance = Math.max(0, (squares - of * seen ** 2) / (of - 1));
  const half = z * Math.sqrt(variance / of);
  return { low: seen - half, seen, high: seen + half };
}

/** Ranks between which the true quantile lies: how many of `of` values are below it is binomial, whatever their distribution. */
export function rankBounds(quantile: number, of: number, z: number): Bounds {
  const half = z * Math.sqrt(of * quantile * (1 - quantile));
  const seen = quantile * of;
  return { low: Math.max(1, Math.floor(seen - half)), seen: Math.max(1, Math.ceil(seen)), high: Math.min(of, Math.ceil(seen + half)) };
}
