import type { Weights } from "../linear/weights.ts";
import { foldToxic } from "./fold-toxic.ts";
import { createHateModel } from "./hate-model.ts";
import { HARASSMENT, SELF_HARM_INSTRUCTIONS, SELF_HARM_INTENT, THREAT } from "./patterns.ts";

/** What is looked for. `hate` is the linear model's; the others are patterns, which see it or do not. */
export const TOXICITY_CATEGORIES = ["hate", "harassment", "threat", "self-harm-intent", "self-harm-instructions"] as const;
export type ToxicityCategory = (typeof TOXICITY_CATEGORIES)[number];

export type Toxicity = {
  /** The highest of hate, harassment and threat, from 0 to 1. */
  readonly score: number;
  readonly categories: Readonly<Record<ToxicityCategory, number>>;
};
export type ScoreToxicity = (text: string) => Toxicity;

/**
 * Above it a text is taken for what the category says. An answer has dozens of sentences, so a mistake in a thousand is already one in
 * thirty answers; docs/guard-output.md has what this finds and what it hits by mistake.
 */
export const TOXIC_ABOVE = 0.8;
/** A pattern knows no degrees. */
const SEEN = 0.9;

export function createToxicityScorer(weights: Weights): ScoreToxicity {
  const hateOf = createHateModel(weights);
  return (text) => {
    const folded = foldToxic(text);
    const seen = (pattern: RegExp): number => (pattern.test(folded) ? SEEN : 0);
    const categories = {
      hate: hateOf(folded),
      harassment: seen(HARASSMENT),
      threat: seen(THREAT),
      "self-harm-intent": seen(SELF_HARM_INTENT),
      "self-harm-instructions": seen(SELF_HARM_INSTRUCTIONS),
    };
    return { score: Math.max(categories.hate, categories.harassment, categories.threat), categories };
  };
}
