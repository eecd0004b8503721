import type { Finding } from "../../domain/finding.ts";
import { firstMarkFrom } from "./context.ts";
import type { PiiRule } from "./rule.ts";
import { HAS_DIGIT, type Scan } from "./scan.ts";
import { AGED, YEARS_OLD } from "./topics.ts";

/** Up to 89 an age says of nobody who it is (HIPAA's safe harbour); nobody has been older than 122. */
const AGE_MIN = 90;
const AGE_MAX = 125;

const BEFORE_CHARS = 12;
const AFTER_CHARS = 2;

function hasMark(scan: Scan, topic: number, from: number, until: number): boolean {
  for (let mark = firstMarkFrom(scan, from); mark < scan.markStart.length && (scan.markStart[mark] ?? 0) <= until; mark++) {
    if (((scan.markTopics[mark] ?? 0) & topic) !== 0) return true;
  }
  return false;
}

/** ": ", " of ", " is now ": nothing is counted or divided there. */
const beforeAge = /^[\s:=('"-]{0,4}(?:\p{L}{1,6}[\s:=]{1,3}){0,2}$/u;

/** "aged 93", with no other number between: in "at the age of 25; 95 …" the second is none. */
function isAged(scan: Scan, token: number, start: number): boolean {
  const isAlone = token === 0 || scan.flags[token - 1] !== HAS_DIGIT || start - (scan.end[token - 1] ?? 0) > BEFORE_CHARS;
  const mark = firstMarkFrom(scan, start - BEFORE_CHARS);
  const between = scan.text.slice(Math.min(scan.markEnd[mark] ?? start, start), start);
  return isAlone && beforeAge.test(between) && hasMark(scan, AGED, start - BEFORE_CHARS, start - 1);
}

const afterShare = /^ ?%|^[.,]\d/;

function ageOf(scan: Scan, token: number): number {
  const start = scan.start[token] ?? 0;
  const end = scan.end[token] ?? 0;
  if (scan.flags[token] !== HAS_DIGIT || end - start < 2 || end - start > 3) return -1;
  return Number(scan.text.slice(start, end));
}

/** Ages over 89, beside the words that make a number an age. */
export function createAgeRule(): PiiRule {
  return {
    name: "age",
    types: ["AGE"],
    run: (scan, out: Finding[]) => {
      if ((scan.topics & (AGED | YEARS_OLD)) === 0) return;
      for (const token of scan.numbers) {
        const age = ageOf(scan, token);
        if (age < AGE_MIN || age > AGE_MAX) continue;
        const start = scan.start[token] ?? 0;
        const end = scan.end[token] ?? 0;
        if (afterShare.test(scan.text.slice(end, end + 2))) continue;
        const isOld = hasMark(scan, YEARS_OLD, end, end + AFTER_CHARS) && !hasMark(scan, YEARS_OLD, start - 1, start - 1);
        if (isOld || isAged(scan, token, start)) out.push({ type: "AGE", start, end, score: 0.8, reason: "context:age" });
      }
    },
  };
}
