/** The same direction with length 1. undefined: it has none, or a number in it is none. */
export function unitVector(vector: readonly number[] | Float32Array): Float32Array | undefined {
  let sum = 0;
  for (const value of vector) sum += value * value;
  if (!Number.isFinite(sum) || sum === 0) return undefined;
  const scale = 1 / Math.sqrt(sum);
  return Float32Array.from(vector, (value) => value * scale);
}
