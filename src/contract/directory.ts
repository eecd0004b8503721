import { z } from "zod";
import { PAGE_DEFAULT, PAGE_MAX } from "../kernel/limits.ts";
import { key, tenant } from "./answer-admin.ts";

/** Listings of tenants, keys and people with what they used, and what each role may do. */

const moment = z.iso.datetime({ offset: true });
const count = z.int().min(0);
const search = z.string().max(200).optional();
const cursor = z.string().max(1000).optional();
const limit = z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT);
const order = z.enum(["asc", "desc"]).default("asc");
const page = <T extends z.ZodType>(item: T) =>
  z.object({ data: z.array(item), nextCursor: z.string().nullish().describe("For the next page; null or absent on the last.") });

export const used = z
  .object({ calls: count, refused: count, costUsd: z.number() })
  .describe("Since the month's first day, UTC. Only for roles that may see usage.");

export const tenantsQuery = z.strictObject({
  search: search.describe("Part of a name or slug."),
  sort: z.enum(["created", "name", "slug", "cost", "calls"]).default("created").describe("`cost`, `calls`: of this month."),
  order,
  cursor,
  limit,
});
export const tenantListed = tenant.extend({ createdAt: moment, month: used.optional() });
export const tenantList = page(tenantListed);

export const keyState = z.enum(["active", "expiring", "suspended", "expired", "revoked"]).describe("`expiring`: within seven days.");
export const keysQuery = z.strictObject({
  search: search.describe("Part of a name, an id, a team, or of the key's first characters."),
  state: keyState.optional(),
  sort: z.enum(["created", "name", "cost", "last-used"]).default("created"),
  order,
  cursor,
  limit,
});
export const keyListed = key.extend({
  state: keyState,
  lastUsedAt: moment.nullish().describe("Start of the hour of its last call within 90 days; of the day, where the day is over."),
  month: used,
});
export const keyList = page(keyListed);

export const keyEffect = z
  .object({
    models: z
      .array(z.string())
      .nullable()
      .describe("Names that both the key and its tenant allow; null: whatever the tenant's rules let through."),
    rpm: count.nullable().describe("The narrower of the key's and the tenant's; null: none."),
    tpm: count.nullable(),
    region: z.string().nullable(),
    budgetUsd: z.number().nullable().describe("The lower of the key's and the tenant's, per month."),
    budgetLeftUsd: z.number().nullable().describe("Of the tighter of both budgets, as the ledger has it."),
    documents: z.object({
      sees: z.enum(["all", "own", "by-access"]).describe("`all`: who administers the tenant; `own`: only what the key put in itself."),
      groups: z.array(z.string()),
      clearance: z.string().nullable().describe("Documents classified higher are not found. null: no document is held back by it."),
      jurisdiction: z.string().nullable(),
    }),
    permissions: z.array(z.string()),
  })
  .describe("What a call with this key may do, tenant and key taken together.");
export const keyDetail = keyListed.extend({ effect: keyEffect });

export const peopleQuery = z.strictObject({
  tenant: z.string().optional().describe("Slug. Left out by the platform's admin: people of the platform."),
  means: z.enum(["token", "key"]).default("token").describe("By what they signed in."),
  search: search.describe("Part of a digest."),
  cursor,
  limit,
});
export const peopleList = page(
  z.object({
    id: z.string().describe("A digest under the tenant's salt, which no name can be read from; of keys, their id."),
    role: z.string().describe("At the latest sign-in."),
    tenant: z.string().nullable(),
    firstSeenAt: moment,
    lastSeenAt: moment,
    signIns: count.describe("How often a server that did not know them a moment ago let them in."),
  }),
).extend({ since: moment.nullable().describe("Older sign-ins were not looked at; null: all were.") });

const role = z.string();
export const roleList = z.object({
  data: z.array(
    z.object({
      role,
      of: z.enum(["platform", "tenant"]),
      permissions: z.array(z.string()),
    }),
  ),
  permissions: z.array(
    z.object({
      name: z.string(),
      about: z.enum(["own", "named", "platform"]).describe("On the caller's own tenant, on a tenant that is named, on all."),
      routes: z.array(z.string()).describe("Addresses that ask for it."),
    }),
  ),
});
