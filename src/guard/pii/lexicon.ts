import { CLASSES, UNSPACED, WORD_UNITS } from "./char-class.ts";

/** What a word or phrase means to the rules. */
export type LexiconEntry = { readonly topics: number; readonly country: number; readonly words: number; readonly length: number };

/** One line of a word list: words or phrases divided by `|`. */
export type LexiconLine = { readonly topics: number; readonly country?: number; readonly phrases: string };

export type Lexicon = {
  /** The longest phrase that ends with the word of hash `last`; `before` gives the hashes of the words before it, nearest first. */
  readonly find: (last: number, before: (back: number) => number) => LexiconEntry | undefined;
  /** The longest phrase of a script without spaces that starts at `from`. */
  readonly findUnspaced: (text: string, from: number) => LexiconEntry | undefined;
};

type Phrase = { readonly entry: LexiconEntry; readonly before: readonly number[] };
type Unspaced = { readonly phrase: string; readonly entry: LexiconEntry };

export const FIRST_HASH = 5381;
/** A crafted word may share a hash with a context word; all it gains is a context that it could have written. */
export const foldHash = (hash: number, unit: number): number => (Math.imul(hash, 33) ^ unit) | 0;

export function hashWord(word: string): number {
  let hash = FIRST_HASH;
  for (let i = 0; i < word.length; i++) {
    const unit = WORD_UNITS[word.charCodeAt(i)] ?? 0;
    if (unit !== 0) hash = foldHash(hash, unit);
  }
  return hash;
}

/** Power of two, at least four times the number of words, so that a miss is mostly one look. */
const SLOTS = 8192;

function isUnspaced(phrase: string): boolean {
  return CLASSES[phrase.charCodeAt(0)] === UNSPACED;
}

const wordBreak = /[ '’.\-/_]+/;

type Pending = { readonly hashes: readonly number[]; topics: number; country: number; isShared: boolean; readonly length: number };

function collect(lines: readonly LexiconLine[]): {
  readonly spaced: Iterable<Pending>;
  readonly unspaced: Iterable<readonly [string, Pending]>;
} {
  const spaced = new Map<string, Pending>();
  const unspaced = new Map<string, Pending>();
  const add = (map: Map<string, Pending>, key: string, pending: Pending): void => {
    const known = map.get(key);
    if (known === undefined) map.set(key, pending);
    else {
      known.topics |= pending.topics;
      if (known.country === 0 && !known.isShared) known.country = pending.country;
      else if (pending.country !== 0 && pending.country !== known.country) {
        // A word of two countries ("NIF") names neither.
        known.country = 0;
        known.isShared = true;
      }
    }
  };
  for (const { topics, country = 0, phrases } of lines) {
    for (const phrase of phrases.split("|")) {
      if (isUnspaced(phrase)) {
        add(unspaced, phrase, { hashes: [], topics, country, isShared: false, length: phrase.length });
        continue;
      }
      const words = phrase.split(wordBreak).filter((word) => word !== "");
      const hashes = words.map(hashWord);
      add(spaced, hashes.join(" "), { hashes, topics, country, isShared: false, length: phrase.length });
      // `date_of_birth` is three words to the scanner, `dateOfBirth` is one.
      const joined = hashWord(words.join(""));
      if (words.length > 1) add(spaced, String(joined), { hashes: [joined], topics, country, isShared: false, length: phrase.length });
    }
  }
  return { spaced: spaced.values(), unspaced: unspaced.entries() };
}

function matches(phrase: Phrase, before: (back: number) => number): boolean {
  for (const [back, hash] of phrase.before.entries()) if (before(back + 1) !== hash) return false;
  return true;
}

const toEntry = ({ topics, country, hashes, length }: Pending): LexiconEntry => ({ topics, country, words: hashes.length, length });

export function createLexicon(lines: readonly LexiconLine[]): Lexicon {
  const byLast = new Map<number, Phrase[]>();
  const byFirst = new Map<number, Unspaced[]>();
  const { spaced, unspaced } = collect(lines);
  for (const pending of spaced) {
    const last = pending.hashes.at(-1) ?? 0;
    const phrases = byLast.get(last) ?? [];
    phrases.push({ entry: toEntry(pending), before: pending.hashes.slice(0, -1).toReversed() });
    byLast.set(last, phrases);
  }
  for (const [phrase, pending] of unspaced) {
    const first = phrase.charCodeAt(0);
    byFirst.set(first, [...(byFirst.get(first) ?? []), { phrase, entry: toEntry(pending) }]);
  }
  for (const phrases of byLast.values()) phrases.sort((one, other) => other.before.length - one.before.length);
  for (const phrases of byFirst.values()) phrases.sort((one, other) => other.phrase.length - one.phrase.length);
  const firsts = new Uint8Array(65_536);
  for (const first of byFirst.keys()) firsts[first] = 1;
  const occupied = new Uint8Array(SLOTS);
  for (const last of byLast.keys()) occupied[last & (SLOTS - 1)] = 1;
  return {
    find: (last, before) => {
      if (occupied[last & (SLOTS - 1)] === 0) return undefined;
      return byLast.get(last)?.find((phrase) => matches(phrase, before))?.entry;
    },
    findUnspaced: (text, from) => {
      const first = text.charCodeAt(from);
      return firsts[first] === 0 ? undefined : byFirst.get(first)?.find(({ phrase }) => text.startsWith(phrase, from))?.entry;
    },
  };
}
