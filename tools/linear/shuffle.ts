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
