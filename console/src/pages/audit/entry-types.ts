import type { z } from "zod";
import type { auditPage } from "../../../../src/contract/answer-admin.ts";
import type { decisionPage } from "../../../../src/contract/answer-identity.ts";
import type { chainEntry } from "../../../../src/contract/audit.ts";

export type CallRow = z.infer<typeof auditPage>["data"][number];
export type DecisionRow = z.infer<typeof decisionPage>["data"][number];
export type Row = CallRow | DecisionRow;
export type Entry = z.infer<typeof chainEntry>;
export type ChainName = Entry["chain"];

export const isDecision = (row: Row): row is DecisionRow => "action" in row;
export const chainOf = (category: string): ChainName => (category === "calls" ? "calls" : "decisions");
