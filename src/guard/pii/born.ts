import type { Finding } from "../../domain/finding.ts";
import { dateAt } from "./date-at.ts";
import type { PiiRule } from "./rule.ts";
import { HAS_DIGIT, type Scan } from "./scan.ts";
import { firstTokenFrom } from "./token-at.ts";
import { BORN } from "./topics.ts";

/** "born in Frankfurt am Main on 3 May 1980"; and "1980年5月3日生まれ", where the word follows. */
const AFTER_CHARS = 48;
const BEFORE_CHARS = 20;

/** 日 or 일 ends a date. */
function endOf(scan: Scan, last: number): number {
  const end = scan.end[last] ?? 0;
  const unit = scan.text.charCodeAt(end);
  return unit === 0x65e5 || unit === 0xc77c ? end + 1 : end;
}

function find(scan: Scan, from: number, until: number, out: Finding[]): boolean {
  for (let token = firstTokenFrom(scan, from); token < scan.tokens && (scan.start[token] ?? 0) < until; token++) {
    if (((scan.flags[token] ?? 0) & HAS_DIGIT) === 0) continue;
    const date = dateAt(scan, token);
    if (date === undefined) continue;
    out.push({
      type: "DATE_OF_BIRTH",
      start: scan.start[date.first] ?? 0,
      end: endOf(scan, date.last),
      score: 0.85,
      reason: "context:born",
    });
    return true;
  }
  return false;
}

/** A whole date beside a word about birth. A year alone is nobody's. */
export function createBornRule(): PiiRule {
  return {
    name: "born",
    types: ["DATE_OF_BIRTH"],
    run: (scan, out) => {
      if ((scan.topics & BORN) === 0) return;
      for (let mark = 0; mark < scan.markTopics.length; mark++) {
        if (((scan.markTopics[mark] ?? 0) & BORN) === 0) continue;
        const end = scan.markEnd[mark] ?? 0;
        const start = scan.markStart[mark] ?? 0;
        if (!find(scan, end, end + AFTER_CHARS, out)) find(scan, Math.max(0, start - BEFORE_CHARS), start, out);
      }
    },
  };
}
