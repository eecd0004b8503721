import { test } from "bun:test";
import assert from "node:assert/strict";
import { findCitations } from "./citations.ts";
import { testPassage } from "../domain/testing.ts";

const passages = [
  testPassage({ text: "# Vacation\n\nFull-time employees have 30 vacation days a year. Days expire on 31 March." }),
  testPassage({ text: "Salaries are paid on the 28th of each month." }),
  testPassage({ text: "The notice period is three months." }),
];
const read = (text: string) => findCitations(text, passages).map(({ passage, start, end }) => [passage, text.slice(start, end)]);

test("a mark belongs to the sentence before it, inside or behind its full stop", () => {
  assert.deepEqual(read("Hello. You have 30 days [1]. Pay comes on the 28th. [2] That is all."), [
    [0, "You have 30 days"],
    [1, "Pay comes on the 28th."],
  ]);
});

test("several marks on one statement, lists and ranges", () => {
  assert.deepEqual(read("It is so [1][3]. And so [1, 2]! Or [1-3]"), [
    [0, "It is so"],
    [2, "It is so"],
    [0, "And so"],
    [1, "And so"],
    [0, "Or"],
    [1, "Or"],
    [2, "Or"],
  ]);
});

test("numbers without a passage, links and brackets of other kinds are no citations", () => {
  assert.deepEqual(read("So [0], [4], [99] and [1](http://x) and [a] and [1.5] and array[] it is."), []);
  assert.deepEqual(read("[1] begins with nothing."), []);
});

test("the quote is the sentence of the passage that the statement rests on", () => {
  const [found] = findCitations("Vacation days expire on 31 March [1].", passages);
  assert.equal(found?.quote, "Days expire on 31 March.");
});

test("marks by the thousand take no time", () => {
  const startedMs = performance.now();
  assert.ok(findCitations("a [1]".repeat(5000), passages).length > 0);
  assert.ok(performance.now() - startedMs < 3000);
});
