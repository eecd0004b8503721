/** The fitted weights of token-count.ts, in tokens. Numbers of a fit: change them by fitting again. */

/** What stands right before a word: nothing, one space, or one mark (`.map`, `(x`), each of which is in the word's token. */
export const BARE = 0;
export const SPACED = 1;
export const MARKED = 2;

/** Cost of a word by what stands before it and by its length. Index 0 is unused, the last entry is for all longer ones. */
export const WORDS: readonly (readonly number[])[] = [
  [0.7, 0.93, 0.88, 0.87, 0.85, 0.87, 0.97, 1.18, 1.42, 1.68, 1.95, 2.19, 2.4, 2.61, 2.81, 3.01, 3.21, 3.41, 3.61, 3.78, 3.91, 4, 4.06, 4],
  [1, 1, 1, 1, 1, 1, 0.91, 0.94, 1.06, 1.23, 1.4, 1.45, 1.49, 1.52, 1.58, 1.63, 1.67, 1.72, 1.78, 1.84, 1.91, 1.98, 2.05, 2.12],
  [
    0.8, 0.94, 0.99, 1.13, 1.13, 1.15, 1.25, 1.41, 1.55, 1.77, 2.04, 2.3, 2.51, 2.71, 2.9, 3.1, 3.31, 3.52, 3.71, 3.88, 4.02, 4.1, 4.16,
    4.1,
  ],
];
/** The same for words that begin with a capital. */
export const CAPITALISED: readonly (readonly number[])[] = [
  [1, 1.28, 1.2, 1.08, 0.92, 0.88, 0.91, 0.98, 1.11, 1.3, 1.5, 1.69, 1.89, 2.06, 2.21, 2.36, 2.51, 2.66, 2.81, 2.95, 3.1, 3.25, 3.41, 3.55],
  [
    1, 0.93, 1.08, 1.23, 1.35, 1.39, 1.37, 1.4, 1.49, 1.61, 1.75, 1.82, 1.84, 1.84, 1.85, 1.89, 1.94, 2.01, 2.08, 2.15, 2.21, 2.28, 2.35,
    2.42,
  ],
  [1.1, 1.16, 1.12, 1.08, 1.07, 1.09, 1.16, 1.27, 1.39, 1.54, 1.69, 1.84, 2, 2.15, 2.3, 2.45, 2.6, 2.75, 2.9, 3.05, 3.2, 3.35, 3.5, 3.65],
];
/** Words all in capitals. */
export const CAPITALS: readonly number[] = [1, 1, 1.45, 1.48, 1.58, 1.84, 2.15, 2.47, 2.85, 3.27, 3.7, 4.12];
/** Runs of marks. */
export const MARKS: readonly number[] = [0.8, 1, 1.52, 1.34, 1.46, 1.78, 2.19, 2.63, 3.08, 3.38];
export const MARKS_SPACED: readonly number[] = [1, 1, 0.95, 1.29, 1.67, 2.07, 2.48, 2.9, 3.33, 3.64];
/** `----`, `====`: long runs of one mark are entries of their own. */
export const SAME_MARKS = 1.2;
/** Digits go in threes; a space before them is a token of its own. */
export const DIGITS_3 = 1.02;
export const SPACE_BEFORE_DIGITS = 1.01;
export const NEWLINES = 0.61;
export const INDENT = 0.91;
export const SPACE_AT_LINE_END = 0.68;
/** `'s`, `'ll` */
export const CONTRACTION = 0.78;
/** An accented letter, above the cost of its word. */
export const ACCENT = 1.94;

/** Cost of one character of a script, and of the space before it, by the script's last code. */
export const SCRIPTS: readonly (readonly [last: number, each: number, spaced: number])[] = [
  [0x36f, 1.12, 0],
  [0x3ff, 0.35, 0.51], // Greek
  [0x52f, 0.22, 0.39], // Cyrillic
  [0x58f, 0.8, 0.3], // Armenian
  [0x77f, 0.25, 0.65], // Hebrew, Arabic
  [0x8ff, 0.8, 0],
  [0xdff, 0.4, 0.5], // scripts of India
  [0x1dff, 0.8, 0.5],
  [0x1eff, 1, 0], // Vietnamese
  [0x2fff, 1.02, 0], // dashes, quotes, arrows
  [0x30ff, 0.72, 0], // kana
  [0x33ff, 1.12, 0],
  [0x9fff, 0.8, 0], // Han
  [0xabff, 1.12, 0],
  [0xd7ff, 0.58, 0.42], // Hangul
  [0xffff, 1.11, 0], // surrogates: emoji cost two halves
];
