import { foldToxic } from "../../src/guard/toxicity/fold-toxic.ts";
import { createHateModel } from "../../src/guard/toxicity/hate-model.ts";
import type { Calibration } from "../../src/guard/linear/weights.ts";
import { FOLDS, splitFold, type Benign, type HateCase } from "./corpus.ts";
import { fitToxicity } from "./fit.ts";

/** A text scored by a model that learned from nothing of its kind. */
export type Scored = {
  readonly kind: string;
  /** Sentences of one template differ in the group alone. */ readonly template: string;
  readonly isHateful: boolean;
  readonly logit: number;
};

const LOGIT_MAX = 12;
const logitOf = (score: number): number => Math.max(-LOGIT_MAX, Math.min(LOGIT_MAX, Math.log(score / (1 - score))));

/** Every case by the model of its fold, and every ordinary text by one of them, in turn. */
export function scoreHeldOut(cases: readonly HateCase[], toLearn: readonly Benign[], toTest: readonly Benign[]): readonly Scored[] {
  const scored: Scored[] = [];
  for (const [turn, fold] of FOLDS.entries()) {
    const { train, test } = splitFold(cases, fold);
    const model = createHateModel(fitToxicity(train, toLearn));
    const score = (text: string): number => logitOf(model(foldToxic(text)));
    for (const { text, functionality, template, isHateful } of test)
      scored.push({ kind: functionality, template, isHateful, logit: score(text) });
    for (const { source, texts } of toTest)
      for (let at = turn; at < texts.length; at += FOLDS.length)
        scored.push({ kind: source, template: `${source} ${at}`, isHateful: false, logit: score(texts[at] ?? "") });
  }
  return scored;
}

/** Platt's scaling by Newton's method: turns logits of unseen kinds into probabilities. */
export function calibrate(scored: readonly Scored[]): Calibration {
  let slope = 1;
  let offset = 0;
  for (let round = 0; round < 50; round++) {
    let [g0, g1, h00, h01, h11] = [0, 0, 1e-9, 0, 1e-9];
    for (const { logit, isHateful } of scored) {
      const p = 1 / (1 + Math.exp(-(slope * logit + offset)));
      const error = p - (isHateful ? 1 : 0);
      const weight = p * (1 - p);
      g0 += error;
      g1 += error * logit;
      h00 += weight;
      h01 += weight * logit;
      h11 += weight * logit * logit;
    }
    const determinant = h00 * h11 - h01 * h01;
    offset -= (h11 * g0 - h01 * g1) / determinant;
    slope -= (h00 * g1 - h01 * g0) / determinant;
  }
  return { slope: Math.round(slope * 1000) / 1000, offset: Math.round(offset * 1000) / 1000 };
}
