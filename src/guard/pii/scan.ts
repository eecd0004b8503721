import {
  AT,
  CLASSES,
  COLON,
  DASH,
  DIGIT,
  FOLDS,
  FOLDS_BY_DIGITS,
  LETTER,
  LOWER,
  OTHER,
  UNSPACED,
  UPPER,
  WORD_UNITS,
} from "./char-class.ts";
import { FIRST_HASH, foldHash, type Lexicon } from "./lexicon.ts";

/** What a token (a run of letters and digits) is made of. */
export const HAS_DIGIT = 1;
export const HAS_UPPER = 2;
export const HAS_LOWER = 4;
export const HAS_FOREIGN = 8;

/** Buffers that grew past this many tokens are given back after the text: a 10 MB upload should not hold its memory for ever. */
const KEPT_TOKENS_MAX = 65_536;

/** A text cut once, for all rules. Offsets are those of the folded text. Valid until the next text is scanned. */
export type Scan = {
  text: string;
  tokens: number;
  start: Int32Array;
  end: Int32Array;
  flags: Uint8Array;
  hashes: Int32Array;
  /** Indices of tokens with a digit, ascending. */
  readonly numbers: number[];
  /** Context words in order of place: where each starts and ends, what it speaks of (bits), and of which country (0: none). */
  readonly markStart: number[];
  readonly markEnd: number[];
  readonly markTopics: number[];
  readonly markCountry: number[];
  /** All topics that occur. */
  topics: number;
  readonly ats: number[];
  /** Colons of `://`. */
  readonly schemes: number[];
  /** Colons between hexadecimal digits or colons: IPv6 and MAC addresses. */
  readonly hexColons: number[];
  /** Starts of `-----BEGIN`. */
  readonly armours: number[];
  /** A character was met that `foldText` writes plainly; the scan stopped there. */
  folds: boolean;
};

export function createScan(): Scan {
  return {
    text: "",
    tokens: 0,
    start: new Int32Array(1024),
    end: new Int32Array(1024),
    flags: new Uint8Array(1024),
    hashes: new Int32Array(1024),
    numbers: [],
    markStart: [],
    markEnd: [],
    markTopics: [],
    markCountry: [],
    topics: 0,
    ats: [],
    schemes: [],
    hexColons: [],
    armours: [],
    folds: false,
  };
}

function grow(scan: Scan): void {
  const size = scan.start.length * 2;
  const start = new Int32Array(size);
  const end = new Int32Array(size);
  const flags = new Uint8Array(size);
  const hashes = new Int32Array(size);
  hashes.set(scan.hashes);
  start.set(scan.start);
  end.set(scan.end);
  flags.set(scan.flags);
  scan.start = start;
  scan.end = end;
  scan.flags = flags;
  scan.hashes = hashes;
}

function reset(scan: Scan, text: string): void {
  scan.text = text;
  scan.tokens = 0;
  scan.topics = 0;
  scan.folds = false;
  empty(scan.numbers);
  empty(scan.markStart);
  empty(scan.markEnd);
  empty(scan.markTopics);
  empty(scan.markCountry);
  empty(scan.ats);
  empty(scan.schemes);
  empty(scan.hexColons);
  empty(scan.armours);
}

/** Setting a length costs more than a look, and most lists of most texts are empty. */
function empty(list: unknown[]): void {
  if (list.length > 0) list.length = 0;
}

/** Lets go of the text, and of buffers that only a rare long one needed. */
export function releaseScan(scan: Scan): void {
  reset(scan, "");
  if (scan.start.length <= KEPT_TOKENS_MAX) return;
  scan.start = new Int32Array(1024);
  scan.end = new Int32Array(1024);
  scan.flags = new Uint8Array(1024);
  scan.hashes = new Int32Array(1024);
}

function addMark(scan: Scan, start: number, end: number, entry: { readonly topics: number; readonly country: number }): void {
  // A phrase takes the place of the word that ends it: "credit card" is not also "card".
  while (scan.markStart.length > 0 && (scan.markStart.at(-1) ?? 0) >= start) {
    scan.markStart.pop();
    scan.markEnd.pop();
    scan.markTopics.pop();
    scan.markCountry.pop();
  }
  scan.markStart.push(start);
  scan.markEnd.push(end);
  scan.markTopics.push(entry.topics);
  scan.markCountry.push(entry.country);
  scan.topics |= entry.topics;
}

