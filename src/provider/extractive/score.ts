import type { Candidate } from "./candidates.ts";
import { asksQuantity, kindsAsked, looksLike, namesQuantity } from "./answer-kind.ts";
import type { AnswerKind } from "./answer-kind.ts";
import type { SameWords } from "./same-words.ts";

export type Question = {
  /** Its words in lower case, stop words included. */
  readonly words: ReadonlySet<string>;
  /** What is to be counted: `employees` in `how many employees`. An answer has to speak of it. */
  readonly counted: ReadonlySet<string>;
  /** The term that counts most. */
  readonly focus: string | undefined;
  /** What it is about, by stem: how much each counts, summing to one. */
  readonly weights: ReadonlyMap<string, number>;
  readonly kinds: readonly AnswerKind[];
  readonly quantity: boolean;
};

export type Scored = {
  readonly candidate: Candidate;
  readonly score: number;
  /** Share of the question that the sentence and what stands around it speak of, 0 to 1. */
  readonly coverage: number;
  readonly matched: ReadonlySet<string>;
  /** It could be an answer at all: it names a quantity where one is asked for. */
  readonly fits: boolean;
};

/** How well a word is met, by where it stands. */
const IN_OWN = 1;
const BY_OTHER_WORD = 0.85;
const IN_HEADING = 0.8;
const IN_BEFORE = 0.4;
const IN_AFTER = 0.2;
const IN_OUTER = 0.45;
const GENERIC_WEIGHT = 0.25;
/** A word in every sentence still says something. */
const RARITY_MIN = 0.3;
const MEASURE_SHARE = 0.35;
/** A sentence of the kind that is asked for, and one that is not. */
const KIND_MET = 1.2;
const KIND_MISSED = 0.8;
const PASSAGE_SHARE = 0.08;
const NOT_COUNTED = 0.6;
/** What stands under a heading that is the question itself is its answer, whatever words it uses. */
const UNDER_SAME_HEADING = 0.75;
const SAME_HEADING_WORDS_MIN = 3;
const HEADING_BONUS = 0.4;

/**
 * Rare words of a question count more, by how many sentences hold them; a word that none holds counts as the rarest. Words that fit any question
 * count little, except the one that is counted (`how many employees`).
 */
export function readQuestion(
  text: string,
  terms: (text: string) => string[],
  candidates: readonly Candidate[],
  words: SameWords,
): Question {
  const weights = new Map<string, number>();
  const noun = terms(/\bhow (?:many|much) (\p{L}+)/iu.exec(text)?.[1] ?? "");
  const counted = new Set(noun.filter((term) => !words.measures.has(term)));
  for (const term of new Set(terms(text))) {
    if (words.generic.has(term) && !counted.has(term)) {
      weights.set(term, GENERIC_WEIGHT);
      continue;
    }
    const holding = candidates.filter((candidate) => place(candidate, term, words) > 0).length;
    const rarity = Math.log(1 + (candidates.length - holding + 0.5) / (holding + 0.5));
    weights.set(term, Math.max(RARITY_MIN, rarity) * (words.measures.has(term) ? MEASURE_SHARE : 1));
  }
  const sum = [...weights.values()].reduce((total, weight) => total + weight, 0);
  for (const [term, weight] of weights) weights.set(term, weight / sum);
  const [focus] = [...weights].toSorted((one, other) => other[1] - one[1])[0] ?? [];
  return { words: wordsOf(text), counted, focus, weights, kinds: kindsAsked(text), quantity: asksQuantity(text) };
}

const wordsOf = (text: string): ReadonlySet<string> => new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);

function isUnderItself(question: Question, candidate: Candidate): boolean {
  const heading = wordsOf(candidate.headingText);
  return heading.size >= SAME_HEADING_WORDS_MIN && [...heading].every((word) => question.words.has(word));
}

export function scoreCandidates(
  question: Question,
  candidates: readonly Candidate[],
  passageScores: readonly number[],
  words: SameWords,
): readonly Scored[] {
  const best = Math.max(...passageScores, 1e-9);
  return candidates.map((candidate) => {
    let coverage = 0;
    const matched = new Set<string>();
    for (const [term, weight] of question.weights) {
      const met = place(candidate, term, words);
      coverage += weight * met;
      if (met > 0) matched.add(term);
    }
    if (question.counted.size > 0 && ![...question.counted].some((term) => matched.has(term))) coverage *= NOT_COUNTED;
    if (isUnderItself(question, candidate)) coverage = Math.max(coverage, UNDER_SAME_HEADING) + HEADING_BONUS;
    const kindFactor =
      question.kinds.length === 0 ? 1 : question.kinds.some((kind) => looksLike(kind, candidate.text)) ? KIND_MET : KIND_MISSED;
    const prior = (PASSAGE_SHARE * (passageScores[candidate.passage] ?? 0)) / best;
    const fits = !question.quantity || namesQuantity(candidate.text);
    return { candidate, coverage, matched, fits, score: coverage * kindFactor * brevity(candidate) + prior };
  });
}

function place(candidate: Candidate, term: string, words: SameWords): number {
  if (candidate.own.has(term)) return IN_OWN;
  const others = words.others.get(term) ?? [];
  if (others.some((other) => candidate.own.has(other))) return BY_OTHER_WORD;
  if (candidate.heading.has(term)) return IN_HEADING;
  if (others.some((other) => candidate.heading.has(other))) return IN_HEADING * BY_OTHER_WORD;
  if (candidate.before.has(term)) return IN_BEFORE;
  if (candidate.outer.has(term)) return IN_OUTER;
  return candidate.after.has(term) ? IN_AFTER : 0;
}

/** A long sentence holds more words by chance. */
const brevity = (candidate: Candidate): number => 1 / (1 + Math.max(0, candidate.own.size - 12) / 60);
