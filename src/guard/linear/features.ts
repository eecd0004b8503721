import { createTokeniser, finish, type Tokens } from "./tokens.ts";

/** Raised with every change of what is hashed or how: weights fitted to another version do not fit. */
export const FEATURES_VERSION = 1;

/** A word longer than this is encoded data; only its beginning is cut into n-grams of characters. */
const WORD_UNITS_MAX = 24;
/** Features that one word can have: n-grams of characters and of words. Bounds the array. */
const WORD_FEATURES_MAX = 5;

export type FeatureOptions = {
  /** Rows of the table of weights: a power of two. */
  readonly dims: number;
  /** Lengths of the n-grams of characters inside a word, its ends included: `[4]`, `[3, 4, 5]`. 8 at most. */
  readonly charGrams: readonly number[];
};

export type Sheet = {
  readonly tokens: Tokens;
  /** Rows of the table, in the order of the words. */
  readonly features: Int32Array;
  /** Where the features of word `i` end in `features`; they start where those of word `i - 1` end. */
  readonly featureEnds: Int32Array;
};

/** The start and the end of a word in an n-gram of characters. */
const EDGE = 0x20;
const GRAM_SEED = 0x2f0b4c47;

function stepGram(gram: number, unit: number): number {
  const next = Math.imul(gram ^ unit, 0x5bd1e995);
  return next ^ (next >>> 15);
}
const finishGram = (gram: number): number => gram ^ (gram >>> 13);

/** Writes the rows of the n-grams of a word (`units` from `start` to `end`) into `rows` from `at` on; returns where the next goes. */
type WriteGrams = (units: Uint16Array, start: number, end: number, rows: Int32Array, at: number) => number;

/** For any lengths. */
function gramWriter(charGrams: readonly number[], mask: number): WriteGrams {
  const gramMax = Math.max(0, ...charGrams);
  const gramBits = charGrams.reduce((bits, length) => bits | (1 << length), 0);
  return (units, start, end, rows, from) => {
    let at = from;
    for (let first = start - 1; first < end; first++) {
      let gram = GRAM_SEED;
      const last = Math.min(first + gramMax, end + 1);
      for (let unit = first; unit < last; unit++) {
        gram = stepGram(gram, unit < start || unit >= end ? EDGE : (units[unit] ?? 0));
        if ((gramBits >>> (unit - first + 1)) & 1) rows[at++] = finishGram(gram) & mask;
      }
    }
    return at;
  };
}

/** The same rows for fours alone, the usual choice, in half the time: each character is fetched once. */
const writeFours =
  (mask: number): WriteGrams =>
  (units, start, end, rows, from) => {
    if (end - start < 2) return from;
    let at = from;
    let one = EDGE;
    let two = units[start] ?? 0;
    let three = units[start + 1] ?? 0;
    for (let last = start + 2; last <= end; last++) {
      const four = last < end ? (units[last] ?? 0) : EDGE;
      rows[at++] = finishGram(stepGram(stepGram(stepGram(stepGram(GRAM_SEED, one), two), three), four)) & mask;
      one = two;
      two = three;
      three = four;
    }
    return at;
  };

/**
 * Reads a piece of a text into rows of a table: every word, pairs and triples of words, pairs with one and two words between them, and
 * n-grams of characters. Linear in the piece; the arrays are the reader's own and are written over by the next call.
 */
export function createFeatureReader({ dims, charGrams }: FeatureOptions): (text: string, from: number) => Sheet {
  if (dims < 2 || (dims & (dims - 1)) !== 0) throw new RangeError(`dims is a power of two, not ${dims}`);
  if (charGrams.some((length) => length < 2 || length > 8))
    throw new RangeError(`n-grams of 2 to 8 characters, not ${charGrams.join(", ")}`);
  const tokenise = createTokeniser();
  const mask = dims - 1;
  const writeGrams = charGrams.length === 1 && charGrams[0] === 4 ? writeFours(mask) : gramWriter(charGrams, mask);
  let features = new Int32Array(0);
  let featureEnds = new Int32Array(0);

  return (text, from) => {
    const tokens = tokenise(text, from);
    const { count, hashes, starts, ends, units } = tokens;
    if (featureEnds.length < count) featureEnds = new Int32Array(hashes.length);
    // Every character starts at most one n-gram of each length, and the edge before the word one more.
    const room = count * WORD_FEATURES_MAX + (units.length + count) * charGrams.length;
    if (features.length < room) features = new Int32Array(room);
    let at = 0;
    let one = 0;
    let two = 0;
    let three = 0;
    for (let i = 0; i < count; i++) {
      const hash = hashes[i] ?? 0;
      features[at++] = hash & mask;
      if (i > 0) features[at++] = finish(Math.imul(one, 31) + hash) & mask;
      if (i > 1) {
        features[at++] = finish(Math.imul(two, 37) + hash + 1) & mask;
        features[at++] = finish(Math.imul(two, 961) + Math.imul(one, 31) + hash + 2) & mask;
      }
      if (i > 2) features[at++] = finish(Math.imul(three, 41) + hash + 3) & mask;
      three = two;
      two = one;
      one = hash;

      const start = starts[i] ?? 0;
      const end = Math.min(ends[i] ?? 0, start + WORD_UNITS_MAX);
      at = writeGrams(units, start, end, features, at);
      featureEnds[i] = at;
    }
    return { tokens, features, featureEnds };
  };
}

/** Calls `visit` with the row of every feature of a text, repeats included. For tools and small texts; a model reads sheets. */
export function hashFeatures(text: string, options: FeatureOptions, visit: (row: number) => void): void {
  const read = createFeatureReader(options);
  for (let from = 0; from < text.length;) {
    const { tokens, features, featureEnds } = read(text, from);
    const end = tokens.count === 0 ? 0 : (featureEnds[tokens.count - 1] ?? 0);
    for (let i = 0; i < end; i++) visit(features[i] ?? 0);
    from = tokens.next;
  }
}
