import assert from "node:assert/strict";
import { test } from "bun:test";
import type { Scored } from "./bm25.ts";
import { fuse, RANK_CONSTANT, weightsOf } from "./fuse.ts";

let state = 11;
const next = (below: number): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 4294967296) * below);
};
const randomLeg = (): readonly Scored[] => {
  const numbers = [...new Set(Array.from({ length: next(30) }, () => next(40)))];
  return numbers.map((no) => ({ no, score: next(1000) / 10 })).toSorted((one, other) => other.score - one.score || one.no - other.no);
};
const METHODS = ["rank", "score"] as const;
const numbersOf = (list: readonly Scored[]): readonly number[] => list.map(({ no }) => no);

test("by rank it is the formula of its authors, scaled so that first in both is 1", () => {
  const dense = [3, 1, 2].map((no) => ({ no, score: 0 }));
  const sparse = [1, 4].map((no) => ({ no, score: 0 }));
  const reciprocal = (rank: number): number => 1 / (RANK_CONSTANT + rank);
  const expected = new Map([
    [1, reciprocal(2) + reciprocal(1)],
    [3, reciprocal(1)],
    [4, reciprocal(2)],
    [2, reciprocal(3)],
  ]);
  const fused = fuse(dense, sparse, "rank", { dense: 0.5, sparse: 0.5 });
  assert.deepEqual(numbersOf(fused), [...expected.keys()]);
  for (const { no, score } of fused) assert.ok(Math.abs(score - ((expected.get(no) ?? 0) * (RANK_CONSTANT + 1)) / 2) < 1e-12);
});

test("whatever the lists: nothing is lost or made up, the order is total, scores stay within 0 and 1", () => {
  let cases = 0;
  for (; cases < 2000; cases++) {
    const [dense, sparse, weight] = [randomLeg(), randomLeg(), next(11) / 10];
    for (const method of METHODS) {
      const fused = fuse(dense, sparse, method, { dense: weight, sparse: 1 - weight });
      const expected = new Set([...(weight > 0 ? numbersOf(dense) : []), ...(weight < 1 ? numbersOf(sparse) : [])]);
      assert.deepEqual(new Set(numbersOf(fused)), expected);
      assert.equal(fused.length, expected.size);
      for (const [at, one] of fused.entries()) {
        assert.ok(one.score >= 0 && one.score <= 1 + 1e-12);
        const after = fused[at + 1];
        assert.ok(after === undefined || one.score > after.score || (one.score === after.score && one.no < after.no));
      }
    }
  }
  console.log(`# ${cases} pairs of lists by both methods`);
});

test("a leg of weight 1, or the only one with hits, keeps its own order by rank", () => {
  for (let at = 0; at < 500; at++) {
    const [dense, sparse] = [randomLeg(), randomLeg()];
    assert.deepEqual(numbersOf(fuse(dense, sparse, "rank", { dense: 1, sparse: 0 })), numbersOf(dense));
    assert.deepEqual(numbersOf(fuse(dense, sparse, "rank", { dense: 0, sparse: 1 })), numbersOf(sparse));
    assert.deepEqual(numbersOf(fuse([], sparse, "rank", { dense: 0.7, sparse: 0.3 })), numbersOf(sparse));
  }
});

test("what is better in both lists is never below what is worse in both", () => {
  let cases = 0;
  for (let turn = 0; turn < 500; turn++) {
    const [dense, sparse] = [randomLeg(), randomLeg()];
    const place = (leg: readonly Scored[], no: number): number => leg.findIndex((one) => one.no === no);
    const fused = numbersOf(fuse(dense, sparse, "rank", { dense: 0.7, sparse: 0.3 }));
    for (const one of numbersOf(dense))
      for (const other of numbersOf(dense)) {
        const [a, b] = [place(sparse, one), place(sparse, other)];
        if (place(dense, one) >= place(dense, other) || a < 0 || b < 0 || a >= b) continue;
        assert.ok(fused.indexOf(one) < fused.indexOf(other));
        cases += 1;
      }
  }
  assert.ok(cases > 1000);
  console.log(`# ${cases} pairs`);
});

test("questions lean on meaning and keywords on words, as the collection says", () => {
  const fusion = { method: "rank", questionWeight: 0.9, keywordWeight: 0 } as const;
  assert.equal(weightsOf(fusion, "question").dense, 0.9);
  assert.deepEqual(weightsOf(fusion, "keyword"), { dense: 0, sparse: 1 });
});
