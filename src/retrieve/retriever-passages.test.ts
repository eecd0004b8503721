import { test } from "bun:test";
import assert from "node:assert/strict";
import { WHOLE_TENANT } from "../domain/reader.ts";
import { collectionIds, fileIds, tenantIds } from "../kernel/ids.ts";
import type { FoundChunk } from "../store/postings.ts";
import type { PassageIndex } from "./passage-index.ts";
import { createRetriever } from "./retriever.ts";
import { termId } from "./term-id.ts";
import { terms } from "./terms.ts";

const ten = tenantIds.make(1);
const view = { id: collectionIds.make(1), name: "house", version: 1, settings: {}, languages: ["en"] };

/** An index in memory: the more of a query's words a chunk holds, the better. `searches`: how often it was asked. */
function memoryIndex(texts: readonly (readonly [document: number, text: string])[]) {
  const searches: number[] = [];
  const files = new Map(texts.map(([document]) => [document, fileIds.make(document)]));
  const chunks = texts.map(([document, text], at): FoundChunk => {
    const place = { no: at + 1, document, start: at * 10_000, end: at * 10_000 + text.length };
    return { ...place, headings: [], text, title: "", fileId: files.get(document) ?? fileIds.make(0), filename: `${document}.md` };
  });
  const index: PassageIndex = {
    open: async (ask) => ({ ...view, ask, visible: { kind: "hidden", ranges: [], chunkCount: chunks.length, lengthSum: 1 } }),
    async sparse(_, asked, limit) {
      searches.push(limit);
      const scored = chunks.map(({ no, text }) => {
        const held = new Set(terms(text).map(termId));
        return { no, score: asked.filter(({ ids }) => ids.some((id) => held.has(id))).length };
      });
      return scored
        .filter(({ score }) => score > 0)
        .toSorted((a, b) => b.score - a.score)
        .slice(0, limit);
    },
    generations: async () => [],
    dense: async () => [],
    read: async (_view, numbers) => chunks.filter(({ no }) => numbers.includes(no)),
  };
  return { index, searches };
}

const ask = { collection: "house", reader: WHOLE_TENANT };

test("a near copy gives its place to what says something else; two versions that differ in a number are both found", async () => {
  const rule = "vacation days expire at the end of March unless illness or parental leave stood in the way of taking them in time before";
  const { index } = memoryIndex([
    [1, `${rule} 30 days`],
    [2, `${rule} 30 days indeed`],
    [3, `${rule} 25 days`],
    [4, "vacation days are requested in the portal"],
  ]);
  const { passages } = await createRetriever({ index })(ten, { ...ask, query: "vacation days expire March illness", topK: 3 });
  assert.deepEqual(
    passages.map(({ filename }) => filename),
    ["1.md", "3.md", "4.md"],
  );
});

test("with two hops what the first passages name is searched for as well, and without asking for them once", async () => {
  const filler = Array.from({ length: 12 }, (_, at): readonly [number, string] => [10 + at, `In building ${at + 20} some people work.`]);
  const { index, searches } = memoryIndex([
    [1, "Project Osprey is run by the Harbour Group since last year."],
    ...filler,
    [2, "The Harbour Group is at Pier Nine, where its people work."],
  ]);
  const retrieve = createRetriever({ index });
  const query = "In which building do the people sit who run Project Osprey?";
  const once = await retrieve(ten, { ...ask, query, topK: 5 });
  assert.equal(searches.length, 1);
  assert.ok(!once.passages.some(({ filename }) => filename === "2.md"), "one search misses it: the planted fault");
  const twice = await retrieve(ten, { ...ask, query, topK: 5, hops: 2 });
  assert.equal(searches.length, 3);
  assert.ok(twice.passages.some(({ filename }) => filename === "2.md") && twice.passages.some(({ filename }) => filename === "1.md"));
  assert.equal(twice.passages.length, 5);
});

test("a question that compares gets passages of several documents, another one the best wherever they stand", async () => {
  const { index } = memoryIndex([
    ...[
      "notice period termination months contract",
      "notice period termination months",
      "notice termination period contract",
      "notice period termination weeks contract",
    ].map((words, at): readonly [number, string] => [1, `${words} ${"abcd".charAt(at)}`]),
    [2, "notice period"],
    [3, "termination period"],
  ]);
  const retrieve = createRetriever({ index });
  const files = async (query: string): Promise<number> =>
    new Set((await retrieve(ten, { ...ask, query, topK: 3 })).passages.map(({ filename }) => filename)).size;
  assert.equal(await files("What is the notice period for termination of the contract in months?"), 1);
  assert.equal(await files("Compare the notice period for termination of the contract in months"), 3);
});
