import { SPELLED_RIGHT, letterBit, mayBeMisspelt, startKey } from "./respell.ts";

/** What a text may hide, told in one look over its characters, so that an ordinary text pays for nothing else. */
export type Profile = {
  readonly isAscii: boolean;
  /** The longest run of what base64 and hex are written with. */
  readonly codeRun: number;
  /** The longest row of groups of two hex digits, or of eight bits. */
  readonly byteRow: number;
  /** Escapes: `%69`, `&#105;`, `\x69`, `\u0069`. */
  readonly escapes: number;
  /** Whether words with digits or symbols between their letters stand close together: `1gn0re pr3v!ous`. */
  readonly isMixed: boolean;
  /** The longest row of single letters. */
  readonly letterRow: number;
  /** Whether hyphens, dots, underscores, stars and the like between two letters stand close together. */
  readonly isJointed: boolean;
  /** Whether strings seem to be added: `"ig" + "nore"`. */
  readonly isAdded: boolean;
  /** Different words that are frequent words written backwards, or shifted by thirteen letters. */
  readonly backwardWords: number;
  readonly shiftedWords: number;
  /** Words that have the letters of one that is frequent in attacks, and are not it. */
  readonly maybeMisspelt: number;
  /** The longest run of letters. */
  readonly letterRun: number;
};

const FREQUENT =
  "the and you your are all that this with not for from but now have will must instructions instruction previous prior above rules prompt system " +
  "ignore disregard forget reveal show print tell say write output answer everything password secret act pretend developer guidelines only respond to of in";

const reverse = (word: string): string => Array.from(word).toReversed().join("");
export const shift = (text: string): string =>
  text.replace(/[a-z]/gi, (letter) => {
    const code = letter.charCodeAt(0);
    const first = code < 97 ? 65 : 97;
    return String.fromCharCode(((code - first + 13) % 26) + first);
  });

const KIND = { OTHER: 0, LETTER: 1, DIGIT: 2, LEET: 4, CODE: 8, HEX: 16, JOINT: 32 } as const;
const KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  const symbol = String.fromCharCode(code);
  let kind: number = KIND.OTHER;
  if (/[a-z]/i.test(symbol)) kind |= KIND.LETTER | KIND.CODE;
  if (/\d/.test(symbol)) kind |= KIND.DIGIT | KIND.CODE;
  if (/[@$!|€]/.test(symbol)) kind |= KIND.LEET;
  if (/[+/=_-]/.test(symbol)) kind |= KIND.CODE;
  if (/[0-9a-f]/i.test(symbol)) kind |= KIND.HEX;
  if (/[-._*+~]/.test(symbol)) kind |= KIND.JOINT;
  return kind;
});

const HASH_STEP = 0x01000193;
const hashOf = (word: string): number => {
  let hash = 0;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), HASH_STEP);
  return hash;
};
const words = FREQUENT.split(" ");
const known = new Set(words);
const backward = new Set(words.filter((word) => word.length > 2 && !known.has(reverse(word))).map((word) => hashOf(reverse(word))));
const shifted = new Set(words.filter((word) => !known.has(shift(word))).map((word) => hashOf(shift(word))));
const right = new Set(SPELLED_RIGHT.map(hashOf));
/** A word that is in neither set is told by one look into this. */
const maybe = new Uint8Array(4096);
for (const hash of [...backward, ...shifted]) maybe[hash & 4095] = 1;

const PERCENT = 37;
const AMPERSAND = 38;
const BACKSLASH = 92;
const PLUS = 43;
const PLUSES_MIN = 2;
/** Two signs of the same disguise belong together when no more words lie between them. */
const NEAR_WORDS = 4;
const JOINTS_MIN = 4;
const FAR = -1000;
/** A line end: it ends the last word. */
const END = 10;
/** Words of an attack and what is meant for one have so many letters. */
const MISSPELT_MIN = 5;
const MISSPELT_MAX = 16;
/** Longer words with digits are names and keys. */
const MIXED_LENGTH_MAX = 20;

/** What words are counted by as they end. */
type Count = {
  words: number;
  mixedAt: number;
  isMixed: boolean;
  letters: number;
  letterRow: number;
  bytes: number;
  byteRow: number;
  misspelt: number;
  letterRun: number;
  backward: Set<number> | undefined;
  shifted: Set<number> | undefined;
};

