import { z } from "zod";
import { ABUSE_MODES } from "../domain/abuse.ts";

const SCORE_WHY = "a refused attack is 10 points, and below 1 a single slip would count";
const score = (description: string) => z.number().min(1).max(1_000_000).meta({ unit: "points", why: SCORE_WHY, description });

export const abuseSchema = z
  .strictObject({
    mode: z.enum(ABUSE_MODES).default("detect").meta({
      description:
        "What becomes of a key whose score is high. `detect`: the audit log and a metric tell of it. `throttle`: above `throttleAbove` it gets `callsPerMinute`. `suspend`: above `suspendAbove` it is refused everywhere until somebody lifts that.",
    }),
    throttleAbove: score("First threshold.").default(50),
    suspendAbove: score("Second threshold. At least `throttleAbove`.").default(200),
    halfLifeMinutes: z.number().min(0.1).max(1440).default(10).meta({
      unit: "minutes",
      why: "a score that halves in seconds never grows, and one that takes a day to is a grudge",
      description: "In which a score halves by itself.",
    }),
    callsPerMinute: z.int().min(1).max(1_000_000).default(10).meta({
      unit: "calls per minute",
      why: "none at all is what `suspend` is for",
      description: "Of a key above the first threshold.",
    }),
  })
  .prefault({})
  .meta({ description: "What becomes of keys that attack (docs/guard-abuse.md). Each process keeps scores of its own." });
