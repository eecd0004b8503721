import { z } from "zod";
import { PAGE_DEFAULT, PAGE_MAX } from "../kernel/limits.ts";
import { tenantPatch } from "./admin.ts";
import { routeRule } from "./route-rule.ts";

/** A tenant's settings but its name, which decides nothing, and its prompt, which has versions of its own. */
export const tenantPolicy = tenantPatch.omit({ name: true, systemPrompt: true });

/** More names than anybody remembers; each is looked up once a call. */
const ROUTES_MAX = 100;
/** Rules that are asked before those of weir.yaml, by route. */
export const routesPolicy = z.strictObject({
  routes: z
    .record(
      z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, "expected a name of letters, digits and . _ -, at most 63 characters"),
      z.array(routeRule).min(1).max(100),
    )
    .refine((routes) => Object.keys(routes).length <= ROUTES_MAX, `expected at most ${ROUTES_MAX} routes`),
});

/** Every kind of policy and the form of its body. What each does is in src/admin/policy-kinds.ts. */
export const POLICY_BODIES = { tenant: tenantPolicy, routes: routesPolicy } as const;
export type PolicyKind = keyof typeof POLICY_BODIES;
export type PolicyBody<K extends PolicyKind = PolicyKind> = z.output<(typeof POLICY_BODIES)[K]>;

const tenant = z.string().optional();
export const policyKind = z.enum(["tenant", "routes"]);
export const policyCreate = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("tenant"), tenant, body: POLICY_BODIES.tenant }),
    z.strictObject({ kind: z.literal("routes"), body: POLICY_BODIES.routes }),
  ])
  // Of the description: both are objects.
  .meta({ type: "object" });
export type PolicyCreate = z.output<typeof policyCreate>;
export const policyRelease = z.strictObject({ tenant });
/** `requested`: in staging, or retired, and asked for. */
export const POLICY_STATES = ["staging", "requested", "production", "retired"] as const;
export const policyQuery = z.strictObject({
  tenant,
  kind: policyKind.optional(),
  state: z.enum(POLICY_STATES).optional().describe("`requested`: a second person's approval is waited for."),
  order: z.enum(["asc", "desc"]).default("asc").describe("By when they were made."),
  cursor: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT),
});

const moment = z.iso.datetime({ offset: true });
const shown = z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string())]);
/** Field by field, before and after. */
export const policyShown = z.record(z.string(), z.object({ old: shown, new: shown }));
const allowed = z.object({
  allowed: z.boolean(),
  reason: z
    .enum(["permission", "in-production", "not-requested", "same-person", "changed"])
    .optional()
    .describe("`same-person`: who asked, or made a key that did. `changed`: it would change something else now than what was asked for."),
  say: z.string().optional().describe("The same in words."),
});
export const policy = z.object({
  id: z.string(),
  tenant: z.string().nullish().describe("Absent: the platform's own."),
  kind: policyKind,
  version: z.int().min(1),
  environment: z.enum(["staging", "production", "retired"]),
  requested: z.boolean().describe("Somebody asks for it to go into production; somebody else must approve."),
  body: z.record(z.string(), z.unknown()),
  changes: policyShown.optional().describe("What it would change if it went into production now. Not in listings."),
  may: z
    .object({ promote: allowed, approve: allowed })
    .optional()
    .describe("What the caller may do with it now, and why not. Whoever may approve it may start its rollout, too. Not in listings."),
  author: z.string(),
  createdAt: moment,
  requestedBy: z.string().nullish(),
  approvedBy: z.string().nullish(),
  approvedAt: moment.nullish(),
});
export const policyPage = z.object({ data: z.array(policy), nextCursor: z.string().nullish() });
