import { CLASSES, UNSPACED } from "./char-class.ts";
import { FILLERS } from "./fillers.ts";
import { HAS_DIGIT, HAS_FOREIGN, HAS_LOWER, HAS_UPPER, type Scan } from "./scan.ts";
import { gapBefore } from "./token-at.ts";

/** "passport number of my wife is": this many words may come between. */
const FILLERS_MAX = 4;
/** Punctuation and kana between two of them. */
const GAP_MAX = 8;
const UNSPACED_MAX = 7;
/** A letter group of a value: `B-AB 1234`, `AB12 CDE`. */
const LETTERS_MAX = 3;

export type LabelledValue = {
  start: number;
  end: number;
  length: number;
  digits: number;
  letters: number;
  groups: number;
  hasLower: boolean;
};

export type ValueLimits = { readonly lengthMax: number; readonly groupsMax: number; readonly hasLetterGroups?: true };

const createValue = (): LabelledValue => ({ start: 0, end: 0, length: 0, digits: 0, letters: 0, groups: 0, hasLower: false });

function isGapFree(scan: Scan, from: number, to: number): boolean {
  if (to - from > GAP_MAX + UNSPACED_MAX) return false;
  let unspaced = 0;
  let marks = 0;
  for (let i = from; i < to; i++) {
    const unit = scan.text.charCodeAt(i);
    if (CLASSES[unit] === UNSPACED) unspaced++;
    else if (unit === 59 || unit === 44 || unit === 63 || unit === 33) return false;
    else if (unit !== 32) marks++;
  }
  return unspaced <= UNSPACED_MAX && marks <= GAP_MAX;
}

const isCapitals = (flags: number): boolean => (flags & (HAS_DIGIT | HAS_LOWER | HAS_FOREIGN)) === 0 && (flags & HAS_UPPER) !== 0;
const isJoin = (unit: number): boolean => unit === 45 || unit === 47 || unit === 46 || unit === 95;

/** The token is a short group of capitals that a number follows: the beginning of a value. */
function isLead(scan: Scan, token: number): boolean {
  if (token + 1 >= scan.tokens || gapBefore(scan, token + 1) !== 1) return false;
  const next = scan.flags[token + 1] ?? 0;
  const size = (scan.end[token] ?? 0) - (scan.start[token] ?? 0);
  if (!isCapitals(scan.flags[token] ?? 0) || size > LETTERS_MAX + 1) return false;
  if ((next & HAS_DIGIT) !== 0) return true;
  const isShort = (scan.end[token + 1] ?? 0) - (scan.start[token + 1] ?? 0) <= LETTERS_MAX;
  return (
    isShort &&
    isCapitals(next) &&
    token + 2 < scan.tokens &&
    gapBefore(scan, token + 2) === 1 &&
    ((scan.flags[token + 2] ?? 0) & HAS_DIGIT) !== 0
  );
}

/** `O-IT 3795` is a plate, though "o" is a word. */
const isDashed = (scan: Scan, token: number): boolean => scan.text.charCodeAt(scan.end[token] ?? 0) === 45;

/** The first token of the value that follows `from`, an offset right after a label; -1: none follows. */
export function valueToken(scan: Scan, first: number, from: number): number {
  let before = from;
  for (let token = first; token < scan.tokens && token - first <= FILLERS_MAX; token++) {
    if (!isGapFree(scan, before, scan.start[token] ?? 0)) return -1;
    if (
      ((scan.flags[token] ?? 0) & HAS_DIGIT) !== 0 ||
      (isLead(scan, token) && (isDashed(scan, token) || !FILLERS.has(scan.hashes[token] ?? 0)))
    )
      return token;
    if (!FILLERS.has(scan.hashes[token] ?? 0)) return -1;
    before = scan.end[token] ?? 0;
  }
  return -1;
}

/** The last token of the value that stands before a label: "X1234567 is my passport number"; -1: none. */
export function valueTokenBefore(scan: Scan, last: number, until: number): number {
  let after = until;
  let hasVerb = false;
  for (let token = last; token >= 0 && last - token < FILLERS_MAX; token--) {
    if (!isGapFree(scan, scan.end[token] ?? 0, after)) return -1;
    if (((scan.flags[token] ?? 0) & HAS_DIGIT) !== 0) return hasVerb ? token : -1;
    if (!FILLERS.has(scan.hashes[token] ?? 0)) return -1;
    hasVerb = true;
    after = scan.start[token] ?? 0;
  }
  return -1;
}

function add(scan: Scan, token: number, value: LabelledValue): void {
  const start = scan.start[token] ?? 0;
  const end = scan.end[token] ?? 0;
  for (let i = start; i < end; i++) {
    const unit = scan.text.charCodeAt(i);
    if (unit >= 48 && unit <= 57) value.digits++;
    else value.letters++;
  }
  if (((scan.flags[token] ?? 0) & HAS_LOWER) !== 0) value.hasLower = true;
  value.length += end - start;
  value.end = end;
}

/** A group of capitals at a value's end: one letter (`12 34 56 C`), more where the kind has such. */
const isSuffix = (scan: Scan, token: number, hasLetterGroups: boolean): boolean => {
  const size = (scan.end[token] ?? 0) - (scan.start[token] ?? 0);
  return isCapitals(scan.flags[token] ?? 0) && size <= (hasLetterGroups ? LETTERS_MAX : 1);
};

/** Reads a value from its first token on: groups joined by `-./_`, and groups of digits and capitals with spaces between, `groupsMax` of them. */
export function readValue(scan: Scan, first: number, { lengthMax, groupsMax, hasLetterGroups }: ValueLimits): LabelledValue {
  const value = createValue();
  value.start = scan.start[first] ?? 0;
  value.groups = 1;
  add(scan, first, value);
  for (let token = first + 1; token < scan.tokens; token++) {
    const size = (scan.end[token] ?? 0) - (scan.start[token] ?? 0);
    if (gapBefore(scan, token) !== 1 || value.length + size > lengthMax) break;
    const separator = scan.text.charCodeAt(value.end);
    if (!isJoin(separator)) {
      const flags = scan.flags[token] ?? 0;
      const isGroup = (flags & HAS_LOWER) === 0 && ((flags & HAS_DIGIT) !== 0 || isSuffix(scan, token, hasLetterGroups === true));
      if (separator !== 32 || !isGroup || value.groups >= groupsMax) break;
      value.groups++;
    }
    add(scan, token, value);
  }
  return value;
}

/** The first token after a label that is no filler, whatever it is made of; -1: it stands too far away. */
export function valueTokenNamed(scan: Scan, first: number, from: number): number {
  let before = from;
  for (let token = first; token < scan.tokens && token - first <= FILLERS_MAX; token++) {
    if (!isGapFree(scan, before, scan.start[token] ?? 0)) return -1;
    if (!FILLERS.has(scan.hashes[token] ?? 0)) return token;
    before = scan.end[token] ?? 0;
  }
  return -1;
}
