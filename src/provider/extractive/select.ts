import type { Scored } from "./score.ts";

const SENTENCES_MAX = 4;
/** Below this the best sentence speaks of too little of the question to be its answer. Set on the demonstration documents. */
export const COVERAGE_MIN = 0.5;
/** The same where the question's weightiest word is not met: then the rest of it must be. */
export const COVERAGE_MIN_WITHOUT_FOCUS = 0.62;
/** A further sentence must come this near to the best. */
const NEAR_BEST = 0.82;
/** Two sentences that share more of their words than this say the same. */
const ALIKE_MAX = 0.6;

/** The sentences of the answer in the order to say them: passages by their best sentence, sentences as they stand. Empty: there is no answer. */
export function selectSentences(scored: readonly Scored[], focus: string | undefined): readonly Scored[] {
  const ranked = scored.toSorted((one, other) => other.score - one.score || one.candidate.order - other.candidate.order);
  const holds = (one: Scored): boolean =>
    one.coverage >= (focus === undefined || one.matched.has(focus) ? COVERAGE_MIN : COVERAGE_MIN_WITHOUT_FOCUS);
  const best = ranked.find(holds);
  if (best === undefined || best.score < (ranked[0]?.score ?? 0) * NEAR_BEST) return [];
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
