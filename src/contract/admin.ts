import { z } from "zod";
import { GROUP_CHARS_MAX, GROUPS_MAX, isAccessName } from "../domain/access.ts";
import { CONTEXT_POLICIES } from "../domain/context-policy.ts";
import { CONTENT_FIELDS, PII_MODES } from "../domain/guard-policy.ts";
import { CLASSIFICATIONS } from "../domain/reader.ts";
import { PAGE_DEFAULT, PAGE_MAX } from "../kernel/limits.ts";

/** The admin API's bodies. Unknown fields are refused: a misspelt limit must not go unnoticed. */

const slug = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, "expected 1 to 63 lower-case letters, digits and hyphens");
const label = z.string().min(1).max(200);
const perMinute = z.int().min(1).max(1_000_000_000);
/** Dollars a calendar month, UTC. Stored as micro-dollars, which stay exact up to 9 billion dollars. */
const budgetUsd = z.number().min(0).max(1_000_000_000);
const modelNames = z.array(z.string().min(1).max(200)).max(1000);
const contentPolicy = z.enum(["none", "scrubbed-sample", "scrubbed", "full"]);

const piiMode = z.enum(PII_MODES);
/** What a tenant changes of `guard` in weir.yaml; what is left out stays as it is there. */
export const guardChange = z.strictObject({
  pii: piiMode.optional(),
  fields: z.partialRecord(z.enum(CONTENT_FIELDS), piiMode).optional(),
  pseudonyms: z.enum(["call", "kept"]).optional(),
  images: z.enum(["allow", "private-only"]).optional(),
  injection: z.enum(["off", "detect", "block"]).optional(),
  instructions: z.enum(["plain", "guarded"]).optional(),
  canary: z.boolean().optional(),
  outputPii: z.enum(["off", "detect", "mask", "block"]).optional(),
  outputLinks: z.enum(["off", "detect", "defang", "block"]).optional(),
  linkHosts: z
    .array(z.string().regex(/^(?:\*\.)?[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/, "expected a host such as example.com or *.example.com"))
    .max(1000)
    .optional(),
  outputToxicity: z.enum(["off", "detect", "block"]).optional(),
});

export const tenantCreate = z.strictObject({
  slug,
  name: label,
  tier: label.nullish(),
  region: label.nullish(),
});

export const tenantPatch = z.strictObject({
  name: label.optional(),
  tier: label.nullish(),
  region: label.nullish(),
  budgetUsd: budgetUsd.nullish(),
  contentPolicy: contentPolicy.optional(),
  systemPrompt: z.string().max(100_000).nullish(),
  models: modelNames.nullish(),
  rpm: perMinute.nullish(),
  tpm: perMinute.nullish(),
  guard: guardChange.nullish(),
  context: z.enum(CONTEXT_POLICIES).nullish(),
});

const accessName = z
  .string()
  .max(GROUP_CHARS_MAX)
  .refine(isAccessName, "expected a name without commas, control characters and blanks around it");
/** What the key's holder may find of the tenant's documents. */
const keyAccess = {
  groups: z.array(accessName).max(GROUPS_MAX).nullish(),
  clearance: z.enum(CLASSIFICATIONS).nullish(),
  jurisdiction: accessName.nullish(),
};

export const keyCreate = z.strictObject({
  name: label,
  role: z.enum(["tenant-admin", "member"]).optional(),
  budgetUsd: budgetUsd.nullish(),
  rpm: perMinute.nullish(),
  tpm: perMinute.nullish(),
  models: modelNames.nullish(),
  team: label.nullish(),
  expiresAt: z.iso.datetime({ offset: true }).nullish(),
  region: label.nullish(),
  ownDocumentsOnly: z.boolean().optional(),
  ...keyAccess,
});

/** What is left out stays; null takes it back. */
export const keyPatch = z.strictObject(keyAccess);

/** A month: who needs longer makes a second key. */
const OVERLAP_SECONDS_MAX = 30 * 86_400;
const OVERLAP_SECONDS_DEFAULT = 3600;
export const keyRotate = z.strictObject({
  overlapSeconds: z.int().min(0).max(OVERLAP_SECONDS_MAX).default(OVERLAP_SECONDS_DEFAULT),
});

/** A reason is a line for whoever asks why. */
export const keySuspend = z.strictObject({ reason: label });

const promptName = z.string().regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, "expected 1 to 63 lower-case letters, digits and hyphens");
export const promptCreate = z.strictObject({
  tenant: z.string().optional(),
  name: promptName.default("system"),
  text: z.string().min(1).max(100_000),
});
export const promptRelease = z.strictObject({ tenant: z.string().optional() });

const moment = z.union([z.iso.datetime({ offset: true }), z.iso.date()], {
  error: "expected a date such as 2026-11-21, or a time such as 2026-11-21T08:30:00Z",
});
const limit = z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT);
const word = z.string().min(1).max(200);
export const auditQuery = z.strictObject({
  tenant: z.string().optional(),
  category: z
    .enum(["sign-ins", "authorisations", "data-access", "configuration", "security", "decisions", "calls"])
    .default("calls")
    .describe("`decisions`: of every category but calls."),
  from: moment.optional(),
  to: moment.optional(),
  actor: word.optional().describe("Id of a key, digest of a token's holder, `admin-key` or `server`."),
  action: word.optional().describe("A decision's word; of calls the operation."),
  outcome: word.optional(),
  requestId: word.optional(),
  order: z.enum(["asc", "desc"]).default("asc").describe("`desc`: newest first."),
  cursor: z.string().optional().describe("`nextCursor` or `previousCursor` of another page."),
  limit,
});
export const promptQuery = z.strictObject({
  tenant: z.string().optional(),
  name: promptName.optional(),
  cursor: z.string().optional(),
  limit,
});
/** `objects`: stored files of a bucket, too. Those of a folder are always in a backup. */
export const backupQuery = z.strictObject({ objects: z.enum(["true", "false"]).default("false") });
export const tenantQuery = z.strictObject({ tenant: z.string().optional() });
export const auditVerify = z.strictObject({ tenant: z.string().optional() });
export type TenantCreate = z.output<typeof tenantCreate>;
export type TenantPatch = z.output<typeof tenantPatch>;
export type KeyPatch = z.output<typeof keyPatch>;
export type KeyCreate = z.output<typeof keyCreate>;
export type PromptCreate = z.output<typeof promptCreate>;
