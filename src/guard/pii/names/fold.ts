/** Tables over char codes below `FOLD_SIZE`: what a letter counts as, and how it is written without case and accents. */
export const FOLD_SIZE = 0x530;

export const OTHER = 0;
export const LOWER = 1;
export const UPPER = 2;
export const DIGIT = 3;
/** Joined to the letter before it and counting for nothing: an accent that stands alone. */
export const MARK = 4;

export const KIND = new Uint8Array(FOLD_SIZE);
export const FOLD = new Uint16Array(FOLD_SIZE);

/** Letters that Unicode does not take apart. */
const WHOLE: Readonly<Record<string, string>> = { ß: "s", æ: "a", œ: "o", ø: "o", đ: "d", ð: "d", þ: "t", ł: "l", ı: "i" };

function plain(letter: string): string {
  const lower = letter.toLowerCase();
  const base = lower.normalize("NFD")[0] ?? lower;
  return WHOLE[base] ?? base;
}

for (let code = 0; code < FOLD_SIZE; code++) {
  const letter = String.fromCharCode(code);
  if (code >= 48 && code <= 57) KIND[code] = DIGIT;
  else if (code >= 0x300 && code <= 0x36f) KIND[code] = MARK;
  else if (/\p{Lu}/u.test(letter)) KIND[code] = UPPER;
  else if (/\p{L}/u.test(letter) && code !== 0xaa && code !== 0xba) KIND[code] = LOWER;
  FOLD[code] = KIND[code] === UPPER || KIND[code] === LOWER ? plain(letter).charCodeAt(0) : code;
}

/** Vietnamese and other Latin letters with two accents. */
const EXTENDED_START = 0x1e00;
const EXTENDED_END = 0x1f00;
const EXTENDED = new Uint16Array(EXTENDED_END - EXTENDED_START);
for (let code = EXTENDED_START; code < EXTENDED_END; code++) {
  EXTENDED[code - EXTENDED_START] = plain(String.fromCharCode(code)).charCodeAt(0);
}

export const isExtendedLatin = (code: number): boolean => code >= EXTENDED_START && code < EXTENDED_END;
export const isExtendedUpper = (code: number): boolean => (code & 1) === 0;

/** Devanagari with its vowel signs and viramas, its full stops and digits left out. */
export const isDevanagari = (code: number): boolean => code >= 0x900 && code <= 0x97f && (code < 0x964 || code > 0x970);

/** Letters of scripts without case that put spaces between words: Hebrew, Arabic, Devanagari and the other scripts of India. */
export const isUncased = (code: number): boolean =>
  (code >= 0x5d0 && code <= 0x6d3 && code !== 0x60c && code !== 0x61b && code !== 0x61f && (code < 0x660 || code > 0x66d)) ||
  isDevanagari(code) ||
  (code >= 0x980 && code <= 0xdff);

/** Kanji, kana and Hangul: no spaces between words, or none that help. */
export const isEastAsian = (code: number): boolean =>
  (code >= 0x3040 && code <= 0x30ff && code !== 0x30fb) ||
  (code >= 0x3400 && code <= 0x9fff) ||
  code === 0x3005 ||
  (code >= 0xac00 && code <= 0xd7a3);

/** The folded form of a char code of a word. */
export function foldCode(code: number): number {
  if (code < FOLD_SIZE) return FOLD[code] ?? code;
  return isExtendedLatin(code) ? (EXTENDED[code - EXTENDED_START] ?? code) : code;
}

/** A word as the lexicon spells it. */
export function foldWord(word: string): string {
  let folded = "";
  for (let at = 0; at < word.length; at++) {
    const code = word.charCodeAt(at);
    if (code < FOLD_SIZE && KIND[code] === MARK) continue;
    folded += String.fromCharCode(foldCode(code));
  }
  return folded;
}
