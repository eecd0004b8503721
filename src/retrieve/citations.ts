import type { Passage } from "../domain/chat.ts";
import { terms } from "./terms.ts";
import { units } from "./units.ts";

/** A statement of an answer that rests on a passage (an index into them). `start` and `end` are UTF-16 positions in the answer. */
export type Citation = { readonly passage: number; readonly start: number; readonly end: number; readonly quote: string };

const QUOTE_CHARS_MAX = 300;
/** `[1]`, `[1, 3]`, `[2-4]`; not the text of a link, `[1](…)`. */
const marker = /\[(\d{1,3}(?:\s{0,3}[,;–-]\s{0,3}\d{1,3}){0,20})\](?!\()/g;

/**
 * Finds the statements that a model marked with `[n]`, and for each the sentence of the passage that comes nearest to it. Numbers without a
 * passage are passed over.
 */
export function findCitations(text: string, passages: readonly Passage[]): readonly Citation[] {
  const found: Citation[] = [];
  let from = 0;
  let statement: { readonly start: number; readonly end: number } | undefined;
  for (const match of text.matchAll(marker)) {
    statement = statementBefore(text, from, match.index) ?? statement;
    from = match.index + match[0].length;
    if (statement === undefined) continue;
    const { start, end } = statement;
    for (const number of numbersOf(match[1] ?? "")) {
      const passage = passages[number - 1];
      const known = found.some((one) => one.passage === number - 1 && one.start === start);
      if (passage !== undefined && !known) found.push({ passage: number - 1, start, end, quote: nearest(text.slice(start, end), passage) });
    }
  }
  return found;
}

function numbersOf(list: string): readonly number[] {
  return list.split(/[,;]/).flatMap((part) => {
    const [first = 0, last = first] = part.split(/[–-]/).map((digits) => Number(digits.trim()));
    return Array.from({ length: Math.min(Math.max(0, last - first + 1), 50) }, (_, at) => first + at);
  });
}

/** The sentence that ends before a marker. undefined: there is nothing but marks since the one before. */
function statementBefore(text: string, from: number, to: number): { readonly start: number; readonly end: number } | undefined {
  const between = text.slice(from, to);
  const last = units(between).findLast((unit) => /[\p{L}\p{N}]/u.test(between.slice(unit.start, unit.end)));
  return last === undefined ? undefined : { start: from + last.start, end: from + last.end };
}

/** The unit of the passage that shares most words with the statement, counted against its length. */
function nearest(statement: string, passage: Passage): string {
  const wanted = new Set(terms(statement));
  let best = "";
  let bestScore = 0;
  for (const unit of units(passage.text)) {
    if (unit.kind === "heading") continue;
    const text = passage.text.slice(unit.start, unit.end);
    const held = new Set(terms(text));
    const shared = [...held].filter((term) => wanted.has(term)).length;
    const score = shared / Math.sqrt(held.size + 4);
    if (score > bestScore) [best, bestScore] = [text, score];
  }
  const quote = best === "" ? passage.text : best;
  return quote.replace(/\s+/g, " ").trim().slice(0, QUOTE_CHARS_MAX);
}
