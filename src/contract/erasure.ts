import { z } from "zod";
import { PAGE_DEFAULT, PAGE_MAX } from "../kernel/limits.ts";

/** Bodies, queries and answers of what is about erasing tenants and their end users. */

const moment = z.iso.datetime({ offset: true });
const count = z.int().min(0);

export const holdSet = z.strictObject({
  reason: z.string().min(1).max(2000).describe("Such as a case number. Only who may lift the hold reads it."),
  until: z
    .union([moment, z.iso.date()], { error: "expected a date such as 2027-06-30, or a time such as 2027-06-30T18:00:00Z" })
    .nullish()
    .describe("Without it the hold stands until it is lifted."),
});
export const hold = z.object({ reason: z.string(), since: moment, until: moment.nullish(), setBy: z.string() });

export const subjectQuery = z.strictObject({ tenant: z.string().optional() });
export const erasureQuery = z.strictObject({
  tenant: z.string().optional(),
  cursor: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT),
});

const certificate = z.object({
  body: z
    .string()
    .describe("JSON: what was erased where, how many, what a second pass found, what remains by design, and what lies outside."),
  hash: z.string().describe("SHA-256 of `body`."),
  signature: z.string().describe("Ed25519 over `hash`."),
  publicKey: z.string(),
  keyId: z.string(),
});
export const erasure = z.object({
  jobId: z.string(),
  what: z.enum(["tenant", "subject"]),
  tenantId: z.string(),
  state: z.enum(["waiting", "running", "done"]),
  round: z.int().min(1).describe("Grows where something came late, which was erased too."),
  askedAt: moment,
  askedBy: z.string(),
  finishedAt: moment.nullish(),
  error: z.string().nullish().describe("Why the last attempt came to no end; it is tried again."),
  stores: z.array(z.object({ store: z.string(), before: count, after: count.nullable(), kept: count })),
  certificate: certificate.nullish(),
});
export const erasureDetail = erasure.extend({
  processes: z.array(z.object({ processId: z.string(), done: z.boolean(), linesBefore: count, linesAfter: count })),
});
export const erasurePage = z.object({ data: z.array(erasure), nextCursor: z.string().nullish() });
export type HoldSet = z.output<typeof holdSet>;
