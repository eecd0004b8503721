import type { Finding } from "../../domain/finding.ts";
import { isLuhn, isRepeated, numberOf } from "./checksums.ts";
import { isNear, type Reach } from "./context.ts";
import type { Scan } from "./scan.ts";
import { CARD, ORDINARY } from "./topics.ts";
import { BY_DASH, BY_DOT, BY_SPACE } from "./separators.ts";
import type { NumberWindow } from "./window.ts";

/** Issuer ranges by their first six digits, and the lengths that each issues (ISO/IEC 7812, as the networks publish them). */
const RANGES: readonly (readonly [from: number, to: number, ...lengths: readonly number[]])[] = [
  [400_000, 499_999, 13, 16, 19],
  [510_000, 559_999, 16],
  [222_100, 272_099, 16],
  [340_000, 349_999, 15],
  [370_000, 379_999, 15],
  [300_000, 305_999, 14, 16, 19],
  [309_500, 309_599, 14, 16, 19],
  [360_000, 369_999, 14, 16, 19],
  [380_000, 399_999, 14, 16, 19],
  [352_800, 358_999, 16, 17, 18, 19],
  [180_000, 180_099, 15],
  [213_100, 213_199, 15],
  [601_100, 601_199, 16, 19],
  [622_126, 622_925, 16, 17, 18, 19],
  [644_000, 659_999, 16, 19],
  [620_000, 622_125, 16, 17, 18, 19],
  [622_926, 629_999, 16, 17, 18, 19],
  [500_000, 509_999, 12, 13, 14, 15, 16, 17, 18, 19],
  [560_000, 589_999, 12, 13, 14, 15, 16, 17, 18, 19],
  [630_000, 639_999, 12, 13, 14, 15, 16, 17, 18, 19],
  [670_000, 679_999, 12, 13, 14, 15, 16, 17, 18, 19],
  [220_000, 220_499, 16, 17, 18, 19],
  [606_282, 606_282, 16],
  [810_000, 817_199, 16, 17, 18, 19],
];

const ISSUERS = RANGES.map(([from, to, ...lengths]) => ({ from, to, lengths }));

/** Groups as cards are printed: 4-4-4-4, Amex 4-6-5, Diners 4-6-4, nineteen digits 4-4-4-4-3. */
const SHAPES: ReadonlySet<number> = new Set([4444, 465, 464, 44443, 4445, 4446, 4447, 445, 454, 44_441, 44_442]);

const BEFORE: Reach = { beforeChars: 20, afterChars: 0 };

function isIssued(window: NumberWindow): boolean {
  const prefix = numberOf(window.codes, 0, 6);
  return ISSUERS.some(({ from, to, lengths }) => prefix >= from && prefix <= to && lengths.includes(window.length));
}

function isWellGrouped(window: NumberWindow): boolean {
  if (window.groups === 1) return true;
  const { separators } = window;
  return SHAPES.has(window.shape) && (separators === BY_SPACE || separators === BY_DASH || separators === BY_DOT);
}

/** A card's number: issuer, length and Luhn; or sixteen digits that are called one. */
export function detectCard(scan: Scan, window: NumberWindow, out: Finding[]): void {
  if (!window.isNumeric || window.length < 12 || window.length > 19 || !isWellGrouped(window)) return;
  const { start, end } = window;
  if (isRepeated(window.codes, window.length)) return;
  const isChecked = isLuhn(window.codes, window.length) && isIssued(window);
  const hasContext = isNear(scan, CARD, start, end);
  if (!isChecked) {
    if (hasContext && window.length >= 14) out.push({ type: "CARD", start, end, score: 0.55, reason: "context:card" });
    return;
  }
  // A bar code, or the number of an order, passes Luhn one time in ten.
  const isWeak = window.length <= 13 || (window.groups === 1 && isNear(scan, ORDINARY, start, start, BEFORE));
  out.push({ type: "CARD", start, end, score: hasContext ? 0.99 : isWeak ? 0.4 : 0.9, reason: "luhn" });
}
