import { test } from "bun:test";
import assert from "node:assert/strict";
import { createDice } from "../../test/documents/dice.ts";
import { readPairs } from "../../test/citations/pairs.ts";
import { compress, selectSpans } from "./compress.ts";
import { countTokens } from "./tokens.ts";

const sections = [...new Set(readPairs().map(({ passage }) => passage))];
const dice = createDice(9);

test("what is left stands in the text word for word, in order, and comes to a third or a half of it", () => {
  let [before, after, cut] = [0, 0, 0];
  for (const { text } of sections)
    for (const query of ["How much is it?", text.slice(0, 60), "vacation days", "", "何"]) {
      const spans = selectSpans(text, query);
      let end = 0;
      for (const span of spans) {
        assert.ok(span.start >= end && span.start < span.end && span.end <= text.length);
        end = span.end;
      }
      if (spans.length === 1 && spans[0]?.end === text.length) continue;
      const left = compress(text, query);
      for (const line of left.split("\n…\n")) assert.ok(text.includes(line.replace(/^…\n|\n…$/g, "")), line);
      [before, after, cut] = [before + countTokens(text), after + countTokens(left), cut + 1];
    }
  console.log(`# compression: ${cut} texts, ${(before / after).toFixed(2)} times shorter`);
  assert.ok(cut > 20 && before / after > 1.9 && before / after < 4);
});

test("the sentence that a statement rests on is left, where the statement is asked for", () => {
  let [kept, all, byChance] = [0, 0, 0];
  for (const { statement, passage, supported, kind } of readPairs()) {
    if (!supported || kind.includes("languages")) continue;
    const numbers = statement.match(/\d+/g) ?? [];
    const spans = selectSpans(passage.text, statement);
    if (numbers.length === 0 || !numbers.every((one) => passage.text.includes(one)) || spans[0]?.end === passage.text.length) continue;
    all++;
    const left = compress(passage.text, statement);
    if (numbers.every((one) => left.includes(one))) kept++;
    const start = dice.below(passage.text.length / 2);
    const piece = passage.text.slice(start, start + left.length);
    if (numbers.every((one) => piece.includes(one))) byChance++;
  }
  console.log(`# compression: ${kept} of ${all} answers left, ${byChance} by a piece of the same length anywhere`);
  assert.ok(kept / all >= 0.95 && byChance < kept);
});

test("a short text stays whole, and rows keep the first row of their table", () => {
  assert.equal(compress("One sentence. And another.", "nothing"), "One sentence. And another.");
  const rows = Array.from({ length: 40 }, (_, at) => `| item ${at} | ${at * 7} days | kept and then deleted |`);
  const table = ["## Retention", "| Kind | Kept for | Then |", "| --- | --- | --- |", ...rows].join("\n");
  const left = compress(table, "How long is item 31 kept?");
  assert.match(left, /^## Retention\n\| Kind \| Kept for/);
  assert.match(left, /\| item 31 \| 217 days/);
});

test("long texts take time in proportion", () => {
  assert.ok(compress("Word after word stands here. ".repeat(5_000), "word").length > 0);
});

test("a megabyte for a question holds nobody up: its two ends are what is looked for", () => {
  const question = `When is the deposit due? ${Array.from({ length: 140_000 }, (_, at) => at).join(" ")}`;
  const text = `${"Word after word stands here. ".repeat(60)}The deposit is due on Monday. ${"Word after word stands here. ".repeat(60)}`;
  const startedMs = performance.now();
  assert.match(compress(text, question), /due on Monday/);
  const tookMs = performance.now() - startedMs;
  assert.ok(tookMs < 1_000, `${Math.round(tookMs)} ms`);
});
