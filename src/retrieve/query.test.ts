import { test } from "bun:test";
import assert from "node:assert/strict";
import { readConversations } from "../../test/follow-ups/conversations.ts";
import type { Message } from "../domain/chat.ts";
import { toQuery, toQuestion } from "./query.ts";

const talk = (...said: readonly string[]): Message[] =>
  said.map((content, at) => ({ role: at % 2 === 0 ? ("user" as const) : ("assistant" as const), content }));
const FIRST = "How many vacation days do full-time employees have in a year?";

test("a question that stands alone is the query", () => {
  const last = "How many vacation days do part-time employees in the Leipzig laboratory get?";
  assert.equal(toQuery(talk("How are refunds paid?", "By card.", last)), last);
  assert.equal(toQuery(talk("Why?")), "Why?");
});

test("a question that leans on what was said before brings it along, and its own words twice", () => {
  const asked = [
    ..."And for contractors?|What about part-time employees?|Why?|Do they expire?|How is it requested?".split("|"),
    ..."Und für Teilzeitkräfte?|Et pour les stagiaires ?|¿Y para los becarios?|E per i tirocinanti?|E para os estagiários?|En voor stagiairs?".split(
      "|",
    ),
    ..."Och för praktikanter?|Og for praktikanter?|Entä harjoittelijat?|А для стажёров?|パートは？|兼职呢？|인턴은요?".split("|"),
  ];
  for (const last of asked) assert.equal(toQuery(talk(FIRST, "30 days [1].", last)), `${FIRST}\n30 days .\n${last}\n${last}`);
  console.log(`# follow-ups: ${asked.length} ways to lean on the question before`);
});

test("what is leant on is followed back to a question that stands alone", () => {
  const said = talk(FIRST, "30.", "And part-time?", "A share.", "How fast is it answered?");
  assert.equal(toQuestion(said), `${FIRST}\nAnd part-time?\nHow fast is it answered?`);
  const other = talk("How are refunds of annual cloud subscriptions paid to customers?", "By card.", FIRST, "30.", "And part-time?");
  assert.equal(toQuestion(other), `${FIRST}\nAnd part-time?`);
});

test("the item of a list that is pointed at comes along instead of the whole answer", () => {
  const answer = "There are:\n1. Linux laptops\n2. MacBooks with an M3\n3. Phones";
  assert.match(toQuery(talk("Which equipment is there?", answer, "Tell me about the second one")), /\nMacBooks with an M3\n/);
  assert.match(toQuery(talk("Which equipment is there?", answer, "And the last?")), /\nPhones\n/);
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

test("of the labelled conversations no follow-up goes without its question, and longer talk than is needed stays out", () => {
  let carried = 0;
  const conversations = readConversations();
  assert.ok(conversations.length >= 60);
  for (const { messages, kind } of conversations) {
    const query = toQuery(messages);
    if (kind === "other topic") continue;
    const before = messages.at(-3)?.content;
    if (typeof before === "string" && query.includes(before)) carried++;
    else assert.fail(query);
  }
  console.log(`# follow-ups: ${carried} of ${conversations.length} conversations carried on`);
  const long = talk("a ".repeat(5000), "b ".repeat(5000), "Why?");
  assert.ok(toQuery(long).length < 10_400);
});
