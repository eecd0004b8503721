import { EAST_ASIAN, isLetter, kindOf, UNCASED } from "./char-kind.ts";
import { DIGIT, FOLD, FOLD_SIZE, foldCode, KIND, LOWER, MARK, OTHER, UPPER } from "./fold.ts";
import {
  SHAPE_DIGIT,
  SHAPE_EAST_ASIAN,
  SHAPE_INITIAL,
  SHAPE_LOWER,
  SHAPE_MIXED,
  SHAPE_TECHNICAL,
  SHAPE_TITLE,
  SHAPE_UNCASED,
  SHAPE_UPPER,
} from "./tokens.ts";
import { hashEnd, hashStep, HASH_SEED } from "./word-hash.ts";

/** Past any name; a longer run of letters is no word, and is cut. */
const WORD_CHARS_MAX = 64;

const APOSTROPHE = 0x27;
const CURLY_APOSTROPHE = 0x2019;

/** What was seen of the last word; one object, filled again for each. */
export type WordScan = {
  end: number;
  hash: number;
  letters: number;
  uppers: number;
  digits: number;
  /** Where an apostrophe within the word stands; -1 without one. */
  apostrophe: number;
};

export const createWordScan = (): WordScan => ({ end: 0, hash: 0, letters: 0, uppers: 0, digits: 0, apostrophe: -1 });

/**
 * True where an apostrophe at `at` stays within a word: `don't`, `O'Brien`; false before a genitive (`Mary's`) and after a short article
 * (`l'Hôtel`, `d'Angelo`, `dell'Arte`).
 */
function isWithin(text: string, start: number, at: number): boolean {
  if (at + 1 >= text.length || !isLetter(text.charCodeAt(at + 1))) return false;
  const ends = at + 2 >= text.length || !isLetter(text.charCodeAt(at + 2));
  const size = at - start;
  if ((text.charCodeAt(at + 1) | 32) === 0x73 && ends) return size <= 2;
  if (size === 1) {
    const letter = text.charCodeAt(start) | 32;
    return letter === 0x6f || letter === 0x69;
  }
  return ends || size > 4 || kindOf(text.charCodeAt(at + 1)) !== UPPER;
}

/** Reads the word that starts at `start` with a char of kind `first`. */
export function scanWord(text: string, start: number, first: number, scan: WordScan): void {
  const limit = Math.min(text.length, start + WORD_CHARS_MAX);
  let hash = HASH_SEED;
  let letters = 0;
  let uppers = 0;
  let digits = 0;
  scan.apostrophe = -1;
  let at = start;
  for (; at < limit; at++) {
    const code = text.charCodeAt(at);
    const kind = code < FOLD_SIZE ? (KIND[code] ?? OTHER) : kindOf(code);
    if (kind === OTHER) {
      if ((code !== APOSTROPHE && code !== CURLY_APOSTROPHE) || !isWithin(text, start, at)) break;
      scan.apostrophe = at;
      hash = hashStep(hash, APOSTROPHE);
    } else if (kind !== MARK) {
      if ((kind === EAST_ASIAN) !== (first === EAST_ASIAN)) break;
      letters++;
      if (kind === UPPER) uppers++;
      else if (kind === DIGIT) digits++;
      hash = hashStep(hash, code < FOLD_SIZE ? (FOLD[code] ?? code) : foldCode(code));
    }
  }
  scan.end = at;
  scan.hash = hashEnd(hash);
  scan.letters = letters;
  scan.uppers = uppers;
  scan.digits = digits;
}

/** The shape of a word that starts with a char of kind `first`. */
export function shapeOf(first: number, { uppers, letters, digits }: WordScan): number {
  if (digits > 0 && first !== DIGIT) return SHAPE_TECHNICAL;
  if (first === LOWER) return uppers === 0 ? SHAPE_LOWER : SHAPE_TECHNICAL;
  if (first === DIGIT) return SHAPE_DIGIT;
  if (first === UNCASED) return SHAPE_UNCASED;
  if (first === EAST_ASIAN) return SHAPE_EAST_ASIAN;
  if (letters === 1) return SHAPE_INITIAL;
  if (uppers === letters) return SHAPE_UPPER;
  return uppers === 1 ? SHAPE_TITLE : SHAPE_MIXED;
}
