import { codesOf, INVISIBLE } from "../invisible.ts";

/** What a UTF-16 unit is to the scanner: one table look-up a character. */
export const OTHER = 0;
export const DIGIT = 1;
export const UPPER = 2;
export const LOWER = 3;
/** Letters and marks of any other script, accented Latin included. */
export const LETTER = 4;
/** Han, kana: scripts without spaces, so that a digit may stand right beside them. */
export const UNSPACED = 5;
export const AT = 6;
export const COLON = 7;
export const DASH = 8;
/** Has a plain equivalent, or none at all: the text goes through `foldText` first. */
export const FOLDS = 9;
/** Spaces, dashes and punctuation with a plain equivalent: they are in every Japanese or well-set text, and matter beside digits only. */
export const FOLDS_BY_DIGITS = 10;

const UNITS = 65_536;

function fill(table: Uint8Array, from: number, to: number, kind: number): void {
  table.fill(kind, from, to + 1);
}

const letterRun = /[\p{L}\p{M}]+/gu;

/** Every unit as itself. */
const IDENTITY = new Uint16Array(UNITS);
for (let unit = 0; unit < UNITS; unit++) IDENTITY[unit] = unit;

function createClasses(): Uint8Array {
  const table = new Uint8Array(UNITS);
  const first = 0xaa;
  const scripts = String.fromCharCode(...IDENTITY.subarray(first, 0x2000));
  for (const run of scripts.matchAll(letterRun)) fill(table, first + run.index, first + run.index + run[0].length - 1, LETTER);
  fill(table, 0x30, 0x39, DIGIT);
  fill(table, 0x41, 0x5a, UPPER);
  fill(table, 0x61, 0x7a, LOWER);
  fill(table, 0x2c00, 0x2dff, LETTER);
  fill(table, 0x3005, 0x3007, UNSPACED);
  fill(table, 0x3041, 0x30ff, UNSPACED);
  fill(table, 0x3400, 0x9fff, UNSPACED);
  fill(table, 0xa000, 0xabff, LETTER);
  fill(table, 0xac00, 0xd7a3, UNSPACED);
  fill(table, 0xf900, 0xfaff, UNSPACED);
  table[0x40] = AT;
  table[0x3a] = COLON;
  table[0x2d] = DASH;
  return table;
}

/** The high surrogate of mathematical letters and digits, which read as plain ones. */
export const MATHEMATICAL = 0xd835;
/** The high surrogate of tags and further variation selectors, which nobody sees. */
export const TAGS = 0xdb40;
/** Stands for what has no plain form; no rule looks for it. */
export const REPLACEMENT = 0xfffd;

/** How a unit is written plainly. 0: it is left out, as a zero-width space is; what may part two words becomes a space where it does. */
function createPlain(): Uint16Array {
  const plain = IDENTITY.slice();
  for (let unit = 0xff01; unit <= 0xff5e; unit++) plain[unit] = unit - 0xff01 + 0x21;
  // Digits of Arabic, Persian, Devanagari, Bengali, Gurmukhi, Gujarati, Tamil, Telugu, Thai.
  for (const zero of [0x660, 0x6f0, 0x966, 0x9e6, 0xa66, 0xae6, 0xbe6, 0xc66, 0xe50]) {
    for (let digit = 0; digit < 10; digit++) plain[zero + digit] = 0x30 + digit;
  }
  for (const space of [0xa0, 0x1680, 0x202f, 0x205f, 0x3000]) plain[space] = 0x20;
  for (let space = 0x2000; space <= 0x200a; space++) plain[space] = 0x20;
  for (let dash = 0x2010; dash <= 0x2015; dash++) plain[dash] = 0x2d;
  for (const dash of [0x2212, 0x2043, 0xfe58, 0xfe63]) plain[dash] = 0x2d;
  for (const unit of codesOf(INVISIBLE)) plain[unit] = 0;
  plain[TAGS] = 0;
  plain[MATHEMATICAL] = REPLACEMENT;
  plain[0x3002] = 0x2e;
  return plain;
}

export const PLAIN = createPlain();

export const CLASSES = createClasses();
const isPlainWord = (unit: number): boolean => (unit >= 48 && unit <= 57) || (unit >= 65 && unit <= 90) || (unit >= 97 && unit <= 122);
for (let unit = 1; unit < UNITS; unit++) {
  const plain = PLAIN[unit] ?? unit;
  if (plain === unit) continue;
  CLASSES[unit] = plain === 0 || plain === 0x40 || plain === REPLACEMENT || isPlainWord(plain) ? FOLDS : FOLDS_BY_DIGITS;
}

/** Case and accents make no difference to a context word: the unit by which it is hashed. 0: a combining accent, which is not hashed. */
function createWordUnits(): Uint16Array {
  const units = IDENTITY.slice();
  for (let unit = 0x41; unit <= 0x5a; unit++) units[unit] = unit + 32;
  for (let unit = 0xc0; unit < 0x250; unit++) {
    units[unit] = String.fromCharCode(unit).normalize("NFD").toLowerCase().charCodeAt(0);
  }
  for (const [letters, plain] of [
    ["Øø", "o"],
    ["Łł", "l"],
    ["Đđð", "d"],
    ["ıİ", "i"],
  ] as const) {
    for (const letter of letters) units[letter.charCodeAt(0)] = plain.charCodeAt(0);
  }
  units.fill(0, 0x300, 0x370);
  for (let unit = 0x391; unit < 0x530; unit++) units[unit] = String.fromCharCode(unit).toLowerCase().charCodeAt(0);
  return units;
}

export const WORD_UNITS = createWordUnits();
