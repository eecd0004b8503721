import type { FindingType } from "../../domain/finding.ts";
import { hmacHex } from "../../kernel/hash.ts";

/** Eight digits collide among some thousands of values; those that do get more. */
const HEX_MIN = 8;
const HEX_STEP = 4;

/** The pseudonyms of one conversation, made as values come up. */
export type Pseudonyms = {
  /** Always the same for the same value, and never that of another one. */
  of(type: FindingType, original: string): string;
  /** Only what `of` gave out, or `learn` was told. */
  originalOf(pseudonym: string): string | undefined;
  /** One that this conversation had before. Does nothing where it names something else by now. */
  learn(pseudonym: string, original: string): void;
  readonly size: number;
  entries(): IterableIterator<readonly [pseudonym: string, original: string]>;
};

/**
 * `key` is the conversation's own, so a value has another pseudonym in every conversation, and nobody can tell a value by trying names. Values
 * that differ in letter case or spaces only are one and share their digits; each way of writing comes back as it was written:
 * `PERSON_7f3a91c2`, then `PERSON_7f3a91c2_2`.
 */
export function createPseudonyms(key: Uint8Array): Pseudonyms {
  const byOriginal = new Map<string, string>();
  const originals = new Map<string, string>();
  /** Digits that are given out → whose they are. */
  const stems = new Map<string, string>();
  const ways = new Map<string, number>();

  const stemOf = (type: FindingType, value: string): string => {
    const digest = hmacHex(key, `${type}\n${value}`);
    for (let digits = HEX_MIN; ; digits += HEX_STEP) {
      const stem = `${type}_${digest.slice(0, digits)}`;
      const owner = stems.get(stem);
      if (owner === undefined) stems.set(stem, value);
      if (owner === undefined || owner === value) return stem;
      // The whole digest is taken only by the same value.
      if (digits >= digest.length) throw new TypeError("two values have one digest");
    }
  };
  return {
    of(type, original) {
      const known = byOriginal.get(`${type}\n${original}`);
      if (known !== undefined) return known;
      const stem = stemOf(type, original.normalize("NFKC").toLowerCase().replaceAll(/\s+/g, " "));
      let way = (ways.get(stem) ?? 0) + 1;
      const name = (): string => (way === 1 ? stem : `${stem}_${String(way)}`);
      // An earlier turn may have given it to another way of writing.
      while (originals.has(name()) && originals.get(name()) !== original) way++;
      ways.set(stem, way);
      const pseudonym = name();
      byOriginal.set(`${type}\n${original}`, pseudonym);
      originals.set(pseudonym, original);
      return pseudonym;
    },
    originalOf: (pseudonym) => originals.get(pseudonym),
    learn(pseudonym, original) {
      if (!originals.has(pseudonym)) originals.set(pseudonym, original);
    },
    get size() {
      return originals.size;
    },
    entries: () => originals.entries(),
  };
}
