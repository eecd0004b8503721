import type { Finding } from "../../domain/finding.ts";
import { isDigitCode, isLetterCode, type Codes } from "./checksums.ts";
import { isNear, isOvertaken, nearestMark } from "./context.ts";
import { AMERICAN_IDENTITIES } from "./identity-americas.ts";
import { ASIAN_IDENTITIES } from "./identity-asia.ts";
import { EASTERN_IDENTITIES } from "./identity-east.ts";
import { EUROPEAN_IDENTITIES } from "./identity-europe.ts";
import { NORTHERN_IDENTITIES } from "./identity-islands-north.ts";
import { countryOf, type IdentityRule } from "./identity-rule.ts";
import type { Scan } from "./scan.ts";
import { ACCOUNT, IDENTITY, IDENTITY_HINT, IMEI, LICENCE, PASSPORT, PHONE, RECORD, ROUTING, SERIAL } from "./topics.ts";
import { BY_SPACE } from "./separators.ts";
import type { NumberWindow } from "./window.ts";

export const IDENTITY_RULES: readonly IdentityRule[] = [
  ...AMERICAN_IDENTITIES,
  ...EUROPEAN_IDENTITIES,
  ...NORTHERN_IDENTITIES,
  ...EASTERN_IDENTITIES,
  ...ASIAN_IDENTITIES,
];

type Prepared = { readonly rule: IdentityRule; readonly country: number; readonly reason: string; readonly isNumeric: boolean };

/** By length: what is tried on a window of that many characters. */
const BY_LENGTH: readonly (readonly Prepared[])[] = Array.from({ length: 35 }, (_, length) =>
  IDENTITY_RULES.filter(({ pattern }) => pattern.length === length).map((rule) => ({
    rule,
    country: countryOf(rule.name),
    reason: `${rule.hasChecksum === false ? "shape" : "checksum"}:${rule.name}`,
    isNumeric: !/[AX]/.test(rule.pattern),
  })),
);

/** By length: the groups that any of them is printed in. Most windows are none of them. */
const SHAPES_BY_LENGTH: readonly ReadonlySet<number>[] = BY_LENGTH.map(
  (prepared) => new Set(prepared.flatMap(({ rule }) => rule.shapes ?? [])),
);

const DIGIT = 57;
const LETTER = 65;

function isPattern(codes: Codes, pattern: string): boolean {
  for (let i = 0; i < pattern.length; i++) {
    const wanted = pattern.charCodeAt(i);
    const code = codes[i] ?? 0;
    if (wanted === DIGIT ? !isDigitCode(code) : wanted === LETTER ? !isLetterCode(code) : !isDigitCode(code) && !isLetterCode(code))
      return false;
  }
  return true;
}

/** A date with its hour, or two numbers side by side, has unlike separators; a number has like ones, or dots with a dash or slash at its end. */
const isUsual = (separators: number): boolean => (separators & BY_SPACE) === 0 || separators === BY_SPACE;
/** In its groups, but not by its own separator: told by a context word only. */
const UNUSUAL_SCORE = 0.4;

/** Beside a word that names this country's number; that names a national number; that names another country's. */
const SCORE_OWN = 0.97;
const SCORE_ANY = 0.9;
const SCORE_OTHER = 0.45;
/** Labels of other numbers: "SSN …, phone 415 555 2671". */
const OTHER_LABELS = PHONE | PASSPORT | LICENCE | RECORD | ACCOUNT | ROUTING | SERIAL | IMEI;

/** Right after the word for a phone, it is one where it can be: less than a valid phone number has there. */
const PHONE_SCORE = 0.9;
const isCalledPhone = (scan: Scan, start: number): boolean => isNear(scan, PHONE, start, start, { beforeChars: 16, afterChars: 0 });

function contextScore(scan: Scan, mark: number, country: number, start: number): number {
  if (mark < 0 || isOvertaken(scan, mark, OTHER_LABELS, start)) return 0;
  const named = scan.markCountry[mark] ?? 0;
  if (named === country) return SCORE_OWN;
  if (((scan.markTopics[mark] ?? 0) & IDENTITY_HINT) !== 0) return 0;
  return named === 0 ? SCORE_ANY : SCORE_OTHER;
}

/** National, tax and social-security numbers. */
export function detectIdentity(scan: Scan, window: NumberWindow, out: Finding[]): void {
  const candidates = BY_LENGTH[window.length];
  if (candidates === undefined || candidates.length === 0) return;
  if (window.groups > 1 && SHAPES_BY_LENGTH[window.length]?.has(window.shape) !== true) return;
  const { start, end, codes, length } = window;
  let best: Finding | undefined;
  let mark = -2;
  for (const { rule, country, reason, isNumeric } of candidates) {
    if (window.isNumeric !== isNumeric && isNumeric) continue;
    const isPrinted = window.groups > 1;
    if (isPrinted && rule.shapes?.includes(window.shape) !== true) continue;
    if (!isPattern(codes, rule.pattern) || !rule.check(codes, length)) continue;
    if (mark === -2) mark = nearestMark(scan, IDENTITY | IDENTITY_HINT, start, end);
    if (isPrinted && rule.separators !== window.separators && !isUsual(window.separators)) continue;
    const isOwn = rule.separators === undefined || rule.separators === window.separators;
    const plain = isPrinted ? (isOwn ? rule.printed : UNUSUAL_SCORE) : window.hasLower ? rule.alone - 0.2 : rule.alone;
    const named = contextScore(scan, mark, country, start);
    const score = Math.max(named === 0 && isCalledPhone(scan, start) ? Math.min(plain, PHONE_SCORE) : plain, named);
    if (best === undefined || score > best.score) best = { type: "NATIONAL_ID", start, end, score, reason };
  }
  if (best !== undefined) out.push(best);
}
