import { GENERIC_WORDS } from "../../domain/same-words.ts";
import { spokenLanguage } from "../languages/spoken.ts";
import { terms } from "../terms.ts";
import { acronymOf, codesOf, namesOf } from "./facts.ts";
import { lacksAnyNumber, lacksNumber } from "./numbers.ts";
import { clausesOf, contradicts, type Clause } from "./polarity.ts";
import type { ReadPassage, Sentence } from "./read-passage.ts";
import { isMet, worth } from "./worth.ts";

/** Why a passage does not support a statement. */
export type Unsupported = "words" | "number" | "name" | "denied";
export type Support = {
  readonly why: Unsupported | undefined;
  /** Share of the statement's words that the passage says, 0 to 1. */
  readonly score: number;
  /** The sentence of the passage that comes nearest to it; undefined: none shares a word. */
  readonly nearest: string | undefined;
};

/** A statement mixes what sentences beside each other say; what stands further apart is about something else. */
const WINDOW_SENTENCES = 3;
/** Share of a statement's words that must be in the passage. Answers say things in words of their own: half of them is usual, a fifth is chance. */
const SHARE_MIN = 0.45;
const SHARE_MIN_STRICT = 0.6;
/** A statement of one or two words says too little to be held against anything but numbers, names and denials. */
const TERMS_MIN = 2;
/** Nobody's sentence is longer; what is cut off here stands behind them. */
const TERMS_MAX = 64;
const STATEMENT_CHARS_MAX = 1_500;
const LONGER_COSTS = 0.05;
const TIGHTER_GAINS = 0.2;
/** Two clauses are about the same from this share of the smaller one's words. */
const SAME_CLAUSE_SHARE = 0.5;
const SAME_CLAUSE_TERMS = 2;
/** Words that may stand anywhere around what is said: they count little. */
const FRAMING: ReadonlySet<string> = new Set(
  terms(
    `${GENERIC_WORDS} according document passage source section state mention say note following include also however therefore thus specifically overall
    additionally furthermore example typically generally usually basically essentially respectively regarding concern based information policy come`,
  ),
);
const FRAMING_WEIGHT = 0.35;

/** Shorter ones are met by chance. */
const ACRONYM_CHARS_MIN = 3;

export type Claim = {
  /** Of the answer, without its marks. */
  readonly statement: string;
  /** What the caller has said: a name in it needs no source. */
  readonly said: ReadonlySet<string>;
  readonly strict: boolean;
  /** Of the answer, ISO 639-1, where the statement alone is too short to tell. */
  readonly language?: string | undefined;
};

/**
 * Whether a passage says what a statement says, by words, numbers, names and denials; no model is asked, and the same is always the same. A
 * passage in another language is held only against numbers and codes: it shares no words with a translation.
 */
export function findSupport({ statement, said, strict, language: answers }: Claim, passage: ReadPassage): Support {
  const text = plain(statement.slice(-STATEMENT_CHARS_MAX));
  const language = spokenLanguage(text) ?? answers;
  const isForeign = language !== undefined && passage.language !== undefined && language !== passage.language;
  const codes = codesOf(text);
  const wanted = [...new Set(terms(text, isForeign ? language : (passage.language ?? language)))]
    .filter((term) => !/^\d/.test(term) && !codes.includes(term))
    .slice(0, TERMS_MAX);
  const found = bestWindow(wanted, passage);
  const score = found?.share ?? 0;
  const nearest = found?.best.text;
  const fail = (why: Unsupported): Support => ({ why, score, nearest });
  if (codes.some((code) => !isSaid(code, passage, said))) return fail("name");
  if (isForeign) return lacksAnyNumber(text, passage, said) ? fail("number") : { why: undefined, score: 1, nearest };
  if (wanted.length >= TERMS_MIN && score < (strict ? SHARE_MIN_STRICT : SHARE_MIN)) return fail("words");
  const window = found === undefined ? passage.sentences : found.window;
  if (lacksNumber(text, window, passage, said)) return fail("number");
  if ((language ?? passage.language) !== "de" && namesOf(text).some((name) => !isNamed(name, passage, said))) return fail("name");
  if (isDenied(text, window, passage.language)) return fail("denied");
  return { why: undefined, score, nearest };
}

