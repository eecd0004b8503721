import { z } from "zod";
import { PAGE_MAX } from "../kernel/limits.ts";

/** Chains of the audit trail as they were written, for whoever checks them without trusting the server. */

const moment = z.iso.datetime({ offset: true });
const count = z.int().min(0);
const hash = z.string().describe("SHA-256, 64 lower-case hex digits.");

export const CHAINS = ["calls", "decisions"] as const;
const chain = z.enum(CHAINS).default("calls").describe("`decisions`: all that was decided beside calls.");
const tenant = z.string().optional().describe("Slug. The platform's admin may leave it out for the decisions that belong to no tenant.");

export const chainQuery = z.strictObject({
  tenant,
  chain,
  after: z.coerce.number().int().min(0).max(999_999_999_999_999).default(0).describe("Number of the last entry that is known already."),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_MAX),
});
export const chainNamed = z.strictObject({ tenant, chain });
export const checkpointQuery = z.strictObject({ tenant });

const place = z.object({ seq: count, hash });
const link = z.object({
  seq: z.int().min(1),
  hash: z.string().describe("SHA-256 of: previous hash, newline, seq, newline, eventHash; of a suspect entry also newline and `suspect`."),
  eventHash: z.string().describe("SHA-256 of `body`'s UTF-8."),
  suspect: z.boolean().describe("It came from a journal that was damaged at this place."),
  body: z.string().describe("The entry as it was recorded, byte for byte."),
});

export const chainPage = z.object({
  tenantId: z.string(),
  chain: z.enum(CHAINS),
  start: place
    .extend({ cut: z.boolean().describe("Older entries were deleted by retention or erasure: their end is taken on the server's word.") })
    .describe(
      "What stands before the first entry. Uncut: SHA-256 of `weir-audit`, newline, tenant id (of decisions: `decisions/`, tenant id).",
    ),
  head: place.optional().describe("Where the chain ended when this was read; absent: nothing was entered yet."),
  data: z.array(link),
  nextCursor: z.string().nullish().describe("`after` of the next page; null at the chain's end."),
});

export const chainEntry = link.extend({
  tenantId: z.string(),
  chain: z.enum(CHAINS),
  prevHash: z.string().describe("Empty where the entry before is missing."),
  createdAt: moment,
  intact: z.boolean().describe("Its hashes fit its body and the entry before, as the server sees it."),
  event: z.record(z.string(), z.unknown()).optional().describe("`body`, read; absent where it is no JSON any more."),
  receipt: z
    .object({ signature: z.string(), publicKey: z.string(), keyId: z.string() })
    .optional()
    .describe("Ed25519 over `eventHash` as 64 hex digits. Of calls that are intact."),
});

export const checkpointList = z.object({
  data: z.array(
    z.object({
      tenantId: z.string(),
      seq: count,
      hash,
      at: moment,
      keyId: z.string(),
      signature: z.string().describe("Ed25519, base64, over: tenantId, seq, hash, at, joined by newlines."),
    }),
  ),
  publicKey: z.string().describe("SubjectPublicKeyInfo in PEM."),
  keyId: z.string().describe("First 16 hex digits of the SHA-256 of `publicKey`."),
});
