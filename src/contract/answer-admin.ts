import { z } from "zod";
import { CONTEXT_POLICIES } from "../domain/context-policy.ts";
import { CLASSIFICATIONS } from "../domain/reader.ts";
import { guardChange } from "./admin.ts";
import { attempt, usageSource } from "./answer-call.ts";
import { ledgerEvent } from "./call-event.ts";

/** What the admin API, receipts and probes answer. */

const count = z.int().min(0);
const moment = z.iso.datetime({ offset: true });
const page = <T extends z.ZodType>(item: T) =>
  z.object({ data: z.array(item), nextCursor: z.string().nullish().describe("For the next page; null or absent on the last.") });

export const tenant = z.object({
  id: z.string(),
  slug: z.string(),
  name: z.string(),
  tier: z.string().nullish(),
  region: z.string().nullish(),
  contentPolicy: z.enum(["none", "scrubbed-sample", "scrubbed", "full"]),
  guard: guardChange.optional().describe("The tenant's own rules for content."),
  context: z
    .enum(CONTEXT_POLICIES)
    .nullish()
    .describe("What becomes of a prompt that no model has room for; absent: as the route's rule says."),
  systemPrompt: z.string().nullish(),
  models: z.array(z.string()).nullish(),
  rpm: count.nullish(),
  tpm: count.nullish(),
  budgetUsd: z.number().nullish(),
});
export const job = z.object({ jobId: z.string() });

export const key = z.object({
  id: z.string(),
  prefix: z.string().describe("The key's first characters."),
  name: z.string(),
  role: z.string(),
  team: z.string().nullish(),
  region: z.string().nullish(),
  ownDocumentsOnly: z.boolean().nullish(),
  groups: z.array(z.string()).nullish().describe("Groups of its holder: documents that name one of them are found."),
  clearance: z
    .enum(CLASSIFICATIONS)
    .nullish()
    .describe("Documents that are classified higher are not found. Absent: higher than `internal`."),
  jurisdiction: z.string().nullish().describe("Documents of other jurisdictions are not found. Absent: of any."),
  models: z.array(z.string()).nullish(),
  rpm: count.nullish(),
  tpm: count.nullish(),
  budgetUsd: z.number().nullish(),
  createdAt: moment,
  expiresAt: moment.nullish(),
  revokedAt: moment.nullish(),
  suspendedAt: moment.optional().describe("While it is suspended: calls with it are refused."),
  suspendedBy: z.enum(["server", "tenant", "platform"]).optional().describe("What the platform suspended, a tenant's key does not lift."),
  suspendedReason: z.string().optional(),
});
export const keyMade = key.extend({ key: z.string().describe("The secret. It is told once, here.") });

const outcome = z.enum(["finished", "failed", "aborted", "refused"]);
export const usagePage = page(
  z.object({
    requestId: z.string(),
    tenant: z.string(),
    key: z.string(),
    team: z.string().nullable(),
    feature: z.string().nullable(),
    outcome,
    code: z.string().nullable(),
    count: z.int().min(0).describe("1, or refusals of one key, code and minute; 0 of a shadow."),
    stream: z.boolean(),
    operation: z
      .enum(["chat", "embeddings", "rerank", "moderations", "shadow"])
      .nullable()
      .describe("`shadow`: a copy of a call for another model, which counts in what it cost and in no number of calls."),
    modelAsked: z.string().nullable(),
    model: z.string().nullable(),
    provider: z.string().nullable(),
    inputTokens: count,
    outputTokens: count,
    cachedTokens: count,
    costMicroUsd: count,
    usageSource,
    latencyMs: count.nullable(),
    firstPartMs: count.nullable(),
    attempts: z.array(attempt),
    rule: z
      .object({ route: z.string(), at: count })
      .nullable()
      .describe("The routing rule that took the call, its place counted from 0; null where a model was asked for by its name."),
    receipt: z.string(),
    createdAt: moment,
  }),
).extend({
  totals: z
    .object({ calls: count, refused: count, inputTokens: count, outputTokens: count, costMicroUsd: count })
    .nullable()
    .describe("Over the whole filter, whatever the page; null where calls are asked for by their cost."),
});

/** Pages that can be left both ways. */
export const bothWays = {
  previousCursor: z.string().nullish().describe("For the page before; null on the first."),
};
export const auditPage = page(
  z.object({
    seq: z.int().min(1),
    hash: z.string(),
    prevHash: z.string(),
    eventHash: z.string().describe("The receipt."),
    suspect: z.boolean(),
    requestId: z.string(),
    key: z.string(),
    createdAt: moment,
    outcome: z.string(),
    model: z.string().nullable(),
    provider: z.string().nullable(),
    inputTokens: count,
    outputTokens: count,
    costMicroUsd: count,
    count,
  }),
).extend(bothWays);
export const auditVerdict = z.object({
  ok: z.boolean(),
  entries: count.describe("Found whole, from the first on."),
  suspect: count,
  firstBadSeq: z.int().optional(),
  reason: z.string().optional(),
  decisions: z
    .object({ ok: z.boolean(), entries: count, firstBadSeq: z.int().optional(), reason: z.string().optional() })
    .describe("The chain of all that is no call. `ok` above is of both."),
});

export const receipt = z.object({
  requestId: z.string(),
  hash: z.string().describe("SHA-256 of `body`."),
  seq: z.int().min(1).optional().describe("Place in the tenant's audit chain; absent while the event is on its way there."),
  event: ledgerEvent,
  body: z.string().describe("The event as it was recorded, byte for byte."),
  signature: z.string().describe("Ed25519 over `hash`."),
  publicKey: z.string(),
  keyId: z.string(),
});

export const alive = z.object({ status: z.literal("ok") });
export const ready = z.object({
  status: z.enum(["ready", "not ready"]),
  parts: z.record(z.string(), z.union([z.literal(true), z.string()])).describe("true, or the code of what is wrong."),
});

export const reloaded = z.object({
  hash: z.string().describe("Digest of the configuration in force; events carry it."),
  changed: z.array(z.string()).describe("Settings that are in force now."),
  restartNeeded: z.array(z.string()).describe("Settings that differ and wait for a restart."),
  warnings: z.array(z.string()),
});
