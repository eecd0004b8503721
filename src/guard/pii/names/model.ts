import { readFileSync } from "node:fs";
import { FEATURES_MAX, FEATURES_SIZE, featuresOf } from "./features.ts";
import { LABEL_ADDRESS, LABEL_NONE, LABEL_ORGANISATION, LABELS } from "./labels.ts";
import { isCandidate, isLabel } from "./prepare.ts";
import { GAP_HYPHEN, SHAPE_LOWER, SHAPE_PLAIN, TOKENS_MAX, type Tokens } from "./tokens.ts";

/** A weight of 1 is stored as this: weights from -8 to 8 in a byte. */
export const WEIGHT_SCALE = 16;

/** A logit of 1.4: four in five. */
const DOUBT = 1.4 * WEIGHT_SCALE;

/** An unknown word without a capital, no name before it: mostly a slip of the pen ("andhis"), so the context has to be sure. */
function isDoubtful({ attributes, shape, label }: Tokens, at: number): boolean {
  const form = shape[at];
  if (form !== SHAPE_PLAIN && form !== SHAPE_LOWER) return false;
  return (attributes[at] ?? 0) === 0 && (at === 0 || label[at - 1] === LABEL_NONE);
}

export type Model = {
  /** Sets `tokens.label` from left to right, addresses left as they are, and `scores` (0 to 1) beside each label that is a name. */
  readonly label: (text: string, tokens: Tokens) => void;
  readonly scores: Float32Array;
};

/** Reads base64 of one signed byte for each label of each feature. Throws when the file does not fit the features of this version. */
export function readWeights(path: string): Int8Array {
  const bytes = Buffer.from(readFileSync(path, "latin1"), "base64");
  if (bytes.length !== FEATURES_SIZE * LABELS) throw new Error(`weights of names: ${bytes.length} bytes, ${FEATURES_SIZE * LABELS} wanted`);
  return new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length);
}

export function createModel(weights: Int8Array): Model {
  const features = new Int32Array(FEATURES_MAX);
  const scores = new Float32Array(TOKENS_MAX);
  const label = (text: string, tokens: Tokens): void => {
    for (let at = 0; at < tokens.count; at++) {
      if (tokens.label[at] === LABEL_ADDRESS) continue;
      tokens.label[at] = 0;
      if (!isCandidate(tokens, at)) continue;
      const found = featuresOf(text, tokens, at, features);
      let none = 0;
      let person = 0;
      let location = 0;
      let organisation = 0;
      for (let feature = 0; feature < found; feature++) {
        const from = (features[feature] ?? 0) * LABELS;
        none += weights[from] ?? 0;
        person += weights[from + 1] ?? 0;
        location += weights[from + 2] ?? 0;
        organisation += weights[from + 3] ?? 0;
      }
      const best = Math.max(person, location, organisation);
      if (best <= none + (isDoubtful(tokens, at) ? DOUBT : 0)) continue;
      const own = best === person ? 1 : best === location ? 2 : 3;
      if (
        own !== LABEL_ORGANISATION &&
        (at === 0 || tokens.label[at - 1] !== own || (tokens.gap[at] ?? 0) > GAP_HYPHEN) &&
        isLabel(tokens, at)
      )
        continue;
      tokens.label[at] = own;
      scores[at] = 1 / (1 + Math.exp((none - best) / WEIGHT_SCALE));
    }
  };
  return { label, scores };
}
