import { test } from "bun:test";
import assert from "node:assert/strict";
import { testPassage } from "../domain/testing.ts";
import { fileIds } from "../kernel/ids.ts";
import { asksForSynthesis, diversify } from "./diversity.ts";

const files = [1, 2, 3, 4].map((at) => fileIds.make(at));
const passage = (file: number, text: string) => testPassage({ fileId: files[file] ?? fileIds.make(9), text });

test("questions that compare, sum up or ask for all there is are told from others, in any language that is stemmed", () => {
  const asked = [
    "Compare the notice periods of the two contracts",
    "What are the differences between the policies?",
    "Summarise the rules on data retention",
    "List all suppliers",
    "Give me an overview of the benefits",
    "Vergleiche die Kündigungsfristen",
    "Fasse die Regeln zur Aufbewahrung zusammen",
    "Quelles sont les différences entre les contrats ?",
    "Compara los plazos de los contratos",
    "Riassumi le regole",
    "Quais são as diferenças?",
    "Wat zijn de verschillen?",
    "Jämför avtalen",
    "Сравни договоры",
    "契約を比較してください",
    "比较这两份合同",
  ];
  const others = [
    "How many vacation days do I have?",
    "Who leads an incident?",
    "E-4021",
    "Wie lange ist die Probezeit?",
    "When are salaries paid?",
  ];
  for (const query of asked) assert.ok(asksForSynthesis(query), query);
  for (const query of others) assert.ok(!asksForSynthesis(query), query);
  console.log(`# synthesis: ${asked.length} questions told from ${others.length}`);
});

test("at most a third of the passages come from one document, as long as others have any", () => {
  const pool = [
    ...Array.from({ length: 8 }, (_, at) => passage(0, `apple notice period number ${"abcdefgh".charAt(at)}`)),
    passage(1, "banana notice"),
    passage(1, "cherry period"),
    passage(2, "damson clause"),
  ];
  assert.equal(
    new Set(pool.slice(0, 6).map(({ fileId }) => fileId)).size,
    1,
    "by rank alone one document has all places: the planted fault",
  );
  const found = diversify(pool, 6);
  const counts = files.map((file) => found.filter(({ fileId }) => fileId === file).length);
  // Five of the others' and the cap; the sixth place is the first document's again.
  assert.deepEqual(counts, [3, 2, 1, 0]);
  assert.deepEqual(
    found.map((one) => pool.indexOf(one)),
    found.map((one) => pool.indexOf(one)).toSorted((one, other) => one - other),
  );
});

test("with one document all places are its own, and what says the same comes last", () => {
  const same = "the notice period is three months to the end of a month";
  const pool = [
    passage(0, same),
    passage(0, `${same} indeed`),
    passage(0, "sub-processors need written consent"),
    passage(0, "liability is limited"),
  ];
  assert.deepEqual(
    diversify(pool, 3).map(({ text }) => text),
    [same, "sub-processors need written consent", "liability is limited"],
  );
  assert.equal(diversify(pool, 9).length, 4);
  assert.deepEqual(diversify([], 3), []);
});

test("choosing a hundred of three hundred takes time in proportion to what may be chosen from", () => {
  const pool = Array.from({ length: 300 }, (_, at) =>
    passage(at % 7, Array.from({ length: 300 }, (__, word) => `w${(at * 31 + word * word * 7) % 2_000}x`).join(" ")),
  );
  const startedMs = performance.now();
  assert.equal(diversify(pool, 100).length, 100);
  const tookMs = performance.now() - startedMs;
  assert.ok(tookMs < 1_500, `${Math.round(tookMs)} ms`);
});
