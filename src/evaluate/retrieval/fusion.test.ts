import { test } from "bun:test";
import assert from "node:assert/strict";
import { createSeededRandom } from "../../kernel/seeded-random.ts";
import { chooseFusion, MIXES, type QueryKind } from "./fusion.ts";

const kinds: readonly QueryKind[] = Array.from({ length: 100 }, (_, at) => (at % 3 === 0 ? "keyword" : "question"));

/** Queries whose score falls with the distance of the weight from the best one of their kind. */
function world(best: Record<QueryKind, number>, noise: number, seed: number) {
  const random = createSeededRandom(seed);
  return MIXES.map((mix) => ({
    mix,
    values: kinds.map((kind) => 0.8 - Math.abs(mix.weight - best[kind]) * 0.5 + (random() - 0.5) * noise),
  }));
}
const at = (scores: ReturnType<typeof world>, weight: number) =>
  scores.find(({ mix }) => mix.method === "rank" && mix.weight === weight)?.values ?? [];

test("each kind of query gets the weight that serves it, and the gain is told on queries that had no say", () => {
  const scores = world({ question: 0.8, keyword: 0.2 }, 0.1, 1);
  const report = chooseFusion(scores, kinds, at(scores, 0.5));
  assert.deepEqual([report.proposed.questionWeight, report.proposed.keywordWeight], [0.8, 0.2]);
  assert.ok(report.worthIt);
  assert.ok(report.heldOut.difference.mean > 0.1);
});

test("where words alone are best, that is what is proposed", () => {
  const scores = world({ question: 0, keyword: 0 }, 0.05, 2);
  const report = chooseFusion(scores, kinds, at(scores, 0.5));
  assert.deepEqual([report.proposed.questionWeight, report.proposed.keywordWeight], [0, 0]);
  assert.ok(report.worthIt);
});

test("noise alone is seldom worth a change", () => {
  let proposed = 0;
  const rounds = 40;
  for (let round = 0; round < rounds; round++) {
    const random = createSeededRandom(round + 5);
    const scores = MIXES.map((mix) => ({ mix, values: kinds.map(() => random()) }));
    if (chooseFusion(scores, kinds, at(scores, 0.5)).worthIt) proposed += 1;
  }
  console.log(`# fusion: ${proposed} of ${rounds} changes proposed from noise alone`);
  assert.ok(proposed <= 5);
});
