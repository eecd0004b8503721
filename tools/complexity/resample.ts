import { createSeededRandom } from "../../src/kernel/seeded-random.ts";
import type { Tested } from "./cross-validate.ts";

export type Interval = { readonly low: number; readonly high: number };

const SEED = 1;

/**
 * 95 % of a figure over whole subjects drawn with replacement: questions of one subject are alike, so that they count together. Wider than
 * over questions, and what another set of subjects might give.
 */
export function resampleSubjects(tested: readonly Tested[], figure: (drawn: readonly Tested[]) => number, draws: number): Interval {
  const dice = createSeededRandom(SEED);
  const subjects = [...Map.groupBy(tested, ({ subject }) => subject).values()];
  return interval(draws, () => figure(subjects.flatMap(() => subjects[Math.floor(dice() * subjects.length)] ?? [])));
}

/** The same over single questions. */
export function resampleQuestions(tested: readonly Tested[], figure: (drawn: readonly Tested[]) => number, draws: number): Interval {
  const dice = createSeededRandom(SEED);
  return interval(draws, () => figure(tested.flatMap(() => tested[Math.floor(dice() * tested.length)] ?? [])));
}

function interval(draws: number, draw: () => number): Interval {
  const drawn = Array.from({ length: draws }, draw).toSorted((one, other) => one - other);
  return { low: drawn[Math.floor(0.025 * draws)] ?? 0, high: drawn[Math.floor(0.975 * draws)] ?? 0 };
}