const startCount = (): Count => ({
  words: 0,
  mixedAt: FAR,
  isMixed: false,
  letters: 0,
  letterRow: 0,
  bytes: 0,
  byteRow: 0,
  misspelt: 0,
  letterRun: 0,
  backward: undefined,
  shifted: undefined,
});

function endWord(count: Count, hash: number, length: number, bits: number, letters: number): void {
  count.words++;
  if (length >= MISSPELT_MIN && length <= MISSPELT_MAX && (bits & ~KIND.HEX) === KIND.LETTER && mayBeMisspelt(letters) && !right.has(hash))
    count.misspelt++;
  if (length > count.letterRun && (bits & KIND.DIGIT) === 0) count.letterRun = length;
  if ((bits & KIND.LETTER) !== 0 && (bits & (KIND.DIGIT | KIND.LEET)) !== 0 && length < MIXED_LENGTH_MAX) {
    count.isMixed ||= count.words - count.mixedAt <= NEAR_WORDS;
    count.mixedAt = count.words;
  }
  count.letters = length === 1 && (bits & ~KIND.HEX) === KIND.LETTER ? count.letters + 1 : 0;
  if (count.letters > count.letterRow) count.letterRow = count.letters;
  count.bytes = (bits & KIND.HEX) !== 0 && (length === 2 || length === 8) ? count.bytes + 1 : 0;
  if (count.bytes > count.byteRow) count.byteRow = count.bytes;
  if (maybe[hash & 4095] !== 1) return;
  if (backward.has(hash)) (count.backward ??= new Set()).add(hash);
  if (shifted.has(hash)) (count.shifted ??= new Set()).add(hash);
}

/** One pass over the characters; words are counted as they end. */
export function profile(text: string): Profile {
  const count = startCount();
  let isJointed = false;
  let jointAt = FAR;
  let joints = 0;
  let hash = 0;
  let length = 0;
  let bits = 0;
  let letters = 0;
  let before = 0;
  let wasJoint = false;
  let seen = 0;
  let codeRun = 0;
  let run = 0;
  let escapes = 0;
  let pluses = 0;
  for (let at = 0; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) : END;
    seen |= code;
    const kind = code < 128 ? (KINDS[code] ?? 0) : KIND.OTHER;
    if ((kind & KIND.CODE) !== 0) {
      run++;
      if (run > codeRun) codeRun = run;
      if (code === PLUS && (before & KIND.CODE) === 0) pluses++;
    } else {
      run = 0;
      if (code === PERCENT || code === AMPERSAND || code === BACKSLASH) escapes++;
    }
    if ((kind & (KIND.LETTER | KIND.DIGIT | KIND.LEET)) !== 0) {
      if (length === 0) {
        if (wasJoint && (kind & KIND.LETTER) !== 0) {
          joints = count.words - jointAt > NEAR_WORDS ? 1 : joints + 1;
          jointAt = count.words;
          isJointed ||= joints >= JOINTS_MIN;
        }
        hash = 0;
        bits = KIND.HEX;
        letters = startKey(code);
      } else letters |= letterBit(code);
      hash = Math.imul(hash ^ (code >= 65 && code <= 90 ? code + 32 : code), HASH_STEP);
      // A mark at the end of a word is punctuation: only what has a letter after it, or a digit anywhere, makes a word mixed.
      if ((kind & KIND.LETTER) !== 0 && (before & KIND.LEET) !== 0) bits |= KIND.LEET;
      bits = (bits | (kind & (KIND.LETTER | KIND.DIGIT))) & (kind | ~KIND.HEX);
      length++;
    } else {
      if (length > 0) endWord(count, hash, length, bits, letters);
      length = 0;
      wasJoint = (kind & KIND.JOINT) !== 0 && (before & KIND.LETTER) !== 0;
    }
    before = kind;
  }
  const { isMixed, letterRow, byteRow, misspelt, letterRun, backward: backwards, shifted: shifts } = count;
  return {
    isAscii: seen < 128,
    codeRun,
    byteRow,
    escapes,
    isMixed,
    letterRow,
    isJointed,
    isAdded: pluses >= PLUSES_MIN,
    backwardWords: backwards?.size ?? 0,
    shiftedWords: shifts?.size ?? 0,
    maybeMisspelt: misspelt,
    letterRun,
  };
}
