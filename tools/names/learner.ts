import { FEATURES_MAX, FEATURES_SIZE, featuresOf } from "../../src/guard/pii/names/features.ts";
import { LABEL_ADDRESS, LABELS } from "../../src/guard/pii/names/labels.ts";
import { WEIGHT_SCALE } from "../../src/guard/pii/names/model.ts";
import { isCandidate } from "../../src/guard/pii/names/prepare.ts";
import type { Tokens } from "../../src/guard/pii/names/tokens.ts";
import type { Dice } from "./dice.ts";

const RATE = 0.25;
/** Pulls every touched weight towards 0 at each step. */
const DECAY = 2e-6;
/** How often a word's left neighbours keep the label that the model gave them, right or wrong. */
const OWN_LABELS = 0.5;

/** A multinomial logistic regression over the features of words, by AdaGrad; `learn` takes one text whose true labels are `truth`. */
export type Learner = {
  readonly learn: (text: string, tokens: Tokens, truth: Uint8Array, weight: number) => void;
  /** Takes the weights of this moment into the mean that `weights` gives; the last steps alone would favour the last texts. */
  readonly keep: () => void;
  readonly weights: () => Int8Array;
  readonly loss: () => number;
};

/** Writes the probability of each label into `scores`, and answers the likeliest. */
function predict(weights: Float32Array, features: Int32Array, found: number, scores: Float64Array): number {
  scores.fill(0);
  for (let feature = 0; feature < found; feature++) {
    const from = (features[feature] ?? 0) * LABELS;
    for (let label = 0; label < LABELS; label++) scores[label] = (scores[label] ?? 0) + (weights[from + label] ?? 0);
  }
  let best = 0;
  for (let label = 1; label < LABELS; label++) if ((scores[label] ?? 0) > (scores[best] ?? 0)) best = label;
  const top = scores[best] ?? 0;
  let sum = 0;
  for (let label = 0; label < LABELS; label++) sum += scores[label] = Math.exp((scores[label] ?? 0) - top);
  for (let label = 0; label < LABELS; label++) scores[label] = (scores[label] ?? 0) / sum;
  return best;
}

export function createLearner(dice: Dice): Learner {
  const weights = new Float32Array(FEATURES_SIZE * LABELS);
  const squares = new Float32Array(FEATURES_SIZE * LABELS).fill(1e-3);
  const features = new Int32Array(FEATURES_MAX);
  const scores = new Float64Array(LABELS);
  const sums = new Float32Array(weights.length);
  let kept = 0;
  let losses = 0;
  let words = 0;

  const step = (found: number, truth: number, weight: number): void => {
    for (let label = 0; label < LABELS; label++) {
      const gradient = weight * ((scores[label] ?? 0) - (label === truth ? 1 : 0));
      if (Math.abs(gradient) < 1e-3) continue;
      for (let feature = 0; feature < found; feature++) {
        const at = (features[feature] ?? 0) * LABELS + label;
        const square = (squares[at] ?? 0) + gradient * gradient;
        squares[at] = square;
        const value = weights[at] ?? 0;
        weights[at] = value - (RATE * gradient) / Math.sqrt(square) - DECAY * value;
      }
    }
  };

  return {
    learn: (text, tokens, truth, weight) => {
      for (let at = 0; at < tokens.count; at++) {
        const right = truth[at] ?? 0;
        tokens.label[at] = right;
        if (right === LABEL_ADDRESS) continue;
        if (!isCandidate(tokens, at)) {
          tokens.label[at] = 0;
          continue;
        }
        const found = featuresOf(text, tokens, at, features);
        const best = predict(weights, features, found, scores);
        losses -= Math.log(Math.max(1e-9, scores[right] ?? 0));
        words++;
        step(found, right, weight);
        if (dice.chance(OWN_LABELS)) tokens.label[at] = best;
      }
    },
    keep: () => {
      kept++;
      for (let at = 0; at < weights.length; at++) sums[at] = (sums[at] ?? 0) + (weights[at] ?? 0);
    },
    weights: () => {
      const bytes = new Int8Array(weights.length);
      for (let at = 0; at < bytes.length; at++)
        bytes[at] = Math.max(-127, Math.min(127, Math.round(((sums[at] ?? 0) / kept) * WEIGHT_SCALE)));
      return bytes;
    },
    loss: () => {
      const mean = losses / Math.max(1, words);
      losses = 0;
      words = 0;
      return mean;
    },
  };
}
