import { FEATURES } from "../../src/route/complexity/features.ts";
import { createMoments, type Moments } from "./moments.ts";
import type { Graded, Question } from "./corpus.ts";

/**
 * How the weights are fitted: least squares over two sources, each with a constant of its own, drawn towards a small weight of the right
 * sign, within bounds. The bounds and the pull are what keeps a set of exam questions from deciding what a chat's requests are worth.
 */
export const SETTINGS = {
  /** Logits wanted of the five grades. */
  grades: [-4, -1.9, -0.4, 0.9, 2.6],
  /** Logits for one whole question more that the strong model can do and the weak one cannot. */
  gapLogits: 48,
  /** Strength of the pull, as a share of a feature's own variance, and where to. */
  pull: 0.5,
  pullTo: 0.15,
  /** No feature moves a logit by more than this before calibration; length, by twice as much. */
  addsMax: 2.5,
  /** What MMLU says nothing about, since its answers are one letter, for which no model calculates or writes code: never below this. */
  floor: 0.2,
  floored: ["mathematics", "programming", "formulas", "judgement"],
  /** A subject in which the strong model does worse than guessing among four was not measured, whatever its file says. */
  strongMin: 0.25,
  /** Requests of which the least variance is assumed: a feature of a few texts is not trusted with their whole difference. */
  varianceMin: 0.05,
} as const;

const WIDTH = FEATURES.length;
const ROUNDS = 300;
const LENGTH = "length";

export type Fitted = { readonly weights: Float64Array; readonly bias: number };

/** Sums of MMLU by subject, so that a fit without some of them costs nothing; subjects count equally, however many questions they have. */
export function momentsBySubject(questions: readonly Question[]): ReadonlyMap<string, Moments> {
  const found = new Map<string, Moments>();
  for (const [subject, own] of Map.groupBy(questions, (question) => question.subject)) {
    if (own.reduce((sum, { strong }) => sum + strong, 0) / own.length < SETTINGS.strongMin) continue;
    const moments = createMoments(WIDTH);
    for (const { features, strong, weak } of own) moments.add(features, SETTINGS.gapLogits * (strong - weak), 1 / own.length);
    found.set(subject, moments);
  }
  return found;
}

export function momentsOfGraded(graded: readonly Graded[]): Moments {
  const moments = createMoments(WIDTH);
  for (const { features, grade } of graded) moments.add(features, SETTINGS.grades[grade] ?? 0, 1);
  return moments;
}

/** The bounds of a weight, without its sign. */
function boundsOf(at: number): { readonly least: number; readonly most: number } {
  const feature = FEATURES[at];
  const name = feature?.name ?? "";
  const adds = name === LENGTH ? 2 * SETTINGS.addsMax : SETTINGS.addsMax;
  return { least: SETTINGS.floored.some((floored) => floored === name) ? SETTINGS.floor : 0, most: adds / (feature?.most ?? 1) };
}

const signOf = (at: number): number => (FEATURES[at]?.sign === "harder" ? 1 : -1);

/** Coordinate descent on the sum of the two sources, each brought to the same total and to its own mean. */
export function fit(subjects: readonly Moments[], graded: Moments): Fitted {
  const both = createMoments(WIDTH);
  const questions = createMoments(WIDTH);
  for (const subject of subjects) questions.join(subject, 1);
  for (const source of [questions.centred(), graded.centred()]) both.join(source, 1 / source.total);
  const { products, targets } = both;
  const weights = new Float64Array(WIDTH);
  for (let round = 0; round < ROUNDS; round++) {
    for (let at = 0; at < WIDTH; at++) {
      let rest = targets[at] ?? 0;
      for (let other = 0; other < WIDTH; other++) {
        if (other !== at) rest -= (products[at * WIDTH + other] ?? 0) * (weights[other] ?? 0);
      }
      const variance = products[at * WIDTH + at] ?? 0;
      const pull = SETTINGS.pull * Math.max(2 * SETTINGS.varianceMin, variance);
      const { least, most } = boundsOf(at);
      const free = ((rest + pull * SETTINGS.pullTo * signOf(at)) / (variance + pull)) * signOf(at);
      weights[at] = signOf(at) * Math.min(most, Math.max(least, free));
    }
  }
  return calibrate(weights, graded);
}

/** Brings logits to those that were wanted of the grades: a fit that is drawn to small weights tells less than it knows. The order stays. */
function calibrate(weights: Float64Array, graded: Moments): Fitted {
  const { products, targets } = graded.centred();
  const together = logitOf(weights, targets);
  const variance = weights.reduce((sum, weight, at) => sum + weight * logitOf(weights, products.subarray(at * WIDTH, (at + 1) * WIDTH)), 0);
  const calibrated = weights.map((weight) => (weight * together) / variance);
  const { values, target } = graded.means();
  return { weights: calibrated, bias: target - logitOf(calibrated, values) };
}

/** Without the bias. */
export function logitOf(weights: Float64Array, features: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < WIDTH; at++) sum += (weights[at] ?? 0) * (features[at] ?? 0);
  return sum;
}
