import { test } from "bun:test";
import assert from "node:assert/strict";
import type { Chunking } from "../domain/collection.ts";
import { fileIds } from "../kernel/ids.ts";
import { mergeChunks } from "./merge.ts";
import type { ScoredChunk } from "./merge.ts";

const text = Array.from({ length: 400 }, (_, at) => `word${at} goes on here.`).join(" ");
const chunk = (no: number, start: number, end: number, score: number, document = 1): ScoredChunk => ({
  no,
  document,
  start,
  end,
  headings: [`at ${start}`],
  text: document === 1 ? text.slice(start, end) : `document ${document} ${text.slice(start, end)}`,
  title: "T",
  fileId: fileIds.make(1),
  filename: "t.md",
  score,
});

test("overlapping chunks of a document become one passage, in either order, with exact text and offsets", () => {
  for (const chunks of [
    [chunk(1, 0, 1000, 9), chunk(2, 800, 1800, 5)],
    [chunk(2, 800, 1800, 9), chunk(1, 0, 1000, 5)],
  ]) {
    const [merged, ...rest] = mergeChunks(chunks, 4);
    assert.equal(rest.length, 0);
    assert.equal(merged?.text, text.slice(0, 1800));
    assert.deepEqual([merged.start, merged.end, merged.score, merged.headings], [0, 1800, 9, ["at 0"]]);
  }
});

test("chunks of other documents and far ones stay apart", () => {
  const chunks = [chunk(1, 0, 1000, 9), chunk(5, 0, 1000, 8, 2), chunk(3, 5000, 6000, 7)];
  assert.deepEqual(mergeChunks(chunks, 8), chunks);
});

test("what would grow too long is cut to what it adds", () => {
  const merged = mergeChunks([chunk(1, 0, 4000, 9), chunk(2, 3500, 7500, 5)], 4);
  assert.equal(merged.length, 2);
  assert.equal(merged[0]?.text, text.slice(0, 4000));
  assert.equal(merged[1]?.text, text.slice(merged[1]?.start, merged[1]?.end));
  assert.ok((merged[1]?.start ?? 0) >= 4000);
});

test("a copy under another name is dropped", () => {
  const copy = { ...chunk(9, 0, 1000, 8, 1), document: 7 };
  assert.equal(mergeChunks([chunk(1, 0, 1000, 9), copy], 4).length, 1);
});

test("no more passages than asked for, and a lower chunk does not lengthen a better one", () => {
  const chunks = [chunk(1, 0, 1000, 9), chunk(3, 5000, 6000, 8), chunk(2, 800, 1800, 2)];
  const merged = mergeChunks(chunks, 2);
  assert.deepEqual(
    merged.map((one) => [one.start, one.end]),
    [
      [0, 1000],
      [5000, 6000],
    ],
  );
});

const WINDOW: Chunking = { strategy: "window", tokens: 64 };
const small = (no: number, score: number): ScoredChunk => ({ ...chunk(no, no * 200, no * 200 + 200, score), chunking: WINDOW });

test("small chunks that stand beside one another become one passage, up to four of them, while they score half of the best", () => {
  const chunks = [small(5, 9), small(9, 8), small(4, 6), small(20, 5.5), small(6, 5), small(7, 4.6), small(3, 4.5), small(10, 4.4)];
  const merged = mergeChunks(chunks, 2);
  assert.deepEqual(
    merged.map(({ start, score }) => [start, score]),
    [
      [800, 9],
      [1800, 8],
    ],
  );
  assert.equal(merged[0]?.text, text.slice(800, 1600).trimEnd());
  assert.equal(merged[1]?.end, 1800 + text.slice(1800, 2000).trimEnd().length);
  assert.equal(merged[0].end - merged[0].start, merged[0].text.length);
});

const FAMILY: Chunking = { strategy: "parent-child", tokens: 64, parentTokens: 256 };
const child = (no: number, parent: number, score = 0): ScoredChunk => ({
  ...chunk(no, no * 200, no * 200 + 200, score),
  parent,
  chunking: FAMILY,
  injection: no === 11 ? 0.6 : 0.1,
  findings: no === 12 ? [{ type: "EMAIL", start: 10, end: 20, score: 1, reason: "test" }] : [],
});

test("small chunks give way to the larger one that they stand in, once, under the best one's rank", () => {
  const family = [10, 11, 12, 13].map((no) => child(no, 10));
  const other = [14, 15].map((no) => child(no, 14));
  const merged = mergeChunks([child(12, 10, 9), child(15, 14, 8), child(10, 10, 7)], 5, [...other, ...family]);
  assert.deepEqual(
    merged.map(({ no, start, score }) => [no, start, score]),
    [
      [12, 2000, 9],
      [15, 2800, 8],
    ],
  );
  const [whole] = merged;
  assert.equal(whole?.text, text.slice(2000, 2800).trimEnd());
  assert.equal(whole.injection, 0.6);
  assert.deepEqual(
    whole.findings?.map(({ start, end }) => [start, end]),
    [[410, 420]],
  );
});

test("of a larger chunk only the run round the found one comes back where one that may not be read stands between", () => {
  const family = [10, 12, 13].map((no) => child(no, 10));
  const [whole] = mergeChunks([child(13, 10, 9)], 5, family);
  assert.equal(whole?.text, text.slice(2400, 2800).trimEnd());
  // The words of what is missing are in nothing that comes back.
  assert.ok(!whole.text.includes(text.slice(2210, 2240)));
});
