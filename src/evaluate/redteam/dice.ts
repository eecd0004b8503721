import { createSeededRandom } from "../../kernel/seeded-random.ts";

/** Numbers that follow from a seed, so that a run can be repeated. */
export type Dice = {
  /** A whole number from 0 to `below` − 1. */
  roll(below: number): number;
  pick<T>(items: readonly [T, ...T[]]): T;
  /** `count` of the items, in their own order; all where there are no more. */
  sample<T>(items: readonly T[], count: number): T[];
  /** Dice of their own for one part, whatever the others roll. */
  fork(name: string): Dice;
};

export function createDice(seed: number): Dice {
  const next = createSeededRandom(seed);
  const roll = (below: number): number => Math.floor(next() * below);
  return {
    roll,
    pick: (items) => items[roll(items.length)] ?? items[0],
    sample(items, count) {
      const left = items.map((_, at) => at);
      const chosen: number[] = [];
      while (chosen.length < count && left.length > 0) chosen.push(...left.splice(roll(left.length), 1));
      const wanted = new Set(chosen);
      return items.filter((_, at) => wanted.has(at));
    },
    fork: (name) =>
      createDice(Array.from(name).reduce((hash, letter) => Math.imul(hash ^ (letter.codePointAt(0) ?? 0), 0x01000193), seed ^ 0x811c9dc5)),
  };
}
