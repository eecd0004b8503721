import { z } from "zod";
import { ABUSE_MODES } from "../domain/abuse.ts";
import { FINDING_TYPES } from "../domain/finding.ts";
import { GUARD_OUTCOMES, GUARD_RULES } from "../domain/guard-event.ts";
import { PII_MODES, type GuardPolicy } from "../domain/guard-policy.ts";
import { MODERATION_CHARACTERS_MAX, PAGE_DEFAULT, PAGE_MAX } from "../kernel/limits.ts";
import { guardChange } from "./admin.ts";

/** Trying the rules for content, what of them holds for a tenant, and what they did. */

const tenant = z.string().optional().describe("Slug. A tenant's own key means its own.");
const count = z.int().min(0);
const when = z.union([z.iso.datetime({ offset: true }), z.iso.date()], {
  error: "expected a date such as 2026-11-21, or a time such as 2026-11-21T08:30:00Z",
});

export const guardTry = z.strictObject({
  tenant,
  text: z.string().min(1).max(MODERATION_CHARACTERS_MAX),
  direction: z
    .enum(["in", "out"])
    .default("in")
    .describe("`in`: it would go into a call. `out`: a model would have answered it, to a call that held nothing of it."),
  place: z
    .enum(["user", "document"])
    .default("user")
    .describe("Where in a call it would stand: what the user says, or a passage of a document. Of `in` only."),
});
export type GuardTry = z.output<typeof guardTry>;

const place = { start: count.describe("UTF-16 offset in the text."), end: count.describe("Past the last.") };
export const guardTried = z.object({
  tenant: z.string(),
  direction: z.enum(["in", "out"]),
  place: z.enum(["user", "document"]),
  mode: z
    .enum(PII_MODES)
    .nullable()
    .describe("What the tenant's rules say of personal data there; null of an answer, which has modes of its own."),
  findings: z.array(
    z.object({
      type: z.enum(FINDING_TYPES),
      ...place,
      score: z.number(),
      reason: z.string().describe("What was seen, in permanent words."),
      counts: z.boolean().describe("It is somebody's. A place, an organisation or an age alone is nobody's."),
    }),
  ),
  injection: z
    .object({ score: z.number(), saw: z.array(z.string()), limit: z.number().describe("Above it the text is refused, or withheld.") })
    .nullable()
    .describe("null: nobody looks for attacks there."),
  rules: z
    .array(z.object({ rule: z.string(), action: z.enum(["detected", "replaced", "blocked"]), what: z.string() }))
    .describe("Of an answer: what its rules saw."),
  outcomes: z.array(
    z.object({
      for: z.enum(["private", "external", "caller"]),
      outcome: z.enum(["allow", "mask", "withhold", "private-only", "refuse", "change", "stop"]),
      code: z.string().nullable().describe("Of the refusal."),
      text: z.string().nullable().describe("What would arrive there; null: nothing."),
    }),
  ),
  notAsked: z.array(z.string()).describe("Detectors outside of this process: a text that is only tried is not sent to them."),
});
export type GuardTried = z.output<typeof guardTried>;

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the form has the settings of a policy and no others
const settingNames = Object.keys(guardChange.shape) as [keyof GuardPolicy, ...(keyof GuardPolicy)[]];
export const guardSettings = z.object({
  tenant: z.string(),
  settings: z.array(
    z.object({
      name: z.enum(settingNames),
      value: z.union([z.string(), z.boolean(), z.array(z.string()), z.record(z.string(), z.string())]),
      from: z
        .enum(["default", "configuration", "tenant", "policy"])
        .describe("`configuration`: weir.yaml. `tenant`: the tenant's own. `policy`: its own, by a policy that was approved."),
      inherited: z
        .union([z.string(), z.boolean(), z.array(z.string()), z.record(z.string(), z.string())])
        .describe("What would hold without the tenant's own."),
    }),
  ),
  policy: z.string().nullable().describe("The tenant's policy in production."),
  loosening: z
    .enum(["direct", "approval"])
    .describe("`approval`: what lets more through takes a policy and a second person. What tightens never does."),
  detectors: z.array(z.object({ name: z.string(), kind: z.string(), onFailure: z.string() })).describe("Asked beside the built-in rules."),
});
export type GuardSettings = z.output<typeof guardSettings>;

const rule = z.enum(GUARD_RULES);
const outcome = z
  .enum(GUARD_OUTCOMES)
  .describe(
    "`found`: the call went on. `stopped`: the answer was ended. `withheld`: a passage or a tool's result was kept from the model.",
  );
const span = {
  tenant,
  from: when.optional().describe("The last 31 days unless told."),
  to: when.optional(),
};
export const guardEventsQuery = z.strictObject({
  ...span,
  rule: rule.optional(),
  cursor: z.string().max(128).optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT),
});
export const guardDaysQuery = z.strictObject(span);

export const guardEvent = z.object({
  requestId: z.string().describe("Of refusals, the first one's."),
  tenant: z.string(),
  key: z.string(),
  rule: z.string(),
  outcome,
  count: count.describe("1, or the refusals of one key, rule and minute."),
  types: z.partialRecord(z.enum(FINDING_TYPES), count).describe("How many of each type of personal data."),
  score: z.number().nullable().describe("Of an attack."),
  createdAt: z.iso.datetime({ offset: true }),
});
export type GuardEvent = z.output<typeof guardEvent>;
export const guardEventsPage = z.object({ data: z.array(guardEvent), nextCursor: z.string().nullish() });
export const guardDays = z.object({
  from: z.string(),
  to: z.string(),
  days: z.array(z.object({ day: z.string(), rule: z.string(), outcome, calls: count })),
});
export type GuardDays = z.output<typeof guardDays>;

export const guardKeysQuery = z.strictObject({ tenant });
export const guardKeys = z.object({
  mode: z.enum(ABUSE_MODES).describe("What becomes of a key above a threshold."),
  throttleAbove: z.number(),
  suspendAbove: z.number(),
  data: z
    .array(
      z.object({
        tenant: z.string(),
        key: z.string(),
        score: z.number(),
        level: z.enum(["elevated", "high"]).nullable().describe("The threshold that it is above; null: neither."),
      }),
    )
    .describe("The worst first, at most 100."),
});
export type GuardKeys = z.output<typeof guardKeys>;
