import { test } from "bun:test";
import assert from "node:assert/strict";
import { testPassage } from "../domain/testing.ts";
import { hopQuery, joinHops } from "./hop.ts";

test("the second search asks for names and codes that stand beside the question's words, and for the question", () => {
  const passages = [
    testPassage({ title: "Policy", text: "A level 1 incident is led by the Security Board. Lunch is served by Anna Berg." }),
    testPassage({ title: "Policy", text: "Each incident gets a form SEC-42 in the “incident register”." }),
  ];
  const query = "Who leads an incident of level 1?";
  const next = hopQuery(query, passages) ?? "";
  for (const lead of ["Security Board", "sec-42", "incident register"]) assert.ok(next.includes(lead), lead);
  assert.ok(next.endsWith(query) && !next.includes("Anna"));
});

test("where nothing is named that was not asked for, there is no second search", () => {
  assert.equal(
    hopQuery("What does the Security Board do?", [testPassage({ title: "", text: "The Security Board meets every week." })]),
    undefined,
  );
  assert.equal(hopQuery("anything", []), undefined);
});

test("the best of the first search keep their places, and every chunk comes once", () => {
  const list = (...numbers: readonly number[]) => numbers.map((no) => ({ no }));
  const joined = joinHops(list(1, 2, 3, 4, 5, 6), list(9, 2, 8, 5), 5).map(({ no }) => no);
  assert.deepEqual(joined, [1, 2, 3, 9, 4, 8, 5, 6]);
  assert.deepEqual(joinHops(list(1), list(), 5), list(1));
});
