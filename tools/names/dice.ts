import { createSeededRandom } from "../../src/kernel/seeded-random.ts";

export type Dice = {
  /** From 0 to 1, 1 excluded. */
  readonly next: () => number;
  readonly chance: (share: number) => boolean;
  readonly pick: <Item>(items: readonly Item[]) => Item;
  readonly integer: (below: number) => number;
};

/** The same throws for the same seed. */
export function createDice(seed: number): Dice {
  const next = createSeededRandom(seed);
  const integer = (below: number): number => Math.floor(next() * below);
  return {
    next,
    integer,
    chance: (share) => next() < share,
    pick: (items) => {
      const item = items[integer(items.length)];
      if (item === undefined) throw new Error("nothing to pick from");
      return item;
    },
  };
}
