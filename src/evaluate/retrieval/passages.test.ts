import { test } from "bun:test";
import assert from "node:assert/strict";
import { createSource, scoreSpans } from "./passages.ts";

const text = "## Leave\n\nStaff have 28 days of leave.\nThey may carry over five.\n\nContractors have **none**.";
const sources = new Map([["policy", createSource(text, (part) => part.split(/\s+/).filter((word) => word !== "").length)]]);
const ask = (references: readonly string[]) => ({ id: "1", text: "?", document: "policy", references });
const found = (...texts: readonly string[]) => texts.map((one) => ({ document: "policy", text: one }));

test("what was found is measured against the exact words that answer", () => {
  const score = scoreSpans(
    ask(["Staff have 28 days of leave."]),
    found("Staff have 28 days of leave.\nThey may carry over five."),
    sources,
  );
  assert.equal(score?.recall, 1);
  assert.equal(score?.precision, 6 / 11);
  assert.equal(score?.overlap, 6 / 11);
});

test("line breaks and marks of a parser do not matter", () => {
  assert.equal(scoreSpans(ask(["leave. They may carry"]), found("of leave.\nThey may carry over"), sources)?.recall, 1);
  assert.equal(scoreSpans(ask(["Contractors have none."]), found("Contractors have **none**."), sources)?.recall, 1);
});

test("the same passage twice adds nothing to recall and takes from precision", () => {
  const once = scoreSpans(ask(["They may carry over five."]), found("They may carry over five."), sources);
  const twice = scoreSpans(ask(["They may carry over five."]), found("They may carry over five.", "They may carry over five."), sources);
  assert.deepEqual([once?.recall, once?.precision, twice?.recall, twice?.precision], [1, 1, 1, 0.5]);
});

test("passages of other documents count in vain, and a question whose answer stands nowhere is not scored", () => {
  const other = scoreSpans(ask(["They may carry over five."]), [{ document: "other", text: "They may carry over five." }], sources);
  assert.deepEqual([other?.recall, other?.precision], [0, 0]);
  assert.equal(scoreSpans(ask(["nowhere at all"]), found("Staff"), sources), undefined);
});
