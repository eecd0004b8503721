import { z } from "zod";

export const budgetsQuery = z.strictObject({
  tenant: z.string().optional().describe("Its budget and those of its keys. Without it: the platform's, and each tenant's own."),
  cursor: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(100).default(100).describe("Tenants (or keys of the tenant) that are looked at for one page."),
});

const microUsd = z.int();
const moment = z.iso.datetime();
const forecast = z.discriminatedUnion("method", [
  z.object({
    method: z.literal("none"),
    reason: z.literal("too-little-data").describe("Fewer than three whole days since the first cost."),
  }),
  z.object({
    method: z
      .enum(["run-rate", "weekday-run-rate"])
      .describe("The mean of the last days (at most 28); from 14 days on the mean of each weekday's own."),
    microUsd: microUsd.describe("At the month's end."),
    lowMicroUsd: microUsd.describe("Four of five months end between low and high, if days go on to scatter as they did."),
    highMicroUsd: microUsd,
    days: z.int().describe("Whole days that it was made from."),
    reachesLimitAt: moment.nullable().describe("null: not before the month ends."),
  }),
]);

export const budget = z.object({
  scope: z.enum(["platform", "tenant", "key"]),
  tenant: z.string().nullable(),
  key: z.string().nullable(),
  name: z.string().nullable().describe("Of the tenant or the key."),
  period: z.string().describe("A calendar month, UTC: `2026-11`."),
  renewsAt: moment,
  limitMicroUsd: microUsd,
  spentMicroUsd: microUsd.describe("What the month's calls in the ledger have cost."),
  leasedMicroUsd: microUsd.describe("Held by running servers for calls under way and to come."),
  forecast,
  refused: z
    .array(z.object({ key: z.string(), count: z.int(), firstAt: moment, lastAt: moment.describe("Start of its minute.") }))
    .describe(
      "Whose calls were refused this month because a budget was spent, most first: of a tenant, whether its own or the key's. Of a tenant's newest 5,000 rows of refusals; one is of a key, a code and a minute.",
    ),
});
export const budgetPage = z.object({ data: z.array(budget), nextCursor: z.string().nullish() });
export type Budget = z.infer<typeof budget>;
export type BudgetPage = z.infer<typeof budgetPage>;
