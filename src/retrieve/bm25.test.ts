import { test } from "bun:test";
import assert from "node:assert/strict";
import { B, K1, rankChunks } from "./bm25.ts";

type Chunk = Readonly<Record<string, number>>;

/** The formula as it is written in the literature, over whole documents: no postings, no packing. */
function reference(chunks: ReadonlyMap<number, Chunk>, query: readonly string[]): Map<number, number> {
  const lengthOf = (chunk: Chunk): number => Object.values(chunk).reduce((sum, count) => sum + count, 0);
  const average = [...chunks.values()].reduce((sum, chunk) => sum + lengthOf(chunk), 0) / chunks.size;
  const scores = new Map<number, number>();
  for (const term of query) {
    const holding = [...chunks.values()].filter((chunk) => chunk[term] !== undefined).length;
    const idf = Math.log(1 + (chunks.size - holding + 0.5) / (holding + 0.5));
    for (const [no, chunk] of chunks) {
      const count = chunk[term];
      if (count === undefined) continue;
      const norm = K1 * (1 - B + (B * lengthOf(chunk)) / average);
      scores.set(no, (scores.get(no) ?? 0) + (idf * count * (K1 + 1)) / (count + norm));
    }
  }
  return scores;
}

function toSearched(chunks: ReadonlyMap<number, Chunk>, query: readonly string[], hidden: readonly (readonly [number, number])[] = []) {
  const lengthOf = (chunk: Chunk): number => Object.values(chunk).reduce((sum, count) => sum + count, 0);
  const isHidden = (no: number): boolean => hidden.some(([first, count]) => no >= first && no < first + count);
  const visible = [...chunks].filter(([no]) => !isHidden(no));
  const terms = [...new Set(query)].map((term) => ({
    asked: query.filter((one) => one === term).length,
    lists: [
      Uint32Array.from(
        [...chunks].flatMap(([no, chunk]) => (chunk[term] === undefined ? [] : [no, chunk[term] + lengthOf(chunk) * 65536])),
      ),
    ],
  }));
  return { chunkCount: visible.length, lengthSum: visible.reduce((sum, [, chunk]) => sum + lengthOf(chunk), 0), hidden, terms };
}

function randomChunks(seed: number, count: number, spread: number): Map<number, Chunk> {
  let state = seed;
  const next = (below: number): number => {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    return Math.floor((state / 4294967296) * below);
  };
  const chunks = new Map<number, Chunk>();
  for (let no = 1; chunks.size < count; no += 1 + next(spread)) {
    const chunk: Record<string, number> = {};
    for (let at = 0; at < 12; at++) chunk[`t${next(next(40) + 1)}`] = 1 + next(5);
    chunks.set(no, chunk);
  }
  return chunks;
}

const QUERIES = [["t0"], ["t1", "t7"], ["t3", "t3", "t20"], ["t5", "t30", "t2", "missing"]];

test("scores are those of the formula, in order, for dense and for sparse numbers", () => {
  let compared = 0;
  for (const spread of [1, 50, 2_000_000]) {
    const chunks = randomChunks(7 + spread, 300, spread);
    for (const query of QUERIES) {
      const expected = [...reference(chunks, query)].toSorted((one, other) => other[1] - one[1] || one[0] - other[0]).slice(0, 10);
      const ranked = rankChunks(toSearched(chunks, query), 10);
      assert.equal(ranked.length, expected.length);
      for (const [at, [no, score]] of expected.entries()) {
        assert.ok(Math.abs((ranked[at]?.score ?? 0) - score) < 1e-9);
        if (expected.every(([other, same]) => other === no || Math.abs(same - score) > 1e-9)) assert.equal(ranked[at]?.no, no);
        compared += 1;
      }
    }
  }
  assert.ok(compared > 80, `${compared} scores compared`);
});

test("hidden chunks neither appear nor count", () => {
  const chunks = randomChunks(3, 200, 1);
  const hidden = [
    [20, 30],
    [1, 5],
    [150, 51],
  ] as const;
  const visible = new Map([...chunks].filter(([no]) => hidden.every(([first, count]) => no < first || no >= first + count)));
  for (const query of QUERIES) {
    const expected = reference(visible, query);
    const ranked = rankChunks(toSearched(chunks, query, hidden), 1000);
    assert.equal(ranked.length, expected.size);
    for (const { no, score } of ranked) assert.ok(Math.abs(score - (expected.get(no) ?? Number.NaN)) < 1e-9);
    // The same without hiding them is another result: the comparison above can fail.
    assert.ok(rankChunks({ ...toSearched(chunks, query), hidden: [] }, 1000).length > ranked.length);
  }
});

test("equal scores come in order of their numbers, and nothing comes of nothing", () => {
  const same = new Map([9, 4, 7, 1].map((no) => [no, { a: 1 }] as const));
  assert.deepEqual(
    rankChunks(toSearched(same, ["a"]), 3).map((one) => one.no),
    [1, 4, 7],
  );
  assert.deepEqual(rankChunks({ chunkCount: 0, lengthSum: 0, hidden: [], terms: [] }, 5), []);
  assert.deepEqual(rankChunks(toSearched(same, ["b"]), 5), []);
  assert.deepEqual(rankChunks(toSearched(same, ["a"]), 0), []);
});
