import type { Scored } from "./score.ts";

const SENTENCES_MAX = 4;
/**
 * The share of the question that a sentence must speak of to be its answer, by how many of the question's words it meets: one word in common may
 * be chance, five are not. Set on 472 questions with known spans, on the same ones put to the wrong documents, and on the sample documents.
 */
const COVERAGE_MIN: readonly number[] = [2, 0.75, 0.52, 0.42, 0.36];
const COVERAGE_MIN_MANY = 0.3;
/** More is asked of a sentence without the word that counts most: it is the one that tells this question from others. */
const WITHOUT_FOCUS = 0.1;
/** A further sentence must come this near to the best. */
const NEAR_BEST = 0.78;
/** Two sentences that share more of their words than this say the same. */
const ALIKE_MAX = 0.6;

/** The sentences of the answer in the order to say them: passages by their best sentence, sentences as they stand. Empty: there is no answer. */
export function selectSentences(scored: readonly Scored[], focus: string | undefined): readonly Scored[] {
  const ranked = scored.toSorted((one, other) => other.score - one.score || one.candidate.order - other.candidate.order);
  const holds = (one: Scored): boolean =>
    one.fits &&
    one.coverage >=
      (COVERAGE_MIN[one.matched.size] ?? COVERAGE_MIN_MANY) + (focus === undefined || one.matched.has(focus) ? 0 : WITHOUT_FOCUS);
  const best = ranked.find(holds);
  if (best === undefined) return [];
  const chosen: Scored[] = [best];
  for (const one of ranked) {
    if (chosen.length >= SENTENCES_MAX || one.score < best.score * NEAR_BEST) break;
    if (holds(one) && chosen.every((other) => other !== one && !isAlike(one, other))) chosen.push(one);
  }
  const passages = [...new Set(chosen.map((one) => one.candidate.passage))];
  return chosen.toSorted(
    (one, other) =>
      passages.indexOf(one.candidate.passage) - passages.indexOf(other.candidate.passage) || one.candidate.order - other.candidate.order,
  );
}

function isAlike(one: Scored, other: Scored): boolean {
  const shared = [...one.candidate.own].filter((term) => other.candidate.own.has(term)).length;
  return shared / Math.max(1, Math.min(one.candidate.own.size, other.candidate.own.size)) > ALIKE_MAX;
}