const isHexUnit = (unit: number): boolean => (unit >= 48 && unit <= 57) || (unit >= 97 && unit <= 102) || (unit >= 65 && unit <= 70);

function noteColon(scan: Scan, at: number): void {
  const before = at === 0 ? 32 : scan.text.charCodeAt(at - 1);
  const after = scan.text.charCodeAt(at + 1);
  if (after === 47 && scan.text.charCodeAt(at + 2) === 47) scan.schemes.push(at);
  else if ((isHexUnit(before) || before === 58) && (isHexUnit(after) || after === 58)) scan.hexColons.push(at);
  else if (after === 58 && isHexUnit(scan.text.charCodeAt(at + 2))) scan.hexColons.push(at);
}

function noteOther(scan: Scan, kind: number, at: number): void {
  if (kind === AT) scan.ats.push(at);
  else if (kind === COLON) noteColon(scan, at);
  else if (kind === DASH && scan.text.charCodeAt(at + 5) === 66 && scan.text.startsWith("-----BEGIN", at)) scan.armours.push(at);
}

const isBesideDigit = (text: string, at: number): boolean =>
  CLASSES[text.charCodeAt(at - 1)] === DIGIT || CLASSES[text.charCodeAt(at + 1)] === DIGIT;

/** One pass: tokens, context words, and the few characters that make a rule worth running. */
export function scanText(scan: Scan, text: string, lexicon: Lexicon): void {
  reset(scan, text);
  const length = text.length;
  let i = 0;
  while (i < length) {
    const kind = CLASSES[text.charCodeAt(i)] ?? OTHER;
    if (kind === OTHER) {
      i++;
      continue;
    }
    if (kind >= UNSPACED) {
      if (kind === FOLDS || (kind === FOLDS_BY_DIGITS && isBesideDigit(text, i))) {
        scan.folds = true;
        return;
      }
      if (kind === UNSPACED) {
        const entry = lexicon.findUnspaced(text, i);
        if (entry !== undefined) addMark(scan, i, i + entry.length, entry);
      } else if (kind !== FOLDS_BY_DIGITS) noteOther(scan, kind, i);
      i++;
      continue;
    }
    i = scanToken(scan, i, lexicon);
  }
}

function scanToken(scan: Scan, from: number, lexicon: Lexicon): number {
  const text = scan.text;
  const length = text.length;
  let flags = 0;
  let hash = FIRST_HASH;
  let i = from;
  for (; i < length; i++) {
    const unit = text.charCodeAt(i);
    const kind = CLASSES[unit] ?? OTHER;
    if (kind === LOWER) {
      flags |= HAS_LOWER;
      hash = foldHash(hash, unit);
    } else if (kind === DIGIT) {
      flags |= HAS_DIGIT;
      hash = foldHash(hash, unit);
    } else if (kind === UPPER) {
      flags |= HAS_UPPER;
      hash = foldHash(hash, unit + 32);
    } else if (kind === LETTER) {
      flags |= HAS_FOREIGN;
      const plain = WORD_UNITS[unit] ?? unit;
      if (plain !== 0) hash = foldHash(hash, plain);
    } else break;
  }
  const token = scan.tokens++;
  if (token === scan.start.length) grow(scan);
  scan.start[token] = from;
  scan.end[token] = i;
  scan.flags[token] = flags;
  if ((flags & HAS_DIGIT) !== 0) scan.numbers.push(token);
  scan.hashes[token] = hash;
  noteWord(scan, token, lexicon);
  return i;
}

/** Words of one phrase stand side by side: with this much between two of them they are two sentences. */
const GAP_MAX = 3;

function noteWord(scan: Scan, token: number, lexicon: Lexicon): void {
  const entry = lexicon.find(scan.hashes[token] ?? 0, (back) => {
    const word = token - back;
    if (word < 0 || (scan.start[word + 1] ?? 0) - (scan.end[word] ?? 0) > GAP_MAX) return 0;
    return scan.hashes[word] ?? 0;
  });
  if (entry !== undefined) addMark(scan, scan.start[token - entry.words + 1] ?? 0, scan.end[token] ?? 0, entry);
}
