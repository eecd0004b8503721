import type { Finding } from "../../domain/finding.ts";
import { isNear, isOvertaken, nearestMark, type Reach } from "./context.ts";
import { isDay } from "./identity-rule.ts";
import type { PhonePlan } from "./phone-plan.ts";
import { isDialable, phoneStart, walkPhone, type PhoneCandidate } from "./phone-walk.ts";
import type { PiiRule } from "./rule.ts";
import { HAS_DIGIT, type Scan } from "./scan.ts";
import { ACCOUNT, CARD, IDENTITY, INSURANCE, LICENCE, ORDINARY, PASSPORT, PHONE, PHONE_LINE, RECORD } from "./topics.ts";
import { BY_DASH, BY_DOT, BY_SLASH, BY_SPACE } from "./separators.ts";
import { isFreeAfter, isFreeBefore } from "./window.ts";

/** A label stands right before its number; further away it may speak of another. */
const LABEL: Reach = { beforeChars: 40, afterChars: 24 };
const BEFORE: Reach = { beforeChars: 16, afterChars: 0 };
/** Seven or eight digits in one piece are many things: the word stands closer. */
const FULL_DIGITS = 9;
const SHORT_LABEL: Reach = { beforeChars: 20, afterChars: 10 };
/** "… office", "… (home)". */
const AFTER: Reach = { beforeChars: 0, afterChars: 4 };
/** A weaker word than "phone": other numbers stand before it as well. */
const LINE_SCORE = 0.6;
/** Labels of other numbers: "phone …, order 123456789". */
const OTHER_LABELS = ORDINARY | CARD | IDENTITY | ACCOUNT | PASSPORT | LICENCE | RECORD | INSURANCE;
/** Six digits are a phone number right after the word, in groups, and nowhere else. */
const SUBSCRIBER_DIGITS = 7;
const SHORT_SHAPES: ReadonlySet<number> = new Set([222, 33]);
const RIGHT_BEFORE: Reach = { beforeChars: 12, afterChars: 0 };

const YEAR_MIN = 1900;
const YEAR_MAX = 2100;
const isYear = (text: string): boolean => Number(text) >= YEAR_MIN && Number(text) < YEAR_MAX;
const isDayText = (month: string, day: string): boolean => isDay(Number(month), Number(day));
const eitherWay = (one: string, other: string): boolean => isDayText(one, other) || isDayText(other, one);

/** A day with its year in the groups of a number, alone or with the hour behind it: `01-02-2024`, `2024-01-15 10`. */
function isDate({ digits, shape, groups }: PhoneCandidate): boolean {
  const head = groups <= 3 ? shape : Math.floor(shape / 10 ** (groups - 3));
  if (head === 422) return isYear(digits.slice(0, 4)) && isDayText(digits.slice(4, 6), digits.slice(6, 8));
  if (head === 224) return isYear(digits.slice(4, 8)) && eitherWay(digits.slice(0, 2), digits.slice(2, 4));
  return shape === 222 && eitherWay(digits.slice(0, 2), digits.slice(2, 4));
}

const isDotted = (candidate: PhoneCandidate): boolean => candidate.separators === 4;

/** `0.02012746`, `12.3456789`: two groups and one dot are a fraction; with a longer first group, a number as some write it beside its word. */
function isFraction(candidate: PhoneCandidate, hasContext: boolean): boolean {
  const { shape, groups, separators, digits } = candidate;
  const firstSize = Math.floor(shape / 10 ** (groups - 1));
  if (firstSize === 1 && digits.startsWith("0") && (separators & BY_DOT) !== 0) return true;
  if (!hasContext && (separators & BY_SLASH) !== 0 && (separators & (BY_DOT | BY_DASH)) !== 0) return true;
  if (!isDotted(candidate) || groups !== 2) return false;
  return !hasContext || firstSize <= 2;
}

