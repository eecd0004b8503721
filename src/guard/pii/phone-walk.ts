/** A stretch of digits and separators that could be dialled. */
export type PhoneCandidate = {
  start: number;
  end: number;
  digits: string;
  hasPlus: boolean;
  /** An area code in brackets, or a trunk zero: `+44 (0)20`. */
  hasBrackets: boolean;
  /** Group lengths as digits, the first first; a group of ten or more counts 0. */
  shape: number;
  groups: number;
  /** Which separators: space 1, dash 2, dot 4, slash 8. */
  separators: number;
};

/** A bracket opens at the start, or after a country code: `+44 (0)20`, `55 (11) 9…`. Further on it is no number's. */
const BEFORE_BRACKET_MAX = 4;

/** E.164 allows 15 digits; access code and trunk zero come on top. */
const DIGITS_MAX = 19;
const DIGITS_MIN = 6;
const SEPARATOR_MAX = 3;

const isDigit = (unit: number): boolean => unit >= 48 && unit <= 57;

function separatorBit(unit: number): number {
  if (unit === 32) return 1;
  if (unit === 45) return 2;
  if (unit === 46) return 4;
  return unit === 47 ? 8 : 0;
}

const DOT = 46;
const OPEN = 40;
const CLOSE = 41;
const PLUS = 43;
const isBracket = (unit: number): boolean => unit === OPEN || unit === CLOSE;

/** An area code is closed after so many characters; a bracket that is not stands round the whole number, and is none of it. */
const AREA_CODE_MAX = 7;

function isAreaCode(text: string, digit: number): boolean {
  for (let i = digit; i <= digit + AREA_CODE_MAX; i++) if (text.charCodeAt(i) === CLOSE) return true;
  return false;
}

/** Moves a number's start back over `+`, `(` and `(+`; `(0171 1234567)` starts at its first digit. */
export function phoneStart(text: string, digit: number): number {
  let start = digit;
  while (start > 0 && digit - start < 2) {
    const unit = text.charCodeAt(start - 1);
    if (unit !== PLUS && !(unit === OPEN && isAreaCode(text, digit))) break;
    start--;
  }
  return start;
}

/** Whether the digits and separators from `digit` on are long enough to be dialled: most numbers in a text are not, and go no further. */
export function isDialable(text: string, digit: number): boolean {
  let digits = 0;
  let gap = 0;
  for (let i = digit; gap <= SEPARATOR_MAX; i++) {
    const unit = text.charCodeAt(i);
    if (isDigit(unit)) {
      gap = 0;
      if (++digits >= DIGITS_MIN) return true;
    } else if (separatorBit(unit) > 0 || isBracket(unit)) gap++;
    else return false;
  }
  return false;
}

/**
 * Every prefix of the digits from `digit` on that ends with a group, longest last. One object is used for all; `visit` keeps nothing.
 */
export function walkPhone(text: string, digit: number, visit: (candidate: PhoneCandidate) => void): void {
  const start = phoneStart(text, digit);
  const candidate: PhoneCandidate = {
    start,
    end: digit,
    digits: "",
    hasPlus: false,
    hasBrackets: false,
    shape: 0,
    groups: 0,
    separators: 0,
  };
  for (let i = start; i < digit; i++) {
    if (text.charCodeAt(i) === PLUS) candidate.hasPlus = true;
    else candidate.hasBrackets = true;
  }
  let isOpen = candidate.hasBrackets;
  let at = digit;
  while (candidate.digits.length < DIGITS_MAX) {
    let end = at;
    while (isDigit(text.charCodeAt(end))) end++;
    candidate.digits += text.slice(at, Math.min(end, at + DIGITS_MAX + 1));
    if (candidate.digits.length > DIGITS_MAX) return;
    candidate.groups++;
    candidate.shape = candidate.shape * 10 + (end - at < 10 ? end - at : 0);
    candidate.end = end;
    if (candidate.digits.length >= DIGITS_MIN && !isOpen) visit(candidate);
    at = end;
    let bits = 0;
    while (at - end < SEPARATOR_MAX && !isDigit(text.charCodeAt(at))) {
      const unit = text.charCodeAt(at);
      const bit = separatorBit(unit);
      if (bit === 0 && !isBracket(unit)) return;
      // "(467.2)" is a loss, not an area code.
      if (unit === DOT && isOpen) return;
      if (unit === OPEN && (isOpen || candidate.digits.length > BEFORE_BRACKET_MAX)) return;
      if (isBracket(unit)) {
        candidate.hasBrackets = true;
        isOpen = unit === OPEN;
      }
      bits |= bit;
      at++;
    }
    candidate.separators |= bits;
    if (at === end || !isDigit(text.charCodeAt(at))) return;
  }
}
