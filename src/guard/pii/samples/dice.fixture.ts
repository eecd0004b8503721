import { createSeededRandom } from "../../../kernel/seeded-random.ts";

/** Seeded dice for samples: the same seed, the same samples. */
export type Dice = {
  /** From 0 up to `sides`, without it. */
  readonly below: (sides: number) => number;
  readonly digits: (count: number) => string;
  /** `count` characters of an alphabet. */
  readonly of: (alphabet: string, count: number) => string;
  readonly pick: <Item>(items: readonly [Item, ...Item[]]) => Item;
};

export const DIGITS = "0123456789";
export const CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
export const SMALL = "abcdefghijklmnopqrstuvwxyz";
export const HEX = "0123456789abcdef";
export const BASE62 = DIGITS + CAPITALS + SMALL;

export function createDice(seed: number): Dice {
  const next = createSeededRandom(seed);
  const below = (sides: number): number => Math.floor(next() * sides);
  const of = (alphabet: string, count: number): string =>
    Array.from({ length: count }, () => alphabet.charAt(below(alphabet.length))).join("");
  return { below, of, digits: (count) => of(DIGITS, count), pick: (items) => items[below(items.length)] ?? items[0] };
}

export const two = (value: number): string => String(value).padStart(2, "0");

/** A day that exists in every year. */
export function day(dice: Dice): { readonly year: number; readonly month: string; readonly day: string; readonly short: string } {
  const year = 1940 + dice.below(60);
  return { year, month: two(1 + dice.below(12)), day: two(1 + dice.below(28)), short: two(year % 100) };
}