/** Four groups of at most three digits with dots, none above 255: an address on a network. `+48.512.345.678` and `12.345.67.89` are none. */
function isNetworkAddress(candidate: PhoneCandidate): boolean {
  if (candidate.hasPlus || !isDotted(candidate) || candidate.groups !== 4) return false;
  let from = 0;
  for (const size of String(candidate.shape).split("").map(Number)) {
    if (size > 3 || size === 0 || Number(candidate.digits.slice(from, from + size)) > 255) return false;
    from += size;
  }
  return true;
}

const NORTH_AMERICAN: ReadonlySet<number> = new Set([334, 1334, 3334]);

/** How much a national number's groups alone say that it is one. 0: they say nothing. */
function formatScore(candidate: PhoneCandidate, isValid: boolean): number {
  const { digits, groups, shape, separators } = candidate;
  if (candidate.hasBrackets) return groups > 1 && digits.length >= 9 && shape >= 2 * 10 ** (groups - 1) ? (isValid ? 0.8 : 0.6) : 0;
  if (NORTH_AMERICAN.has(shape) && separators !== 8) {
    if (separators === BY_SPACE) return isValid ? 0.55 : 0.3;
    return isValid ? 0.75 : 0.55;
  }
  if (groups > 1 && digits.startsWith("0") && digits.length >= 9 && digits.length <= 12) return isValid ? 0.65 : 0.3;
  if (shape === 55 && separators === BY_SPACE && digits.charCodeAt(0) > 53) return 0.55;
  return 0;
}

/** `00` is dialled in most of the world before a country code, `011` in North America, `010` in Japan. */
const accessCode = (digits: string): number => (digits.startsWith("00") ? 2 : digits.startsWith("011") || digits.startsWith("010") ? 3 : 0);

function internationalScore(plan: PhonePlan, candidate: PhoneCandidate, hasContext: boolean): number {
  const { digits, groups } = candidate;
  const check = plan.checkInternational(digits);
  if (check === "valid") return digits.length >= 8 ? 0.95 : 0.5;
  if (check === "possible") return hasContext ? 0.85 : groups > 1 ? 0.7 : 0.6;
  if (digits.length < 9 || digits.length > 15) return 0;
  return hasContext ? 0.7 : groups > 2 ? 0.55 : 0.3;
}

/** Called a phone number and a valid one: more than what some country's check digits say, less than the word for that country's number. */
const LABELLED_SCORE = 0.92;

const hasOwnFormat = (candidate: PhoneCandidate): boolean => candidate.hasBrackets || NORTH_AMERICAN.has(candidate.shape);

/** Fewer kinds of digits are codes and masks: `00001 10010`. */
const KINDS_MIN = 3;
function isVaried(digits: string): boolean {
  let kinds = 0;
  for (let i = 0; i < digits.length; i++) kinds |= 1 << (digits.charCodeAt(i) - 48);
  let count = 0;
  for (; kinds > 0; kinds &= kinds - 1) count++;
  return count >= KINDS_MIN;
}

/** One of a row of numbers: nothing tells that it is another thing than those beside it. */
function isInRow(text: string, { start, end }: PhoneCandidate): boolean {
  const isBefore = text.charCodeAt(start - 1) === 32 && isDigitUnit(text.charCodeAt(start - 2));
  return isBefore || (text.charCodeAt(end) === 32 && isDigitUnit(text.charCodeAt(end + 1)));
}

const isDigitUnit = (unit: number): boolean => unit >= 48 && unit <= 57;

function nationalScore(plan: PhonePlan, candidate: PhoneCandidate, hasContext: boolean): number {
  const { digits } = candidate;
  const access = accessCode(digits);
  if (access > 0 && digits.length >= access + 8) {
    const check = plan.checkInternational(digits.slice(access));
    if (check !== "none" && (hasContext || candidate.groups > 1)) return check === "valid" ? 0.85 : 0.65;
  }
  if (digits.length > 13) return 0;
  const alone = hasOwnFormat(candidate) || candidate.shape === 55 || digits.startsWith("0");
  if (!hasContext && !alone) return 0;
  const check = plan.checkNational(digits);
  if (!hasContext) return formatScore(candidate, check === "valid");
  return check === "valid" ? LABELLED_SCORE : check === "possible" ? 0.75 : 0.6;
}

