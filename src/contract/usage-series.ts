import { z } from "zod";
import { PAGE_DEFAULT, PAGE_MAX } from "../kernel/limits.ts";

const moment = z.union([z.iso.datetime({ offset: true }), z.iso.date()], {
  error: "expected a date such as 2026-11-21, or a time such as 2026-11-21T08:30:00Z",
});
const text = z.string().max(256);
const word = (what: string) => text.optional().describe(`Of this ${what} only; empty: of none.`);

/** By what usage is asked for, each together with all others. */
const filters = {
  tenant: z.string().optional().describe("Its slug; or its id, as answers name one that is gone, and the platform where it tests models."),
  from: moment.optional(),
  to: moment.optional(),
  team: word("team"),
  key: text.optional().describe("Of the key with this id only."),
  feature: word("feature"),
  model: word("model"),
  provider: word("provider"),
  outcome: z.enum(["finished", "failed", "aborted", "refused"]).optional(),
};
const dollars = z.coerce.number().min(0).max(1_000_000);
const costMin = dollars.optional().describe("Calls that cost at least so many dollars. There are no `totals` then.");

export const usageQuery = z.strictObject({
  ...filters,
  costMinUsd: costMin,
  cursor: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(PAGE_DEFAULT),
});

export const USAGE_GROUPS = ["none", "tenant", "team", "key", "feature", "model", "provider", "outcome"] as const;
/** Enough for a page: the rest is told together, and whole in the export. */
const TOP_MAX = 200;

const grouped = {
  group: z.enum(USAGE_GROUPS).default("none").describe("What sums are told apart by. Keys go by their ids."),
  by: z.enum(["hour", "day"]).default("day").describe("Days are of UTC. By hour at most 8 days are told."),
};
export const usageSeriesQuery = z.strictObject({
  ...filters,
  ...grouped,
  top: z.coerce.number().int().min(1).max(TOP_MAX).default(8).describe("Values that are told each for itself; the others are added up."),
  order: z.enum(["cost", "calls", "tokens"]).default("cost").describe("What is at the top."),
});

export const usageExportQuery = z.strictObject({
  ...filters,
  ...grouped,
  costMinUsd: costMin,
  rows: z.enum(["sums", "calls"]).default("sums").describe("Sums by `group` and `by`, or every call."),
  format: z.enum(["csv"]).default("csv"),
  bom: z.enum(["true", "false"]).default("false").describe("Begin with a byte order mark, which spreadsheets need to read UTF-8."),
});

const count = z.int().min(0);
export const usageSums = z.object({
  calls: count.describe("Finished, failed and aborted ones."),
  refused: count,
  inputTokens: count,
  outputTokens: count,
  cachedTokens: count,
  costMicroUsd: count,
});
const at = z.iso.datetime();

export const usageSeries = z.object({
  from: at.describe("The first whole hour."),
  to: at,
  group: z.enum(USAGE_GROUPS),
  by: z.enum(["hour", "day"]),
  totals: usageSums,
  previous: z.object({ from: at, to: at, totals: usageSums }).describe("The span before, of the same length."),
  values: count.describe("How many values of the group there are, told or not."),
  groups: z
    .array(
      z.object({
        value: z.string().nullable().describe("null: all others, added up. Empty: what has none."),
        totals: usageSums,
        previous: usageSums,
        points: z.array(usageSums.extend({ at: at.describe("Start of the hour or day.") })).describe("Only where there was any."),
      }),
    )
    .describe("The top first, the others last."),
});
export type UsageSeriesAnswer = z.infer<typeof usageSeries>;
