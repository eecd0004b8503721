import type { Finding } from "../../domain/finding.ts";
import { CLASSES, DIGIT, LETTER, LOWER, UNSPACED, UPPER } from "./char-class.ts";
import type { PiiRule } from "./rule.ts";

/** RFC 5321: 64 octets before the @, 255 after it. */
const LOCAL_MAX = 64;
const DOMAIN_MAX = 255;

const DOT = 46;
const DASH = 45;

const isWordUnit = (unit: number): boolean => {
  const kind = CLASSES[unit] ?? 0;
  return kind >= DIGIT && kind <= LETTER;
};

/** `. _ + - %` and, between letters, the apostrophe: what people have in their addresses. The standard allows more, which text does not mean so. */
const isLocalMark = (unit: number): boolean => unit === DOT || unit === DASH || unit === 95 || unit === 43 || unit === 37;

function localStart(text: string, at: number): number {
  let start = at;
  while (start > 0 && at - start < LOCAL_MAX) {
    const unit = text.charCodeAt(start - 1);
    const isApostrophe = unit === 39 && start > 1 && isWordUnit(text.charCodeAt(start - 2)) && start < at;
    if (!isWordUnit(unit) && !isLocalMark(unit) && !isApostrophe && CLASSES[unit] !== UNSPACED) break;
    start--;
  }
  while (start < at && !isWordUnit(text.charCodeAt(start)) && text.charCodeAt(start) !== 95) start++;
  return start;
}

/** Names of files and packages look like addresses: `icon@2x.png`. */
const FILE_ENDINGS: ReadonlySet<string> = new Set("png jpg jpeg gif svg webp js ts mjs css scss html json yml yaml".split(" "));

const isTopLevel = (text: string, start: number, end: number): boolean => {
  if (end - start < 2) return false;
  if (text.startsWith("xn--", start)) return true;
  for (let i = start; i < end; i++) {
    const kind = CLASSES[text.charCodeAt(i)] ?? 0;
    if (kind !== LOWER && kind !== UPPER && kind !== LETTER && kind !== UNSPACED) return false;
  }
  return !FILE_ENDINGS.has(text.slice(start, end).toLowerCase());
};

const isLabelUnit = (unit: number, isUnspacedAllowed: boolean): boolean =>
  isWordUnit(unit) || unit === DASH || (isUnspacedAllowed && CLASSES[unit] === UNSPACED);

/** End of the domain that starts at `from`; `from` itself: it is none. */
function domainEnd(text: string, from: number): number {
  // `例@例え.jp` is an address; `a@b.comへ` ends before the particle.
  const isUnspacedAllowed = CLASSES[text.charCodeAt(from)] === UNSPACED;
  let end = from;
  let labelStart = from;
  for (let i = from; i <= text.length && i - from <= DOMAIN_MAX; i++) {
    const unit = text.charCodeAt(i);
    if (isLabelUnit(unit, isUnspacedAllowed)) continue;
    if (i === labelStart) break;
    let labelEnd = i;
    while (labelEnd > labelStart && text.charCodeAt(labelEnd - 1) === DASH) labelEnd--;
    if (labelStart > from && isTopLevel(text, labelStart, labelEnd)) end = labelEnd;
    if (unit !== DOT) break;
    labelStart = i + 1;
  }
  return end;
}

const isRepository = (text: string, start: number, at: number, end: number): boolean =>
  text.charCodeAt(end) === 58 && text.slice(start, at) === "git" && isWordUnit(text.charCodeAt(end + 1));

export function createEmailRule(): PiiRule {
  return {
    name: "email",
    types: ["EMAIL"],
    run: (scan, out: Finding[]) => {
      const { text } = scan;
      for (const at of scan.ats) {
        const end = domainEnd(text, at + 1);
        if (end === at + 1) continue;
        const start = localStart(text, at);
        if (start === at || isRepository(text, start, at, end)) continue;
        out.push({ type: "EMAIL", start, end, score: 0.97, reason: "shape:email" });
      }
    },
  };
}
