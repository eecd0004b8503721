import { FEATURES, featuresOf, type Feature } from "./features.ts";
import { readText } from "./read.ts";
import { FITTED } from "./weights.generated.ts";

/** A feature's share in a score: what it adds to the logit. */
export type Reason = { readonly name: string; readonly says: string; readonly adds: number };
export type Explained = { /** 0 to 1. */ readonly score: number; /** The strongest first. */ readonly reasons: readonly Reason[] };

/** Earlier messages that are read: what a follow-up goes on with is rarely further back. */
const EARLIER_MAX = 4;
/** How much of the distance to the hardest earlier message a simpler last one keeps: "and in Python?" is work, "thanks" is nearly none. */
const CARRIED = 0.5;
const REASONS_MAX = 6;

const WEIGHTS = Float64Array.from(FEATURES, (feature) => weightOf(feature));

/** Throws where the weights were fitted to other features: a wrong score would go unnoticed. */
function weightOf({ name, sign }: Feature): number {
  const weight = FITTED.weights[name];
  if (weight === undefined || (sign === "harder" ? weight < 0 : weight > 0))
    throw new Error(`complexity: no fitting weight for ${name}; run tools/train-complexity.ts`);
  return weight;
}

const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));

function logitOf(text: string): number {
  const values = featuresOf(readText(text));
  let logit = FITTED.bias;
  for (let at = 0; at < values.length; at++) logit += (WEIGHTS[at] ?? 0) * (values[at] ?? 0);
  return logit;
}

/**
 * How hard a request is, 0 to 1, from what the user said, oldest first. The last message decides; harder ones shortly before it count in
 * part. 0 of nothing. Well below 0.2 ms for 2 KB, and bounded for any length.
 */
export function complexityOf(texts: readonly string[]): number {
  const last = texts.at(-1);
  if (last === undefined) return 0;
  const logit = logitOf(last);
  let hardest = logit;
  for (const text of texts.slice(-1 - EARLIER_MAX, -1)) hardest = Math.max(hardest, logitOf(text));
  return sigmoid(logit + CARRIED * (hardest - logit));
}

/** The score of one text, and what made it: for people who ask why. */
export function explainComplexity(text: string): Explained {
  const values = featuresOf(readText(text));
  const reasons = FEATURES.map(({ name, says }, at) => ({ name, says, adds: (WEIGHTS[at] ?? 0) * (values[at] ?? 0) }))
    .filter(({ adds }) => Math.abs(adds) >= 0.05)
    .toSorted((one, other) => Math.abs(other.adds) - Math.abs(one.adds))
    .slice(0, REASONS_MAX);
  return { score: complexityOf([text]), reasons };
}
