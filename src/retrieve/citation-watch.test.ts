import { test } from "bun:test";
import assert from "node:assert/strict";
import { createDice } from "../../test/documents/dice.ts";
import type { Part } from "../domain/chat.ts";
import { testPassage } from "../domain/testing.ts";
import { createCitationWatch, type CitationWatchOptions } from "./citation-watch.ts";

const passages = [
  testPassage({ text: "# Vacation\n\nFull-time employees have 30 vacation days a year. Days expire on 31 March." }),
  testPassage({ text: "Salaries are paid on the 28th of each month." }),
  testPassage({ text: "The notice period is three months." }),
];
const END: readonly Part[] = [
  { type: "choice-finish", choice: 0, reason: "stop", rawReason: "stop" },
  { type: "finish", upstreamId: undefined, upstreamModel: undefined },
];

/** An answer that comes in these pieces, as it leaves. */
function watch(pieces: readonly string[], options: Partial<CitationWatchOptions> = {}) {
  const watching = createCitationWatch(passages, { mode: "edit", ...options });
  const parts = [...pieces.map((text): Part => ({ type: "text-delta", choice: 0, text })), ...END].flatMap((part) => watching.push([part]));
  const text = parts.map((part) => (part.type === "text-delta" ? part.text : "")).join("");
  const cited = parts.flatMap((part) => (part.type === "citation" ? [part] : []));
  const places = cited.map(({ passage, start, end }) => [passage + 1, text.slice(start, end)] as const);
  return { parts, text, cited, places, grounding: watching.grounding };
}

test("a mark whose passage does not support the sentence leaves the text, and is counted", () => {
  const { text, places, grounding } = watch([
    "You have 30 vacation days a year [1]. You have 40 vacation days a year [1]. Pay comes on the 28th. [2] More [1][2].",
  ]);
  assert.equal(text, "You have 30 vacation days a year [1]. You have 40 vacation days a year. Pay comes on the 28th. [2] More [1][2].");
  assert.deepEqual(places.slice(0, 2), [
    [1, "You have 30 vacation days a year"],
    [2, "Pay comes on the 28th."],
  ]);
  assert.equal(grounding?.removed, 1);
  assert.equal(grounding.grounded, true);
});

test("of several numbers in one mark those without support go, and a number without a passage goes", () => {
  const { text, grounding } = watch(["The notice period is three months [1, 3]. The notice period is three months [2-3] and so on [7]."]);
  assert.equal(text, "The notice period is three months [3]. The notice period is three months [3] and so on.");
  assert.equal(grounding?.removed, 3);
});

test("brackets that are no marks stay", () => {
  for (const text of [
    "See [1](http://x), [a], [0], [2024], [1.5], [ 1 ] and array[] and x[2] and total_cost[3].",
    "Write `list[1]` or:\n```\nfirst = list[1]\n```\nand that is it.",
    "[1] begins with nothing.",
    "An open [1",
    "An open [1, ",
    "[",
  ])
    assert.deepEqual([watch([text]).text, watch(Array.from(text)).text], [text, text]);
});

const SENTENCES = [
  "You have 30 vacation days a year [1].",
  "You have 40 vacation days a year [1].",
  "Pay comes on the 28th. [2]",
  "The notice period is three months [3][2].",
  "Dogs are welcome [9].",
  "- item [1](http://x)\n",
  "`code[1]` stays.",
  "\n```\na[2] = [1]\n```\n",
  "Or [1, 3] and [2-4]!",
  "An open [1 and [",
];

