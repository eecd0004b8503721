import { test } from "bun:test";
import assert from "node:assert/strict";
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