/** Without the marks of a list, of emphasis and of citations. */
const plain = (statement: string): string =>
  statement
    .replace(/\[\d{1,3}(?:\s?[,;–-]\s?\d{1,3})*\]/g, " ")
    .replace(/^\s*(?:[-*+•–]|\d{1,2}[.)])\s+/, "")
    .replace(/[*`#|>]+|(?<![\p{L}\p{N}])_+|_+(?![\p{L}\p{N}])/gu, " ")
    .trim();

type Window = { readonly window: readonly Sentence[]; readonly best: Sentence; readonly share: number };

function bestWindow(wanted: readonly string[], { sentences, about }: ReadPassage): Window | undefined {
  const weights = wanted.map((term) => (FRAMING.has(term) ? FRAMING_WEIGHT : 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  if (total === 0) return undefined;
  const worths = sentences.map((sentence) =>
    wanted.map((term) => Math.max(worth(term, sentence.terms), 0.9 * worth(term, sentence.above))),
  );
  const around = wanted.map((term) => 0.8 * worth(term, about));
  const shareOf = (from: number, to: number): number =>
    weights.reduce((sum, weight, term) => {
      let met = around[term] ?? 0;
      for (let at = from; at < to; at++) met = Math.max(met, worths[at]?.[term] ?? 0);
      return sum + weight * met;
    }, 0) / total;
  let best: (Window & { readonly value: number }) | undefined;
  for (let from = 0; from < sentences.length; from++) {
    if (worths[from]?.some((one) => one > 0) !== true) continue;
    for (let to = from + 1; to <= Math.min(sentences.length, from + WINDOW_SENTENCES); to++) {
      const window = sentences.slice(from, to);
      const share = shareOf(from, to);
      // A longer window must say something more; of two that say the same, the one that says less beside it is meant.
      const value = share - LONGER_COSTS * (to - from - 1) + TIGHTER_GAINS / window.reduce((sum, { terms: held }) => sum + held.size, 1);
      const own = strongest(window, worths.slice(from, to), weights);
      if (own !== undefined && (best === undefined || value > best.value)) best = { window, best: own, share, value };
    }
  }
  return best;
}

function strongest(window: readonly Sentence[], worths: readonly (readonly number[])[], weights: readonly number[]): Sentence | undefined {
  const sums = worths.map((row) => row.reduce((sum, one, at) => sum + one * (weights[at] ?? 0), 0));
  return window[sums.indexOf(Math.max(...sums))];
}

/** A code as it stands, or in one of its parts' order: `iso-27001` is said by `ISO 27001`. */
function isSaid(code: string, { words, initials }: ReadPassage, said: ReadonlySet<string>): boolean {
  if (words.has(code) || said.has(code) || (code.length >= ACRONYM_CHARS_MIN && initials.includes(code))) return true;
  const parts = code.split(/[-_.@/:]/).filter((part) => part !== "");
  return parts.length > 1 && parts.every((part) => words.has(part) || said.has(part));
}

function isNamed(name: readonly string[], { words, codes, sentences, about }: ReadPassage, said: ReadonlySet<string>): boolean {
  if (name.length > 1 && codes.has(acronymOf(name))) return true;
  return name.every((word) => {
    const written = word.toLowerCase().replace(/['’]s?$/, "");
    if (words.has(written) || said.has(written) || written.split("-").every((part) => words.has(part) || said.has(part))) return true;
    const own = terms(word);
    return own.every((term) => isMet(term, about) || sentences.some((sentence) => isMet(term, sentence.terms)));
  });
}

/** A clause of the statement is denied by every clause that is about the same. */
function isDenied(text: string, window: readonly Sentence[], language: string | undefined): boolean {
  const theirs = window.flatMap(({ clauses }) => clauses);
  return clausesOf(text).some((clause) => {
    const own: Clause = { text: clause, terms: new Set(terms(clause, language)) };
    if (own.terms.size < SAME_CLAUSE_TERMS) return false;
    const same = theirs.flatMap((other) => {
      const shared = [...own.terms].filter((term) => worth(term, other.terms) > 0).length;
      const share = shared / Math.min(own.terms.size, other.terms.size);
      return shared >= Math.min(SAME_CLAUSE_TERMS, own.terms.size - 1) && share >= SAME_CLAUSE_SHARE ? [{ other, shared }] : [];
    });
    const most = Math.max(...same.map(({ shared }) => shared));
    return same.length > 0 && same.every(({ other, shared }) => shared < most || contradicts(own, other));
  });
}
