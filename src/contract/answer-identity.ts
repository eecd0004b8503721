import { z } from "zod";
import { auditPage, bothWays, key, keyMade } from "./answer-admin.ts";

/** What the parts of the admin API about people answer. */

const moment = z.iso.datetime({ offset: true });
const count = z.int().min(0);
const page = <T extends z.ZodType>(item: T) => z.object({ data: z.array(item), nextCursor: z.string().nullish() });

export const keyRotated = keyMade.extend({ replaces: key.describe("The old key, with the moment at which it ends.") });

export const prompt = z.object({
  id: z.string(),
  tenant: z.string(),
  name: z.string(),
  version: z.int().min(1),
  environment: z.enum(["staging", "production", "retired"]),
  requested: z.boolean().describe("Somebody asks for it to go into production; somebody else must approve."),
  text: z.string(),
  author: z.string(),
  createdAt: moment,
  requestedBy: z.string().nullish(),
  approvedBy: z.string().nullish(),
  approvedAt: moment.nullish(),
});
export const promptPage = page(prompt);

const shown = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]);
export const decisionPage = page(
  z.object({
    seq: z.int().min(1),
    hash: z.string(),
    prevHash: z.string(),
    createdAt: moment,
    category: z.enum(["sign-ins", "authorisations", "data-access", "configuration", "security"]),
    action: z.string(),
    outcome: z.enum(["granted", "denied"]),
    actor: z.string().optional().describe("A key's id, a token holder's digest, `admin-key` or `server`."),
    role: z.string().optional(),
    permission: z.string().optional(),
    code: z.string().optional(),
    reason: z.string().optional(),
    resource: z.string().optional(),
    changed: z.record(z.string(), z.object({ old: shown, new: shown })).optional(),
    requestId: z.string().optional(),
    count: count.describe("Decisions alike of one minute."),
  }),
).extend(bothWays);
/** Calls where no category, or `calls`, is asked for. */
export const anyAuditPage = z.union([auditPage, decisionPage]);
