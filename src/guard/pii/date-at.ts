import { isDay } from "./identity-rule.ts";
import { MONTH_BY_HASH } from "./months.ts";
import { HAS_DIGIT, type Scan } from "./scan.ts";
import { gapBefore } from "./token-at.ts";

/** Where a date ends, as a token; and the token it starts with. */
export type DateSpan = { readonly first: number; readonly last: number };

const YEAR_MIN = 1900;
const YEAR_MAX = 2099;

/** The number of a token of digits, ordinal endings allowed ("3rd", "1er"); -1: it is none. */
function valueOf(scan: Scan, token: number): number {
  const start = scan.start[token] ?? 0;
  const end = scan.end[token] ?? 0;
  if (((scan.flags[token] ?? 0) & HAS_DIGIT) === 0 || end - start > 6) return -1;
  let value = 0;
  let at = start;
  for (; at < end; at++) {
    const digit = scan.text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  if (at === end) return value;
  return at > start && at - start <= 2 && /^(?:st|nd|rd|th|er|re|e|o|º|ª|de)$/i.test(scan.text.slice(at, end)) ? value : -1;
}

const size = (scan: Scan, token: number): number => (scan.end[token] ?? 0) - (scan.start[token] ?? 0);

function isYear(scan: Scan, token: number, isShortAllowed: boolean): boolean {
  const value = valueOf(scan, token);
  if (size(scan, token) === 4) return value >= YEAR_MIN && value <= YEAR_MAX;
  return isShortAllowed && size(scan, token) === 2 && value >= 0;
}

const isDayAndMonth = (one: number, other: number): boolean => isDay(other, one) || isDay(one, other);

function isJoined(scan: Scan, token: number): boolean {
  const gap = gapBefore(scan, token);
  if (token >= scan.tokens || gap > 2) return false;
  const unit = scan.text.charCodeAt(scan.end[token - 1] ?? 0);
  // `. - /`, and year, month as they are written in Japanese and Korean.
  return unit === 46 || unit === 45 || unit === 47 || unit === 0x5e74 || unit === 0x6708 || unit === 0xb144 || unit === 0xc6d4;
}

function numericDate(scan: Scan, first: number): number {
  if (first + 2 >= scan.tokens || !isJoined(scan, first + 1) || !isJoined(scan, first + 2)) return -1;
  const [one, two, three] = [valueOf(scan, first), valueOf(scan, first + 1), valueOf(scan, first + 2)];
  if (one < 0 || two < 0 || three < 0) return -1;
  if (isYear(scan, first, false) && isDay(two, three)) return first + 2;
  // An era's year: 昭和55年5月3日.
  if (scan.text.charCodeAt(scan.end[first] ?? 0) === 0x5e74 && isDay(two, three)) return first + 2;
  return size(scan, first) <= 2 && size(scan, first + 1) <= 2 && isDayAndMonth(one, two) && isYear(scan, first + 2, true) ? first + 2 : -1;
}

const GAP_MAX = 3;

/** Index of the next token, over one short word ("de", "of", "z") if need be, that `is` accepts; -1: none. */
function nextThat(scan: Scan, from: number, is: (token: number) => boolean): number {
  for (let token = from; token < scan.tokens && token <= from + 1; token++) {
    if (gapBefore(scan, token) > GAP_MAX) return -1;
    if (is(token)) return token;
    if (size(scan, token) > 3) return -1;
  }
  return -1;
}

const monthOf = (scan: Scan, token: number): number => MONTH_BY_HASH.get(scan.hashes[token] ?? 0) ?? 0;

function namedDate(scan: Scan, first: number): number {
  const value = valueOf(scan, first);
  const isMonth = (token: number): boolean => monthOf(scan, token) > 0;
  if (value >= 1 && value <= 31 && size(scan, first) <= 4) {
    const month = nextThat(scan, first + 1, isMonth);
    if (month < 0) return -1;
    const year = nextThat(scan, month + 1, (token) => isYear(scan, token, true));
    return year;
  }
  if (isYear(scan, first, false)) {
    const month = nextThat(scan, first + 1, isMonth);
    return month < 0 ? -1 : nextThat(scan, month + 1, (token) => valueOf(scan, token) >= 1 && valueOf(scan, token) <= 31);
  }
  return -1;
}

/** "May 3, 1980": the month stands before the number. */
function monthFirst(scan: Scan, day: number): number {
  if (day === 0 || monthOf(scan, day - 1) === 0 || gapBefore(scan, day) > 2) return -1;
  const value = valueOf(scan, day);
  if (value < 1 || value > 31 || day + 1 >= scan.tokens || gapBefore(scan, day + 1) > GAP_MAX) return -1;
  return isYear(scan, day + 1, false) ? day + 1 : -1;
}

function compactDate(scan: Scan, token: number): number {
  if (size(scan, token) !== 8 || scan.flags[token] !== HAS_DIGIT) return -1;
  const text = scan.text.slice(scan.start[token] ?? 0, scan.end[token] ?? 0);
  const [head, tail] = [Number(text.slice(0, 4)), Number(text.slice(4))];
  if (head >= YEAR_MIN && head <= YEAR_MAX && isDay(Math.floor(tail / 100), tail % 100)) return token;
  return tail >= YEAR_MIN && tail <= YEAR_MAX && isDayAndMonth(Math.floor(head / 100), head % 100) ? token : -1;
}

/** The date whose first number is `token`, in figures or with the month's name in ten languages. */
export function dateAt(scan: Scan, token: number): DateSpan | undefined {
  const before = monthFirst(scan, token);
  if (before >= 0) return { first: token - 1, last: before };
  let last = numericDate(scan, token);
  if (last < 0) last = namedDate(scan, token);
  if (last < 0) last = compactDate(scan, token);
  return last < 0 ? undefined : { first: token, last };
}
