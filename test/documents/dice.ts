import { createSeededRandom } from "../../src/kernel/seeded-random.ts";

/** The same numbers from the same seed, on every machine. */
export type Dice = { below(limit: number): number; bytes(count: number): Buffer; pick<T>(from: readonly T[]): T };

export function createDice(seed: number): Dice {
  const next = createSeededRandom(seed);
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    bytes: (count) => Buffer.from(Array.from({ length: count }, () => below(256))),
    pick(from) {
      const found = from[below(from.length)];
      if (found === undefined) throw new Error("nothing to pick from");
      return found;
    },
  };
}
