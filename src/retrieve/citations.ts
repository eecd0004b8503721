import type { Passage } from "../domain/chat.ts";
import { terms } from "./terms.ts";
import { units } from "./units.ts";
import { spokenLanguage } from "./languages/spoken.ts";
import { readPassage, type ReadPassage } from "./support/read-passage.ts";
import { findSupport } from "./support/support.ts";

/** A statement of an answer that rests on a passage (an index into them). `start` and `end` are UTF-16 positions in the answer. */
export type Citation = {
  readonly passage: number;
  readonly start: number;
  readonly end: number;
  readonly quote: string;
  /** Where the quote stands in the passage's text, where it stands there word for word. */
  readonly at?: { readonly start: number; readonly end: number } | undefined;
};

export type CitationOptions = {
  /** The caller's words: names and numbers of theirs need no source. */
  readonly question?: string | undefined;
  /** More of a statement's words must be in its passage. */
  readonly strict?: boolean | undefined;
};

/** Holds a statement against the passages that a mark names. */
export type CitationCheck = {
  /** undefined: there is no such passage, or it does not support the statement. `number` as in the mark. */
  check(answer: string, statement: Span, number: number): Citation | undefined;
};

export type Span = { readonly start: number; readonly end: number };

const QUOTE_CHARS_MAX = 300;
/** Nobody cites the hundredth passage: longer numbers in brackets are years, and clauses. */
export const NUMBER_MAX = 99;
/** `[1]`, `[1, 3]`, `[2-4]`; not the text of a link, `[1](…)`. */
export const MARK = String.raw`\[(\d{1,3}(?:\s{0,3}[,;–-]\s{0,3}\d{1,3}){0,20})\]`;
const marker = new RegExp(String.raw`${MARK}(?!\()`, "g");

/** Passages are taken apart when they are first cited. */
export function createCitationCheck(passages: readonly Passage[], options: CitationOptions = {}): CitationCheck {
  const { question = "", strict = false } = options;
  const said = new Set(question.toLowerCase().match(/[\p{L}\p{M}\p{N}]+/gu) ?? []);
  const asked = spokenLanguage(question);
  const read = new Map<number, ReadPassage>();
  return {
    check(answer, { start, end }, number) {
      const at = number - 1;
      const passage = passages[at];
      if (passage === undefined) return undefined;
      const known = read.get(at) ?? readPassage(passage);
      read.set(at, known);
      const statement = answer.slice(start, end);
      const { why, nearest } = findSupport({ statement, said, strict, language: asked }, known);
      if (why !== undefined) return undefined;
      return { passage: at, start, end, ...quoteOf(passage, nearest, statement) };
    },
  };
}

/**
 * Finds the statements that a model marked with `[n]`, and for each the sentence of the passage that comes nearest to it. Numbers without a
 * passage, and passages that do not support the statement, are passed over.
 */
export function findCitations(text: string, passages: readonly Passage[], options?: CitationOptions): readonly Citation[] {
  return readMarks(text, createCitationCheck(passages, options)).found;
}

/** The same, with how many numbers of marks nothing supports. */
export function readMarks(text: string, { check }: CitationCheck): { readonly found: readonly Citation[]; readonly unsupported: number } {
  const found: Citation[] = [];
  let unsupported = 0;
  const inCode = createCodeWatch();
  let from = 0;
  let statement: Span | undefined;
  for (const match of text.matchAll(marker)) {
    if (inCode(text, match.index)) continue;
    statement = statementBefore(text, from, match.index) ?? statement;
    from = match.index + match[0].length;
    if (statement === undefined) continue;
    for (const number of numbersOf(match[1] ?? "")) {
      if (found.some((one) => one.passage === number - 1 && one.start === statement?.start)) continue;
      const citation = check(text, statement, number);
      if (citation !== undefined) found.push(citation);
      else if (number > 0 && number <= NUMBER_MAX) unsupported++;
    }
  }
  return { found, unsupported };
}

/** The numbers of a mark: `2-4` is three. */
export function numbersOf(list: string): readonly number[] {
  return list.split(/[,;]/).flatMap((part) => {
    const [first = 0, last = first] = part.split(/[–-]/).map((digits) => Number(digits.trim()));
    return Array.from({ length: Math.min(Math.max(0, last - first + 1), 50) }, (_, at) => first + at);
  });
}

/** The sentence that ends before a marker. undefined: there is nothing but marks since the one before. */
export function statementBefore(text: string, from: number, to: number): Span | undefined {
  const between = text.slice(from, to);
  const last = units(between).findLast((unit) => /[\p{L}\p{N}]/u.test(between.slice(unit.start, unit.end)));
  return last === undefined ? undefined : { start: from + last.start, end: from + last.end };
}

/** Whether a position of a text stands in code, where brackets are no marks: asked in ascending order, so that a text is read once. */
export function createCodeWatch(): (text: string, at: number) => boolean {
  let read = 0;
  let fenced = false;
  let ticks = 0;
  let line = "";
  return (text, at) => {
    for (; read < at; read++) {
      const char = text.charAt(read);
      if (char === "\n") {
        if (/^\s*(?:```|~~~)/.test(line)) fenced = !fenced;
        [line, ticks] = ["", 0];
        continue;
      }
      if (line.length < 16) line += char;
      if (char === "`") ticks++;
    }
    return fenced || /^\s*(?:```|~~~)/.test(line) || ticks % 2 === 1;
  };
}

function quoteOf(passage: Passage, nearest: string | undefined, statement: string): Pick<Citation, "quote" | "at"> {
  const text = nearest ?? nearestUnit(statement, passage);
  const start = passage.text.indexOf(text);
  const end = start + Math.min(text.length, QUOTE_CHARS_MAX);
  return { quote: text.replace(/\s+/g, " ").trim().slice(0, QUOTE_CHARS_MAX), ...(start < 0 ? {} : { at: { start, end } }) };
}

/** The unit of the passage that shares most words with the statement, counted against its length. */
function nearestUnit(statement: string, passage: Passage): string {
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
  return best === "" ? passage.text : best;
}
