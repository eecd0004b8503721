/** Characters of which a reader sees no ink, by code point: the first and the last of each run. The rules read further lists from these. */
export type CodeRun = readonly [first: number, last: number];

/** Soft hyphens, joiners, spaces without width. One joiner alone belongs to emoji and to Indic scripts. */
export const UNSEEN: readonly CodeRun[] = [
  [0xad, 0xad],
  [0x34f, 0x34f],
  [0x180b, 0x180f],
  [0x200b, 0x200d],
  [0x2060, 0x2064],
  [0xfeff, 0xfeff],
];

/** Which way a text runs. */
export const DIRECTIONS: readonly CodeRun[] = [
  [0x61c, 0x61c],
  [0x200e, 0x200f],
  [0x202a, 0x202e],
  [0x2066, 0x2069],
];

/** Fillers and marks of annotations: words may stand on both sides of one, and some fonts leave a gap there. */
const FILLERS: readonly CodeRun[] = [
  [0x3164, 0x3164],
  [0xffa0, 0xffa0],
  [0xfff9, 0xfffb],
];
/** Braille's space. */
const BRAILLE_BLANK: CodeRun = [0x2800, 0x2800];
/** What may part two words, though nothing is seen of it. */
export const BLANKS: readonly CodeRun[] = [...FILLERS, BRAILLE_BLANK];

/** With fillers of syllables, vowels that are only thought, shaping marks and variation selectors: what has no width or is no space by itself. */
export const INKLESS: readonly CodeRun[] = [
  ...UNSEEN,
  ...DIRECTIONS,
  ...FILLERS,
  [0x115f, 0x1160],
  [0x17b4, 0x17b5],
  [0x2065, 0x2065],
  [0x206a, 0x206f],
  [0xfe00, 0xfe0f],
];

/** All of it. */
export const INVISIBLE: readonly CodeRun[] = [...INKLESS, BRAILLE_BLANK];

/** Each code point of the runs. */
export const codesOf = (runs: readonly CodeRun[]): readonly number[] =>
  runs.flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, at) => first + at));

/** The runs within a pattern's brackets, as numbers: as characters they could not be read. For the flag `u`. */
export const classOf = (runs: readonly CodeRun[]): string =>
  runs.map(([first, last]) => `\\u{${first.toString(16)}}-\\u{${last.toString(16)}}`).join("");
