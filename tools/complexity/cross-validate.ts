import { createSeededRandom } from "../../src/kernel/seeded-random.ts";
import { shuffle } from "../linear/shuffle.ts";
import type { Judged } from "./apgr.ts";
import type { Graded, Question } from "./corpus.ts";
import { fit, logitOf, momentsBySubject, momentsOfGraded, type Fitted } from "./fit.ts";

export type Tested = Judged & { readonly subject: string };

const FOLDS = 10;

/** Share of other questions that score lower: fits without different questions are compared by this and not by their logits. */
function createRank({ weights }: Fitted, others: readonly Question[]): (question: Question) => number {
  const sorted = Float64Array.from(others, ({ features }) => logitOf(weights, features)).toSorted();
  return ({ features }) => {
    const logit = logitOf(weights, features);
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((sorted[middle] ?? 0) < logit) low = middle + 1;
      else high = middle;
    }
    return low / sorted.length;
  };
}

function test(fitted: Fitted, tested: readonly Question[], others: readonly Question[]): Tested[] {
  const rank = createRank(fitted, others);
  return tested.map((question) => ({ subject: question.subject, weak: question.weak, strong: question.strong, score: rank(question) }));
}

/** Each subject scored by a fit that has seen none of its questions. */
export function leaveSubjectsOut(questions: readonly Question[], graded: readonly Graded[]): Tested[] {
  const moments = momentsBySubject(questions);
  const own = momentsOfGraded(graded);
  return [...Map.groupBy(questions, ({ subject }) => subject)].flatMap(([subject, tested]) => {
    const others = [...moments].filter(([name]) => name !== subject).map(([, sums]) => sums);
    return test(
      fit(others, own),
      tested,
      questions.filter((question) => question.subject !== subject),
    );
  });
}

/** Each tenth of the questions, drawn by seeded dice, scored by a fit on the others. */
export function leaveTenthsOut(questions: readonly Question[], graded: readonly Graded[], seed: number): Tested[] {
  const order = shuffle(Array.from(questions), createSeededRandom(seed));
  const own = momentsOfGraded(graded);
  return Array.from({ length: FOLDS }, (_, fold) => {
    const others = order.filter((_question, at) => at % FOLDS !== fold);
    const tested = order.filter((_question, at) => at % FOLDS === fold);
    return test(fit([...momentsBySubject(others).values()], own), tested, others);
  }).flat();
}

/** Of all pairs of requests of different grades, each tenth scored by a fit on the others, the share in the right order. */
export function orderOfGrades(
  questions: readonly Question[],
  graded: readonly Graded[],
): { readonly right: number; readonly pairs: number } {
  const subjects = [...momentsBySubject(questions).values()];
  const scored = Array.from({ length: FOLDS }, (_, fold) => {
    const { weights, bias } = fit(subjects, momentsOfGraded(graded.filter((_request, at) => at % FOLDS !== fold)));
    return graded
      .filter((_request, at) => at % FOLDS === fold)
      .map(({ grade, features }) => ({ grade, logit: bias + logitOf(weights, features) }));
  }).flat();
  let pairs = 0;
  let right = 0;
  for (const one of scored) {
    for (const other of scored) {
      if (one.grade <= other.grade) continue;
      pairs++;
      if (one.logit > other.logit) right++;
    }
  }
  return { right, pairs };
}
