import { BY_DASH, BY_DOT, BY_SLASH, BY_SPACE } from "./separators.ts";
import { HAS_DIGIT, HAS_FOREIGN, HAS_LOWER, type Scan } from "./scan.ts";

/** Longest identifier looked for: an IBAN of 34 characters; in at most ten groups. */
const COMPACT_MAX = 34;
const GROUPS_MAX = 10;
const COMPACT_MIN = 6;
/** A group without digits: the bank in an IBAN, the prefix or suffix of a NINO. */
const LETTER_GROUP_MAX = 4;

/**
 * A stretch of text that may be one identifier: groups of digits and capital letters with single separators between them. One object for
 * all windows of a text; a detector keeps nothing of it.
 */
export type NumberWindow = {
  start: number;
  end: number;
  /** The characters without separators, upper-case. */
  readonly codes: Uint8Array;
  length: number;
  /** Nothing but digits. */
  isNumeric: boolean;
  hasLower: boolean;
  groups: number;
  /** Lengths of the groups as digits, the first first: 324 for `123-45-6789`; a group of ten or more counts 0. */
  shape: number;
  /** Which separators stand between the groups (bits). */
  separators: number;
};

export type WindowDetector = (window: NumberWindow) => void;

export const createWindow = (): NumberWindow => ({
  start: 0,
  end: 0,
  codes: new Uint8Array(COMPACT_MAX + 1),
  length: 0,
  isNumeric: true,
  hasLower: false,
  groups: 0,
  shape: 0,
  separators: 0,
});

const isDigit = (unit: number): boolean => unit >= 48 && unit <= 57;
const isAlphanumeric = (unit: number): boolean => isDigit(unit) || (unit >= 97 && unit <= 122) || (unit >= 65 && unit <= 90);

const AND = 38;
const COMMA = 44;
const DASH = 45;
const DOT = 46;
const SLASH = 47;
const UNDERSCORE = 95;
/** `$`, `£`, `€`, `¥`, `₹`: an amount. */
const isCurrency = (unit: number): boolean => unit === 36 || unit === 163 || unit === 8364 || unit === 165 || unit === 8377;

const binds = (unit: number): boolean =>
  unit === DASH || unit === DOT || unit === SLASH || unit === UNDERSCORE || unit === 92 || unit === 64 || unit === AND;

/** What stands before is not part of the same longer thing: a UUID, a path, a decimal, an amount. */
export function isFreeBefore(text: string, start: number): boolean {
  if (start === 0) return true;
  const before = text.charCodeAt(start - 1);
  if (isCurrency(before) || before === 43) return false;
  const further = start < 2 ? 32 : text.charCodeAt(start - 2);
  if (isCurrency(further) && before === 32) return false;
  if (binds(before)) return !isAlphanumeric(further) && further !== before && before !== SLASH;
  return true;
}

export function isFreeAfter(text: string, end: number): boolean {
  const after = text.charCodeAt(end);
  if (Number.isNaN(after)) return true;
  if (after === 37 || after === 8364) return false;
  const further = text.charCodeAt(end + 1);
  // `phone=+4930…&lang=de`: the next of a form's fields.
  if (after === AND) return !isDigit(further);
  if (binds(after)) return !isAlphanumeric(further) && !(after === SLASH && further === SLASH);
  return true;
}

const isThousands = (text: string, end: number): boolean => text.charCodeAt(end) === COMMA && isDigit(text.charCodeAt(end + 1));

function separatorBit(unit: number): number {
  if (unit === 32) return BY_SPACE;
  if (unit === DASH) return BY_DASH;
  if (unit === DOT) return BY_DOT;
  return unit === SLASH ? BY_SLASH : 0;
}

function addGroup(scan: Scan, token: number, window: NumberWindow): boolean {
  const start = scan.start[token] ?? 0;
  const end = scan.end[token] ?? 0;
  const size = end - start;
  const flags = scan.flags[token] ?? 0;
  if (window.length + size > COMPACT_MAX || (flags & HAS_FOREIGN) !== 0) return false;
  if ((flags & HAS_DIGIT) === 0 && (size > LETTER_GROUP_MAX || (flags & HAS_LOWER) !== 0)) return false;
  for (let i = start; i < end; i++) {
    const unit = scan.text.charCodeAt(i);
    window.codes[window.length++] = unit >= 97 ? unit - 32 : unit;
  }
  if (flags !== HAS_DIGIT) window.isNumeric = false;
  if ((flags & HAS_LOWER) !== 0) window.hasLower = true;
  window.groups++;
  window.shape = window.shape * 10 + (size < 10 ? size : 0);
  window.end = end;
  return true;
}

function runFrom(scan: Scan, first: number, window: NumberWindow, detect: WindowDetector): void {
  const start = scan.start[first] ?? 0;
  window.start = start;
  window.length = 0;
  window.groups = 0;
  window.shape = 0;
  window.separators = 0;
  window.isNumeric = true;
  window.hasLower = false;
  for (let token = first; token < scan.tokens && window.groups < GROUPS_MAX; token++) {
    if (token > first) {
      if ((scan.start[token] ?? 0) - window.end !== 1) return;
      const bit = separatorBit(scan.text.charCodeAt(window.end));
      if (bit === 0) return;
      window.separators |= bit;
    }
    if (!addGroup(scan, token, window)) return;
    if (window.length >= COMPACT_MIN && isFreeAfter(scan.text, window.end) && !isThousands(scan.text, window.end)) detect(window);
  }
}

/** Calls `detect` for every window of a text, up to ten a number. */
export function eachWindow(scan: Scan, window: NumberWindow, detect: WindowDetector): void {
  for (const token of scan.numbers) {
    const start = scan.start[token] ?? 0;
    if (((scan.flags[token] ?? 0) & HAS_FOREIGN) !== 0) continue;
    const before = token - 1;
    if (before >= 0 && isPrefix(scan, before, start) && isFreeBefore(scan.text, scan.start[before] ?? 0))
      runFrom(scan, before, window, detect);
    if (isFreeBefore(scan.text, start)) runFrom(scan, token, window, detect);
  }
}

/** One to three capitals right before a number, as `AB 12 34 56 C` begins. */
function isPrefix(scan: Scan, token: number, numberStart: number): boolean {
  const flags = scan.flags[token] ?? 0;
  const end = scan.end[token] ?? 0;
  if ((flags & (HAS_DIGIT | HAS_FOREIGN | HAS_LOWER)) !== 0 || numberStart - end !== 1) return false;
  return end - (scan.start[token] ?? 0) <= 3 && separatorBit(scan.text.charCodeAt(end)) !== 0;
}
