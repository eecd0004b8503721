import { ordinaryOf } from "./attributes.ts";
import { LABEL_NONE, LABEL_PERSON } from "./labels.ts";
import { SHAPE_PLAIN, SHAPE_TITLE, SHAPE_UNCASED, SHAPE_UPPER, type Tokens } from "./tokens.ts";

/** How sure the model must be of a name before its other mentions are taken for names too. */
const SURE = 0.9;
/** "Mark" and "Hope" are words as well; each mention has to speak for itself. */
const ORDINARY_MAX = 3;
/** Of a text's distinct names; a list of more is not helped by this. */
const NAMES_MAX = 4_096;
const SPREAD_SCORE = 0.7;

/**
 * One person keeps the name throughout a text: a word that was surely a person's name once is one wherever it stands as a name may.
 * `names` holds the hashes seen so far in this text.
 */
export function spreadNames(tokens: Tokens, scores: Float32Array, names: Set<number>): void {
  const { label, hash, attributes, shape, count, start, end } = tokens;
  for (let at = 0; at < count; at++) {
    if (label[at] !== LABEL_PERSON || (scores[at] ?? 0) < SURE || ordinaryOf(attributes[at] ?? 0) > ORDINARY_MAX) continue;
    if ((end[at] ?? 0) - (start[at] ?? 0) > 2 && names.size < NAMES_MAX) names.add(hash[at] ?? 0);
  }
  if (names.size === 0) return;
  for (let at = 0; at < count; at++) {
    const form = shape[at];
    if (label[at] !== LABEL_NONE || !names.has(hash[at] ?? 0)) continue;
    if (form !== SHAPE_TITLE && form !== SHAPE_PLAIN && form !== SHAPE_UPPER && form !== SHAPE_UNCASED) continue;
    label[at] = LABEL_PERSON;
    scores[at] = SPREAD_SCORE;
  }
}