const DASH = 45;
const EXTENSION = 120;

/** `0431 350690-fax`, `555-0199x12`: a word or an extension is joined to the number, not more of it. */
function isLabelledAfter(text: string, end: number): boolean {
  const after = text.charCodeAt(end);
  const further = text.charCodeAt(end + 1);
  return after === EXTENSION || (after === DASH && further > 57);
}

function scoreOf(scan: Scan, plan: PhonePlan, candidate: PhoneCandidate): number {
  const { start, end } = candidate;
  if (isDate(candidate) || isNetworkAddress(candidate)) return 0;
  if (!isFreeAfter(scan.text, end) && !isLabelledAfter(scan.text, end)) return 0;
  const isShort = candidate.groups === 1 && candidate.digits.length < FULL_DIGITS;
  const mark = nearestMark(scan, PHONE, start, end, isShort ? SHORT_LABEL : LABEL);
  const hasContext = mark >= 0 && !isOvertaken(scan, mark, OTHER_LABELS, start);
  const hasLine = !hasContext && isNear(scan, PHONE_LINE, end, end, AFTER);
  if (isFraction(candidate, hasContext || hasLine)) return 0;
  if (
    candidate.digits.length < SUBSCRIBER_DIGITS &&
    !(SHORT_SHAPES.has(candidate.shape) && isNear(scan, PHONE, start, start, RIGHT_BEFORE))
  )
    return 0;
  if (candidate.hasPlus) return internationalScore(plan, candidate, hasContext || hasLine);
  const hasWord = hasContext || hasLine;
  if (!hasWord && ((!hasOwnFormat(candidate) && isInRow(scan.text, candidate)) || !isVaried(candidate.digits))) return 0;
  const score = nationalScore(plan, candidate, hasWord);
  if (hasLine) return Math.min(score, LINE_SCORE);
  return score > 0 && isNear(scan, ORDINARY, start, start, BEFORE) && !hasContext ? score - 0.3 : score;
}

/** `x123`, `ext. 123` right after a number belong to it. */
const extension = /(?: ?(?:x|ext\.?|extension|durchwahl|poste|anexo|int\.?) ?\d{1,6})(?!\w)/iy;

function withExtension(text: string, end: number): number {
  extension.lastIndex = end;
  return extension.test(text) ? extension.lastIndex : end;
}

export function createPhoneRule(plan: PhonePlan): PiiRule {
  return {
    name: "phone",
    types: ["PHONE"],
    run: (scan, out: Finding[]) => {
      let searched = 0;
      for (const token of scan.numbers) {
        const digit = scan.start[token] ?? 0;
        if (digit < searched || (((scan.flags[token] ?? 0) & ~HAS_DIGIT) !== 0 && !startsExtended(scan, token))) continue;
        let best: Finding | undefined;
        if (!isDialable(scan.text, digit) || !isFreeBefore(scan.text, phoneStart(scan.text, digit))) continue;
        walkPhone(scan.text, digit, (candidate) => {
          const score = scoreOf(scan, plan, candidate);
          if (score > 0 && score >= (best?.score ?? 0)) {
            best = { type: "PHONE", start: candidate.start, end: withExtension(scan.text, candidate.end), score, reason: "shape:phone" };
          }
        });
        if (best === undefined) continue;
        searched = best.end;
        out.push(best);
      }
    },
  };
}

/** `0199x123`: an extension without a space. */
const startsExtended = (scan: Scan, token: number): boolean => {
  const start = scan.start[token] ?? 0;
  const end = scan.end[token] ?? 0;
  return end - start <= 20 && /^\d+x\d+$/.test(scan.text.slice(start, end));
};
