import assert from "node:assert/strict";
import { test } from "bun:test";
import type { Passage } from "../domain/chat.ts";
import { RERANK_CANDIDATES, rerankPassages, type RerankAsk } from "./rerank.ts";

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what is not read is left out
const passage = (text: string, score = 1) => ({ text, score }) as unknown as Passage;
const ask = (...texts: string[]): RerankAsk => ({ query: "q", passages: texts.map((text) => passage(text)), trust: undefined });
const texts = (passages: readonly Passage[]) => passages.map(({ text }) => text).join("");

test("passages come best first by the model's scores, cut to what was wanted, and equals keep the search's order", async () => {
  const inOrder = await rerankPassages(async () => [0.1, 0.9, 0.9, 0.5], ask("a", "b", "c", "d"), 3);
  assert.deepEqual([texts(inOrder.passages), inOrder.reranked], ["bcd", true]);
  assert.deepEqual(
    inOrder.passages.map(({ score }) => score),
    [0.9, 0.9, 0.5],
  );
});

test("scores that are no probabilities become some, in the same order", async () => {
  const { passages } = await rerankPassages(async () => [-4, 8, 0.5], ask("a", "b", "c"), 3);
  assert.equal(texts(passages), "bca");
  assert.ok(passages.every(({ score }) => score > 0 && score < 1));
});

test("a model that could not be asked leaves the order of the search, and that is told", async () => {
  const inOrder = await rerankPassages(async () => undefined, ask("a", "b", "c"), 2);
  assert.deepEqual([texts(inOrder.passages), inOrder.reranked], ["ab", false]);
});

test("nothing found is nothing to ask a model about, and scores for other passages are no ranking", async () => {
  let asked = 0;
  const none = await rerankPassages(async () => (asked++, []), ask(), 2);
  assert.deepEqual([none.passages, asked], [[], 0]);
  await assert.rejects(
    rerankPassages(async () => [1], ask("a", "b"), 2),
    TypeError,
  );
  assert.ok(RERANK_CANDIDATES === 20);
});
