import { z } from "zod";
import { PASSAGE_FATES } from "../domain/timings.ts";
import { attempt, guarded, trimmed, usageSource } from "./answer-call.ts";

/** The one row of a call, as receipts and explanations show it: ids, counts, names and digests; never content. */

const count = z.int().min(0);
const trust = z.enum(["private", "external"]);
const us = count.describe("Whole microseconds from the moment that the call was admitted.");

export const timings = z
  .looseObject({
    admitUs: count.describe("Before that moment: reading the request, its rates, and waiting for a place. To the millisecond."),
    checkedUs: us.optional().describe("The rules for content had looked at the request."),
    retrievedUs: us.optional().describe("Passages were found."),
    siftedUs: us.optional().describe("The rules for content had looked at them."),
    routedUs: us.optional().describe("It was known which models may be asked."),
    openedUs: us.optional().describe("Its cost was set aside, and the journal knew of it."),
    attempts: z
      .array(z.looseObject({ beganUs: us, firstUs: us.optional().describe("Its first part came."), endedUs: us }))
      .describe("In the order of `attempts`."),
    answerRulesUs: count.optional().describe("In all, while the answer came: the rules for answers and the check of citations."),
  })
  .describe("When a chat had gone through each step; how long one took is the difference from the one before.");

export const foundPassage = z.looseObject({
  chunkId: z.string(),
  fileId: z.string(),
  score: z.number().describe("Comparable within one call only."),
  fate: z.enum(PASSAGE_FATES).describe("`withheld`: kept from the model by the rules for content; `trimmed`: there was no room for it."),
});

export const callEvent = z.looseObject({
  type: z.literal("call"),
  requestId: z.string(),
  keyId: z.string(),
  team: z.string().optional(),
  feature: z.string().optional(),
  startedAtMs: count,
  latencyMs: count,
  firstPartMs: count.optional().describe("Until the first part left for the caller."),
  outcome: z.enum(["finished", "failed", "aborted"]),
  code: z.string().optional(),
  stream: z.boolean(),
  operation: z.enum(["embeddings", "rerank", "moderations", "shadow"]).optional().describe("Absent: a chat."),
  modelAsked: z.string(),
  model: z.string().optional(),
  provider: z.string().optional(),
  trust: trust.optional(),
  inputTokens: count,
  outputTokens: count,
  cachedTokens: count,
  costMicroUsd: count,
  usageSource,
  attempts: z.array(attempt),
  budgets: z.array(z.enum(["platform", "tenant", "key"])).optional(),
  candidates: z.array(z.looseObject({ model: z.string(), provider: z.string(), fell: z.string().optional() })),
  rule: z.looseObject({ route: z.string(), at: count }).optional().describe("The routing rule that took it, counted from 0."),
  service: z.enum(["reduced", "emergency"]).optional(),
  signals: z.record(z.string(), z.union([z.number(), z.boolean(), z.string()])).optional(),
  chance: z.number().optional(),
  rollout: z.looseObject({ id: z.string(), variant: z.string(), share: z.number() }).optional(),
  tier: z.enum(["model", "extractive"]),
  passages: count.optional().describe("How many a model was given to read."),
  collection: z.string().optional().describe("Id of the one that was searched."),
  found: z.array(foundPassage).optional().describe("What was found there, best first."),
  trimmed: trimmed.optional(),
  guard: guarded.optional(),
  form: z.enum(["fits", "mended", "misfit"]).optional(),
  grounding: z.looseObject({ cited: count, removed: count, grounded: z.boolean(), notHeld: z.literal(true).optional() }).optional(),
  cascade: z.looseObject({ gate: z.string(), asked: count, escalated: count, unjudged: count.optional() }).optional(),
  of: z.string().optional().describe("The call or search of the same caller that the server made it for."),
  timings: timings.optional(),
});
export type WireCallEvent = z.output<typeof callEvent>;

export const refusalEvent = z
  .looseObject({
    type: z.literal("refusal"),
    requestId: z.string().describe("Of the first of them."),
    keyId: z.string(),
    outcome: z.literal("refused"),
    code: z.string(),
    startedAtMs: count.describe("First millisecond of the minute."),
    count,
  })
  .describe("Refusals of one key, code and minute.");

export const ledgerEvent = z.discriminatedUnion("type", [callEvent, refusalEvent]);
export type WireLedgerEvent = z.output<typeof ledgerEvent>;

export const explanation = z.object({
  requestId: z.string(),
  found: z.enum(["call", "refusals", "none"]),
  tenant: z.string().optional(),
  sentences: z.array(z.string()),
  event: ledgerEvent.optional(),
});
export type WireExplanation = z.output<typeof explanation>;
