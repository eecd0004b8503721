/** Repeatable dice (mulberry32, public domain): the same seed gives the same weights. */
export function createDice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** In place; every order equally likely. */
export function shuffle<Item>(items: Item[], dice: () => number): Item[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(dice() * (i + 1));
    const item = items[i];
    const other = items[j];
    if (item === undefined || other === undefined) continue;
    items[i] = other;
    items[j] = item;
  }
  return items;
}
