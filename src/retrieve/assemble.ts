/**
 * The order in which passages stand before a model: best first, second best last, the others between them in the same way, so that the worst
 * stand in the middle, where models read least closely. Of five: 1, 3, 5, 4, 2.
 */
export function arrange<T>(ranked: readonly T[]): readonly T[] {
  const first = ranked.filter((_, at) => at % 2 === 0);
  const last = ranked.filter((_, at) => at % 2 === 1);
  return [...first, ...last.toReversed()];
}
