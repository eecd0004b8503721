/**
 * Words of a text, read once into arrays that are used again for the next text. A word is a run of letters and digits, in lower case where
 * it is ASCII (other scripts are expected in lower case); an ideograph or a kana is a word by itself, because nothing separates it from the
 * next. Nothing is allocated for a word.
 */

/** Code units read at once. A longer text is read in pieces, so memory does not grow with it. */
export const PIECE_UNITS = 16_384;

/** What stood around a word, as bits of `marks`. */
export const MARK = {
  /** First word of its line. */
  LINE_START: 1,
  /** A colon follows it. */
  COLON: 2,
  /** It stands in markup: `<`, `[`, `{`, `|` or `#` directly before it. */
  MARKUP: 4,
  /** A quotation mark directly before it. */
  QUOTED: 8,
  /** Two letters or more, all upper case. */
  UPPER: 16,
  /** First word after the end of a sentence. */
  SENTENCE_START: 32,
  /** A question mark follows it. */
  QUESTION: 64,
  /** A comma follows it. */
  COMMA: 128,
} as const;

export type Tokens = {
  readonly count: number;
  /** Of each word: a hash of 32 bits; where it starts and ends in `units`; what stood around it. */
  readonly hashes: Int32Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly marks: Uint8Array;
  /** The text in lower case; word `i` is `units[starts[i]] … units[ends[i] - 1]`. */
  readonly units: Uint16Array;
  /** Where the next piece begins in the text; its length when it is read. */
  readonly next: number;
};

const SEPARATOR = 0;
/** By ASCII code: the lower-case code of a letter or digit, 0 for everything else. */
const LOWER = Uint16Array.from({ length: 128 }, (_, code) => {
  const letter = String.fromCharCode(code);
  return /[a-z0-9]/i.test(letter) ? letter.toLowerCase().charCodeAt(0) : SEPARATOR;
});

const NEWLINE = 10;
const QUOTES = new Set(Array.from("\"'`“”„‘’«»「『", (quote) => quote.charCodeAt(0)));
const MARKUP_OPEN = new Set(Array.from("<[{|#/", (mark) => mark.charCodeAt(0)));
const SENTENCE_END = new Set(Array.from(".!?;。！？", (mark) => mark.charCodeAt(0)));

/** Spaces, punctuation and symbols outside ASCII; whatever else is not ASCII counts as a letter. */
function isSeparator(code: number): boolean {
  if (code < 0xc0) return code !== 0xaa && code !== 0xb5 && code !== 0xba;
  return (
    code === 0xd7 ||
    code === 0xf7 ||
    (code >= 0x2000 && code <= 0x2bff) ||
    (code >= 0x3000 && code <= 0x3004) ||
    (code >= 0x3008 && code <= 0x3020) ||
    code === 0x30fb ||
    (code >= 0xfe00 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff0f) ||
    (code >= 0xff1a && code <= 0xff20) ||
    (code >= 0xd800 && code <= 0xf8ff) ||
    code === 0xfeff ||
    code === 0x0964 ||
    code === 0x060c ||
    code === 0x061f
  );
}

const standsAlone = (code: number): boolean =>
  (code >= 0x3041 && code <= 0x30ff) || (code >= 0x3400 && code <= 0x9fff) || (code >= 0xf900 && code <= 0xfaff);

/** The hash of a word in lower case, as it stands in `hashes`. */
export function hashWord(word: string): number {
  let hash = SEED;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), STEP);
  return finish(hash);
}

const SEED = 0x811c9dc5 | 0;
const STEP = 0x01000193;

/** Every input bit reaches every output bit (the finaliser of MurmurHash3, public domain). */
export function finish(value: number): number {
  let hash = value ^ (value >>> 16);
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** Reads words from `from` on; the arrays of the answer are the tokeniser's own and are written over by the next call. */
export function createTokeniser(): (text: string, from: number) => Tokens {
  const hashes = new Int32Array(PIECE_UNITS);
  const starts = new Int32Array(PIECE_UNITS);
  const ends = new Int32Array(PIECE_UNITS);
  const marks = new Uint8Array(PIECE_UNITS);
  const units = new Uint16Array(PIECE_UNITS);

  return (text, from) => {
    const end = Math.min(text.length, from + PIECE_UNITS);
    let count = 0;
    let at = from;
    let pending = from === 0 ? MARK.LINE_START | MARK.SENTENCE_START : 0;
    while (at < end) {
      const raw = text.charCodeAt(at);
      const code = raw < 128 ? (LOWER[raw] ?? SEPARATOR) : isSeparator(raw) ? SEPARATOR : raw;
      if (code === SEPARATOR) {
        pending = readMark(raw, pending);
        if (count > 0 && (raw === 0x3a || raw === 0xff1a) && ends[count - 1] === at - from)
          marks[count - 1] = (marks[count - 1] ?? 0) | MARK.COLON;
        else if (count > 0 && (raw === 0x3f || raw === 0xff1f)) marks[count - 1] = (marks[count - 1] ?? 0) | MARK.QUESTION;
        else if (count > 0 && (raw === 0x2c || raw === 0xff0c) && ends[count - 1] === at - from)
          marks[count - 1] = (marks[count - 1] ?? 0) | MARK.COMMA;
        at++;
        continue;
      }
      const start = at;
      const alone = standsAlone(code);
      let hash = SEED;
      let isUpper = raw <= 90 && raw >= 65;
      let unit = code;
      let unitRaw = raw;
      do {
        units[at - from] = unit;
        hash = Math.imul(hash ^ unit, STEP);
        if (unitRaw > 90 || unitRaw < 48) isUpper = false;
        at++;
        if (alone || at >= end) break;
        unitRaw = text.charCodeAt(at);
        unit = unitRaw < 128 ? (LOWER[unitRaw] ?? SEPARATOR) : isSeparator(unitRaw) || standsAlone(unitRaw) ? SEPARATOR : unitRaw;
      } while (unit !== SEPARATOR);
      // A word cut by the end of the piece belongs to the next one, unless it is all there is.
      if (at >= end && end < text.length && count > 0 && !alone) return { count, hashes, starts, ends, marks, units, next: start };
      hashes[count] = finish(hash);
      starts[count] = start - from;
      ends[count] = at - from;
      marks[count] = isUpper && at - start >= 2 ? pending | MARK.UPPER : pending;
      pending = 0;
      count++;
    }
    return { count, hashes, starts, ends, marks, units, next: end };
  };
}

/** What a separator says about the word after it. */
function readMark(code: number, pending: number): number {
  if (code === NEWLINE) return (pending & ~(MARK.MARKUP | MARK.QUOTED)) | MARK.LINE_START | MARK.SENTENCE_START;
  if (code === 0x20) return pending & ~(MARK.MARKUP | MARK.QUOTED);
  if (QUOTES.has(code)) return pending | MARK.QUOTED;
  if (MARKUP_OPEN.has(code)) return pending | MARK.MARKUP;
  return SENTENCE_END.has(code) ? pending | MARK.SENTENCE_START : pending;
}
