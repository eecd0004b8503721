import { test } from "bun:test";
import assert from "node:assert/strict";
import { collectionIds, fileIds, tenantIds } from "../kernel/ids.ts";
import { WHOLE_TENANT } from "../domain/reader.ts";
import type { FoundChunk } from "../store/postings.ts";
import type { CollectionView, PassageIndex } from "./passage-index.ts";
import { withServingGate } from "./serving-gate.ts";

const good: FoundChunk = {
  no: 7,
  document: 5,
  start: 10,
  end: 16,
  headings: [],
  text: "Words.",
  title: "T",
  fileId: fileIds.make(1),
  filename: "a.txt",
  pages: [
    { offset: 10, page: 1 },
    { offset: 14, page: 3 },
  ],
};
const BAD: readonly (readonly [string, Partial<FoundChunk>])[] = [
  ["unasked", { no: 8 }],
  ["empty", { text: "      " }],
  ["empty", { text: "", end: 10 }],
  ["offsets", { end: 17 }],
  ["offsets", { start: -4, end: 2 }],
  ["offsets", { start: Number.NaN }],
  ["pages", { pages: [{ offset: 12, page: 1 }] }],
  [
    "pages",
    {
      pages: [
        { offset: 10, page: 1 },
        { offset: 16, page: 2 },
      ],
    },
  ],
  [
    "pages",
    {
      pages: [
        { offset: 10, page: 2 },
        { offset: 12, page: 2 },
      ],
    },
  ],
];

test("what an index gives that is empty, out of its place or unasked for is left out and told of, the rest is served", async () => {
  const tenantId = tenantIds.make(1);
  const id = collectionIds.make(1);
  const unused = (): never => assert.fail("not asked for");
  for (const [anomaly, change] of BAD) {
    const told: unknown[] = [];
    const index: PassageIndex = {
      open: unused,
      sparse: unused,
      dense: unused,
      generations: unused,
      read: () => Promise.resolve([good, { ...good, ...change }]),
    };
    const view: CollectionView = {
      ask: { tenantId, collection: "c", reader: WHOLE_TENANT, filter: undefined },
      id,
      name: "c",
      version: 1,
      settings: {},
      languages: [],
      visible: { kind: "hidden", ranges: [], chunkCount: 1, lengthSum: 1 },
    };
    const served = await withServingGate(index, (at) => told.push(at)).read(view, [7]);
    assert.deepEqual(served, [good]);
    assert.deepEqual(told, [{ tenantId, collectionId: id, no: change.no ?? 7, anomaly }]);
  }
  console.log(`# serving gate: ${BAD.length} planted chunks, all left out and told of`);
});
