import { z } from "zod";
import { ROLLOUT_STATES, ROLLOUT_UNITS } from "../domain/rollout-words.ts";
import { PAGE_DEFAULT, PAGE_MAX } from "../kernel/limits.ts";

/** Bodies, queries and answers of what is about rollouts. */

const tenant = z.string().optional().describe("Absent: the platform's own, of every tenant's calls. A tenant's own role means its own.");
const name = z.string().min(1).max(200);

/** More steps than anybody waits for. */
const STEPS_MAX = 20;
/** With more than half of the calls at the first step there would be too little to compare with. */
const FIRST_SHARE_MAX = 50;
const steps = z
  .array(z.number().gt(0).max(100))
  .min(2)
  .max(STEPS_MAX)
  .refine((all) => all.every((share, at) => at === 0 || share > (all[at - 1] ?? 0)), "expected shares that grow")
  .refine((all) => all.at(-1) === 100, "expected 100 as the last share")
  .refine((all) => (all[0] ?? 0) <= FIRST_SHARE_MAX, `expected at most ${FIRST_SHARE_MAX} as the first share`)
  .default([5, 20, 50, 100])
  .describe("Shares of callers in percent.");

const DAY_SECONDS = 86_400;
const gates = z
  .strictObject({
    callsMin: z.int().min(10).max(1_000_000).default(100).describe("Calls of the candidate at a step before it may go on."),
    stepSeconds: z
      .int()
      .min(0)
      .max(30 * DAY_SECONDS)
      .default(600)
      .describe("Least time at a step."),
    failuresAbove: z
      .number()
      .min(0)
      .max(1)
      .nullable()
      .default(0.02)
      .describe("By how much its share of failures may be above the baseline's. null: not asked, here and below."),
    latencyRatio: z.number().min(1).max(100).nullable().default(1.5).describe("Its 95th percentile of latency over the baseline's."),
    costRatio: z.number().min(1).max(1000).nullable().default(1.25).describe("Its mean cost of a call over the baseline's."),
    scoreBelow: z.number().min(0).max(1).nullable().default(0.05).describe("By how much its mean score may be below the baseline's."),
  })
  .prefault({});

const common = { unit: z.enum(ROLLOUT_UNITS).default("end-user").describe("What stays with one variant."), steps, gates };
export const rolloutCreate = z
  .discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("model"),
      tenant,
      model: name.describe("The model or route that calls ask for."),
      to: name.describe("The model that a growing share of them is sent to."),
      ...common,
    }),
    z.strictObject({
      kind: z.literal("prompt"),
      tenant,
      version: name.describe("Of `POST /admin/v1/prompts`, of the prompt `system`."),
      ...common,
    }),
    z.strictObject({ kind: z.literal("policy"), version: name.describe("Of `POST /admin/v1/policies`, of kind `routes`."), ...common }),
  ])
  // Of the description: all are objects.
  .meta({ type: "object" });
export type RolloutCreate = z.output<typeof rolloutCreate>;

export const rolloutMove = z.strictObject({ tenant, reason: z.string().min(1).max(200).optional() });
export const rolloutQuery = z.strictObject({
  tenant,
  state: z.enum(ROLLOUT_STATES).optional(),
  order: z.enum(["asc", "desc"]).default("asc").describe("By when they were started."),
  cursor: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT),
});
/** Of one request: as many scores as a judge hands in at once. */
const SCORES_MAX = 1000;
export const rolloutScores = z.strictObject({
  tenant,
  scores: z
    .array(z.strictObject({ requestId: name, score: z.number().min(0).max(1).describe("1 is best.") }))
    .min(1)
    .max(SCORES_MAX),
});

const moment = z.iso.datetime({ offset: true });
const share = z.number().min(0).max(100);
const gateName = z.enum(["failures", "latency", "cost", "score"]);
const compared = z.array(
  z.object({
    gate: gateName,
    candidate: z.number(),
    baseline: z.number(),
    limit: z.number(),
  }),
);
export const rollout = z.object({
  id: z.string(),
  tenant: z.string().nullish().describe("Absent: the platform's own."),
  kind: z.enum(["model", "prompt", "policy"]),
  model: z.string().nullish(),
  to: z.string().nullish(),
  version: z.string().nullish(),
  unit: z.enum(ROLLOUT_UNITS),
  steps: z.array(share),
  gates: z.object({
    callsMin: z.int(),
    stepSeconds: z.int(),
    failuresAbove: z.number().nullish(),
    latencyRatio: z.number().nullish(),
    costRatio: z.number().nullish(),
    scoreBelow: z.number().nullish(),
  }),
  state: z.enum(ROLLOUT_STATES),
  share: share.describe("Percent of callers that have the candidate."),
  since: moment.describe("When that began, or will: every process changes at one moment."),
  createdAt: moment,
  createdBy: z.string(),
});
const standing = z.object({
  gate: gateName,
  limit: z.number(),
  verdict: z
    .enum(["too-few-calls", "passed", "beyond", "worse"])
    .describe("`beyond`: above the limit, perhaps by chance. `worse`: more than chance explains."),
  candidate: z
    .number()
    .optional()
    .describe("Share of failures, milliseconds, micro-dollars, or score; absent where there is too little to compare."),
  baseline: z.number().optional(),
});
const variantFigures = z.object({
  calls: z.int().min(0),
  failures: z.int().min(0),
  latencyP50Ms: z.number().optional(),
  latencyP95Ms: z.number().optional(),
  costMicroUsd: z.number().optional().describe("Mean of a call that did not fail."),
  scores: z.int().min(0).describe("How many calls a judge has scored."),
  score: z.number().optional().describe("Mean, from 0 to 1."),
});
const allowed = z.object({
  allowed: z.boolean(),
  reason: z.enum(["permission", "state"]).optional(),
  say: z.string().optional().describe("Why not, in words."),
});
export const rolloutDetail = rollout.extend({
  now: z
    .object({
      act: z.enum(["hold", "promote", "rollback"]),
      reason: z.string(),
      compared,
      gates: z.array(standing).describe("Every gate that is asked, and how it stands."),
      calls: z.object({ candidate: z.int(), baseline: z.int() }).describe("That are compared at this step."),
    })
    .optional()
    .describe("What the gates say now; only while it is open."),
  figures: z
    .array(z.object({ share, candidate: variantFigures, baseline: variantFigures }))
    .describe("Of each step so far, both variants: calls of every process."),
  may: z
    .object({ promote: allowed, rollback: allowed, pause: allowed, resume: allowed })
    .describe("What the caller may do with it now, and why not."),
  history: z.array(
    z.object({
      at: moment,
      act: z.enum(["start", "promote", "finish", "rollback", "pause", "resume"]),
      share,
      by: z.string(),
      reason: z.string(),
      compared,
    }),
  ),
});
export const rolloutPage = z.object({ data: z.array(rollout), nextCursor: z.string().nullish() });
export const rolloutScored = z.object({
  taken: z.int().min(0).describe("Of calls that took part in this rollout, the first of each. Others are passed over."),
});
