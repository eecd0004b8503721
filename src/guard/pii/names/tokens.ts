/** The words of a stretch of text, as parallel arrays that are filled again for every stretch: no object per word. */

/** A stretch: enough for 25 KB of English, and bounded however long the text is. */
export const TOKENS_MAX = 4096;

export const SHAPE_LOWER = 0;
/** `Anna` */
export const SHAPE_TITLE = 1;
/** `ANNA` */
export const SHAPE_UPPER = 2;
/** `McCoy` */
export const SHAPE_MIXED = 3;
/** `J` */
export const SHAPE_INITIAL = 4;
/** Starts with a digit: `12`, `5a`, `75002`. */
export const SHAPE_DIGIT = 5;
/** A script without case. */
export const SHAPE_UNCASED = 6;
/** Lower case in a text that has no capitals, upper case in one that has nothing else: the shape says nothing. */
export const SHAPE_PLAIN = 7;
/** Part of an identifier, an e-mail address, a path: no name. */
export const SHAPE_TECHNICAL = 8;
/** A run of kanji, kana or Hangul. */
export const SHAPE_EAST_ASIAN = 9;

/** What stands between a word and the one before; the greater number wins where there are several. */
export const GAP_SPACE = 0;
export const GAP_NONE = 1;
export const GAP_HYPHEN = 2;
export const GAP_APOSTROPHE = 3;
export const GAP_OTHER = 4;
export const GAP_COMMA = 5;
export const GAP_QUOTE = 6;
export const GAP_COLON = 7;
export const GAP_PERIOD = 8;
export const GAP_STOP = 9;
export const GAP_LINE = 10;
export const GAP_START = 11;

export type Tokens = {
  count: number;
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly hash: Int32Array;
  readonly attributes: Int32Array;
  readonly shape: Uint8Array;
  readonly gap: Uint8Array;
  readonly label: Uint8Array;
};

export function createTokens(): Tokens {
  return {
    count: 0,
    start: new Int32Array(TOKENS_MAX),
    end: new Int32Array(TOKENS_MAX),
    hash: new Int32Array(TOKENS_MAX),
    attributes: new Int32Array(TOKENS_MAX),
    shape: new Uint8Array(TOKENS_MAX),
    gap: new Uint8Array(TOKENS_MAX),
    label: new Uint8Array(TOKENS_MAX),
  };
}
