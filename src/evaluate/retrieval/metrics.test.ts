import { test } from "bun:test";
import assert from "node:assert/strict";
import { createSeededRandom } from "../../kernel/seeded-random.ts";
import { ndcgAt, precisionAt, recallAt, reciprocalRank } from "./metrics.ts";

const judged = new Map([
  ["a", 3],
  ["b", 2],
  ["c", 0],
  ["d", 1],
]);

test("the figures are those that trec_eval gives", () => {
  const ranked = ["c", "a", "x", "b", "y"];
  assert.equal(recallAt(ranked, judged, 3), 1 / 3);
  assert.equal(recallAt(ranked, judged, 5), 2 / 3);
  assert.equal(precisionAt(ranked, judged, 5), 2 / 5);
  assert.equal(precisionAt(ranked, judged, 10), 2 / 10);
  assert.equal(reciprocalRank(ranked, judged), 1 / 2);
  const gained = 3 / Math.log2(3) + 2 / Math.log2(5);
  const ideal = 3 + 2 / Math.log2(3) + 1 / 2;
  assert.ok(Math.abs((ndcgAt(ranked, judged, 10) ?? 0) - gained / ideal) < 1e-12);
});

test("a query with nothing relevant cannot be scored, and is no zero", () => {
  for (const of of [new Map<string, number>(), new Map([["c", 0]])])
    assert.deepEqual(
      [recallAt(["c"], of, 5), precisionAt(["c"], of, 5), ndcgAt(["c"], of, 5), reciprocalRank(["c"], of)],
      [undefined, undefined, undefined, undefined],
    );
});

test("all figures lie between 0 and 1, the ideal order has an nDCG of 1, and a better place is never worse", () => {
  const random = createSeededRandom(7);
  let cases = 0;
  for (let round = 0; round < 500; round++) {
    const ids = Array.from({ length: 20 }, (_, at) => `d${at}`);
    const of = new Map(ids.filter(() => random() < 0.3).map((id) => [id, Math.floor(random() * 4)]));
    if (![...of.values()].some((grade) => grade > 0)) continue;
    const ranked = ids.toSorted(() => random() - 0.5);
    for (const value of [recallAt(ranked, of, 10), precisionAt(ranked, of, 10), ndcgAt(ranked, of, 10), reciprocalRank(ranked, of)])
      assert.ok(value !== undefined && value >= 0 && value <= 1 + 1e-12);
    const ideal = ids.toSorted((one, other) => (of.get(other) ?? 0) - (of.get(one) ?? 0));
    assert.ok(Math.abs((ndcgAt(ideal, of, 10) ?? 0) - 1) < 1e-12);
    const at = 1 + Math.floor(random() * 19);
    const [above, below] = [ranked[at - 1] ?? "", ranked[at] ?? ""];
    if ((of.get(below) ?? 0) <= (of.get(above) ?? 0)) continue;
    const better = ranked.with(at - 1, below).with(at, above);
    assert.ok((ndcgAt(better, of, 10) ?? 0) >= (ndcgAt(ranked, of, 10) ?? 0) - 1e-12);
    cases += 1;
  }
  console.log(`# retrieval metrics: ${cases} exchanges of neighbours, 0 worse`);
  assert.ok(cases > 50);
});