test("however an answer is cut into parts, the same text and the same citations leave, and nothing is held beyond a mark", () => {
  const dice = createDice(11);
  let cuts = 0;
  for (let round = 0; round < 300; round++) {
    const answer = Array.from({ length: 1 + dice.below(6) }, () => dice.pick(SENTENCES)).join(dice.below(2) === 0 ? " " : "\n");
    const whole = watch([answer]);
    const pieces: string[] = [];
    for (let at = 0; at < answer.length;) {
      const end = at + 1 + dice.below(9);
      pieces.push(answer.slice(at, end));
      at = end;
      cuts++;
    }
    const parted = watch(pieces);
    assert.equal(parted.text, whole.text);
    assert.deepEqual(parted.cited, whole.cited);
    assert.deepEqual(parted.grounding, whole.grounding);
    for (const { start, end } of parted.cited) assert.ok(start < end && end <= parted.text.length);
    let told = 0;
    let given = 0;
    const watching = createCitationWatch(passages, { mode: "edit" });
    for (const text of pieces) {
      given += text.length;
      for (const part of watching.push([{ type: "text-delta", choice: 0, text }])) if (part.type === "text-delta") told += part.text.length;
      const removed = 20 * pieces.length;
      assert.ok(given - told <= removed + 110);
    }
  }
  console.log(`# citations: ${cuts} cuts of 300 answers`);
});

test("the planted fault: a watch that looks at each part alone would let marks pass that are cut in two", () => {
  const answer = "You have 40 vacation days a year [1].";
  const alone = Array.from(answer)
    .map((text) => watch([text]).text)
    .join("");
  assert.equal(alone, answer);
  assert.equal(watch(Array.from(answer)).text, "You have 40 vacation days a year.");
});

test("JSON and other exact answers keep every character: an unsupported mark is not listed, and counted", () => {
  const answer = '{"a": "You have 30 vacation days a year [1].", "b": "You have 40 vacation days a year [1]."}';
  const { text, cited, grounding } = watch([answer], { mode: "list" });
  assert.equal(text, answer);
  assert.equal(cited.length, 1);
  assert.equal(grounding?.removed, 1);
});

test("an answer that names its sources itself is not judged again", () => {
  const watching = createCitationWatch(passages, { mode: "list" });
  const own: Part = { type: "citation", choice: 0, passage: 1, start: 0, end: 5, quote: "Words" };
  const parts = watching.push([{ type: "text-delta", choice: 0, text: "Words. [1]" }, own, ...END]);
  assert.deepEqual(
    parts.filter((part) => part.type === "citation"),
    [own],
  );
  assert.deepEqual(watching.grounding, { cited: 1, removed: 0, grounded: true });
});

test("choices are watched apart, and what is held leaves before a choice ends", () => {
  const watching = createCitationWatch(passages, { mode: "edit" });
  const parts = watching.push([
    { type: "text-delta", choice: 0, text: "You have 30 vacation days a year [" },
    { type: "text-delta", choice: 1, text: "Pay comes on the 28th [2" },
    { type: "text-delta", choice: 0, text: "1]." },
    { type: "text-delta", choice: 1, text: "]." },
    { type: "text-delta", choice: 1, text: " And [" },
    { type: "choice-finish", choice: 1, reason: "length", rawReason: "length" },
  ]);
  const of = (choice: number): string =>
    parts.map((part) => (part.type === "text-delta" && part.choice === choice ? part.text : "")).join("");
  assert.deepEqual([of(0), of(1)], ["You have 30 vacation days a year [1].", "Pay comes on the 28th [2]. And ["]);
  assert.equal(parts.at(-1)?.type, "choice-finish");
  assert.deepEqual(
    parts.flatMap((part) => (part.type === "citation" ? [[part.choice, part.passage]] : [])),
    [
      [0, 0],
      [1, 1],
    ],
  );
});

test("an answer that says that the documents do not hold it is not held; one without marks is only not grounded", () => {
  assert.deepEqual(watch(["The documents do not hold the answer."]).grounding, { cited: 0, removed: 0, grounded: false, notHeld: true });
  assert.deepEqual(watch(["You have 30 days."]).grounding, { cited: 0, removed: 0, grounded: false });
  assert.equal(watch([]).grounding, undefined);
});

test("marks by the thousand take no time", () => {
  const startedMs = performance.now();
  assert.ok(watch(Array.from({ length: 5000 }, () => "a [1]")).text.length > 0);
  assert.ok(watch(["[1".repeat(20_000)]).text.length > 0);
  assert.ok(performance.now() - startedMs < 5000);
});
