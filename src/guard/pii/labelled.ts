import type { Finding } from "../../domain/finding.ts";
import { LABELLED_KINDS, type LabelledKind } from "./labelled-kinds.ts";
import { readValue, valueToken, valueTokenBefore, type LabelledValue } from "./labelled-value.ts";
import type { PiiRule } from "./rule.ts";
import type { Scan } from "./scan.ts";
import { firstTokenFrom } from "./token-at.ts";

const TOPICS = LABELLED_KINDS.reduce((topics, kind) => topics | kind.topic, 0);

function fits(kind: LabelledKind, value: LabelledValue): boolean {
  if (value.length < kind.lengthMin || value.length > kind.lengthMax || value.digits < kind.digitsMin) return false;
  if (kind.isNumeric === true && value.letters > 0) return false;
  return kind.needsLetter !== true || value.letters > 0;
}

/** A word in small letters with a digit in it is a name of something, unless the label is followed by a sign. */
function isPlausible(scan: Scan, value: LabelledValue): boolean {
  if (!value.hasLower) return true;
  return value.digits >= value.letters || /[:=#"']/.test(scan.text.charAt(value.start - 1) + scan.text.charAt(value.start - 2));
}

const sign = /[:#=：]/;

/** What a date is is told by its groups: `01.02.1980` after "passport issued" is no passport. */
const dateLike = /^(?:\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})|\d{4}[./-]\d{1,2}[./-]\d{1,2})$/;

function findFor(scan: Scan, kind: LabelledKind, first: number, labelEnd: number, out: Finding[]): boolean {
  const value = readValue(scan, first, kind);
  if (!fits(kind, value) || !isPlausible(scan, value)) return false;
  if (kind.needsSign === true && !sign.test(scan.text.slice(labelEnd, value.start))) return false;
  if (kind.mayBeDate !== true && dateLike.test(scan.text.slice(value.start, value.end))) return false;
  out.push({ type: kind.type, start: value.start, end: value.end, score: kind.score, reason: kind.reason });
  return true;
}

function findAt(scan: Scan, mark: number, out: Finding[]): void {
  const topics = scan.markTopics[mark] ?? 0;
  const end = scan.markEnd[mark] ?? 0;
  const after = valueToken(scan, firstTokenFrom(scan, end), end);
  const start = scan.markStart[mark] ?? 0;
  for (const kind of LABELLED_KINDS) {
    if ((kind.topic & topics) === 0) continue;
    if (after >= 0 && findFor(scan, kind, after, end, out)) return;
    const before = valueTokenBefore(scan, firstTokenFrom(scan, start) - 1, start);
    if (before >= 0 && findFor(scan, kind, before, end, out)) return;
  }
}

/** Identifiers that have no shape of their own, or many: known by the words right before or after them. */
export function createLabelledRule(): PiiRule {
  return {
    name: "labelled",
    types: LABELLED_KINDS.map(({ type }) => type),
    run: (scan, out) => {
      if ((scan.topics & TOPICS) === 0) return;
      for (let mark = 0; mark < scan.markTopics.length; mark++) if (((scan.markTopics[mark] ?? 0) & TOPICS) !== 0) findAt(scan, mark, out);
    },
  };
}
