import type { FindingType } from "../domain/finding.ts";
import { MODERATION_CATEGORIES, type Moderation } from "../domain/moderation.ts";
import type { ScoreInjection } from "./injection.ts";
import type { Find } from "./look.ts";
import { TOXIC_ABOVE, type ScoreToxicity } from "./toxicity/score-toxicity.ts";

export type ModeratorDeps = { readonly scoreToxicity: ScoreToxicity; readonly scoreInjection: ScoreInjection; readonly find: Find };

/** Judges texts by the rules that calls and answers are judged by. */
export function createModerator({ scoreToxicity, scoreInjection, find }: ModeratorDeps): (text: string) => Moderation {
  return (text) => {
    const { categories: seen } = scoreToxicity(text);
    const scores: Moderation["scores"] = {
      hate: seen.hate,
      "hate/threatening": Math.min(seen.hate, seen.threat),
      harassment: seen.harassment,
      "harassment/threatening": seen.threat,
      "self-harm": Math.max(seen["self-harm-intent"], seen["self-harm-instructions"]),
      "self-harm/intent": seen["self-harm-intent"],
      "self-harm/instructions": seen["self-harm-instructions"],
      violence: seen.threat,
    };
    const flagged = new Set(MODERATION_CATEGORIES.filter((category) => scores[category] > TOXIC_ABOVE));
    const personalData: Partial<Record<FindingType, number>> = {};
    for (const { type } of find(text)) personalData[type] = (personalData[type] ?? 0) + 1;
    return { flagged, scores, injection: scoreInjection(text), personalData };
  };
}
