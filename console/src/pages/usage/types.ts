import type { z } from "zod";
import type { usagePage } from "../../../../src/contract/answer-admin.ts";
import type { UsageSeriesAnswer } from "../../../../src/contract/usage-series.ts";

export type Series = UsageSeriesAnswer;
export type Group = Series["groups"][number];
export type Sums = Series["totals"];
export type CallRow = z.infer<typeof usagePage>["data"][number];
export type { Budget, BudgetPage } from "../../../../src/contract/budgets.ts";
