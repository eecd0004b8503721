import { test } from "bun:test";
import assert from "node:assert/strict";
import type { Message } from "../domain/chat.ts";
import { toQuery } from "./query.ts";

const talk = (...said: readonly string[]): Message[] =>
  said.map((content, at) => ({ role: at % 2 === 0 ? ("user" as const) : ("assistant" as const), content }));

test("a question that stands alone is the query", () => {
  const last = "How many vacation days do part-time employees get?";
  assert.equal(toQuery(talk("How are refunds paid?", "By card.", last)), last);
});

test("a question that leans on the one before brings it along", () => {
  for (const last of ["And for contractors?", "What about part-time employees?", "Why?", "Do they expire?", "How is it requested?"]) {
    assert.equal(toQuery(talk("How many vacation days are there?", "30.", last)), `How many vacation days are there?\n${last}`);
  }
});

test("pictures are passed over, and without a user's message there is no query", () => {
  assert.equal(toQuery([]), "");
  assert.equal(toQuery([{ role: "system", content: "x" }]), "");
  const blocks = [
    { type: "image" as const, url: "data:," },
    { type: "text" as const, text: "Which refund window applies to loggers?" },
  ];
  assert.equal(toQuery([{ role: "user", content: blocks }]), "Which refund window applies to loggers?");
});
