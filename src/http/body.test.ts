import assert from "node:assert/strict";
import { test } from "bun:test";
import { auditQuery } from "../contract/admin.ts";
import { usageQuery } from "../contract/usage-series.ts";
import { chatCompletionRequest } from "../contract/chat-completions.ts";
import { holdSet } from "../contract/erasure.ts";
import { rolloutCreate } from "../contract/rollout.ts";
import { Fault } from "../kernel/fault.ts";
import { checkBody } from "./body.ts";
import { readQuery } from "./query.ts";

function said(check: () => unknown): string {
  try {
    check();
  } catch (error) {
    assert.ok(error instanceof Fault && error.code === "body_invalid");
    return error.message;
  }
  return assert.fail("it was taken");
}

const messages = [{ role: "user", content: "hi" }];
const CASES: readonly (readonly [what: string, check: () => unknown, says: string])[] = [
  ["what is missing", () => checkBody({ messages }, chatCompletionRequest), "model: is missing; expected string."],
  ["another type", () => checkBody({ model: 5, messages }, chatCompletionRequest), "model: expected string, received number."],
  ["too few", () => checkBody({ model: "m", messages: [] }, chatCompletionRequest), "messages: expected array to have at least 1 item."],
  [
    "a date",
    () => readQuery(new URLSearchParams("from=yesterday"), usageQuery),
    "from: expected a date such as 2026-11-21, or a time such as 2026-11-21T08:30:00Z.",
  ],
  [
    "one of several",
    () => readQuery(new URLSearchParams("category=x"), auditQuery),
    'category: expected one of "sign-ins" | "authorisations" | "data-access" | "configuration" | "security" | "decisions" | "calls".',
  ],
  ["a kind", () => checkBody({ kind: "modl" }, rolloutCreate), "kind: expected 'model' | 'prompt' | 'policy'."],
  [
    "an end",
    () => checkBody({ reason: "x", until: "soon" }, holdSet),
    "until: expected a date such as 2027-06-30, or a time such as 2027-06-30T18:00:00Z.",
  ],
  [
    "a name in a query",
    () => readQuery(new URLSearchParams("tennant=a"), usageQuery),
    'The query: unknown field "tennant". Did you mean "tenant"?',
  ],
  ["a name in a body", () => checkBody({ tennant: "a" }, usageQuery), 'The body: unknown field "tennant". Did you mean "tenant"?'],
];
for (const [what, check, says] of CASES)
  test(`what is wrong is said with its place and what would be right: ${what}`, () => assert.equal(said(check), says));
