import assert from "node:assert/strict";
import { test } from "bun:test";
import type { Passage } from "../domain/chat.ts";
import { Fault } from "../kernel/fault.ts";
import { collectionIds, fileIds } from "../kernel/ids.ts";
import { toWireFileId } from "../ingest/index.ts";
import { fetchDocument, search, type McpDeps, type ToolCall } from "./mcp-tools.ts";

const file = fileIds.make(1);
const stores = Array.from({ length: 12 }, (_, at) => collectionIds.make(at + 1));
const who = { tenant: { id: "ten" }, key: { id: "key" }, role: "member" };
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the tools read these fields alone
const call = { who, requestId: "req", feature: undefined, origin: "http://w", signal: new AbortController().signal } as unknown as ToolCall;
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same
const passage = (text: string, score: number) =>
  ({
    text,
    score,
    fileId: file,
    start: 7,
    title: "T",
    headings: [],
    collectionId: stores[0],
    collectionName: "c",
    filename: "f",
  }) as unknown as Passage;

type Found = Readonly<Record<string, readonly (readonly [text: string, score: number])[]>>;
function deps(found: Found, more: { reranked?: boolean; pages?: readonly (readonly string[])[]; hasMore?: boolean } = {}): McpDeps {
  const made = {
    listCollections: async () => ({ data: Object.keys(found).map((id) => ({ id })), hasMore: more.hasMore ?? false }),
    searchCollection: async (_: unknown, { collection, rerank }: { collection: string; rerank: unknown }) => ({
      passages: (found[collection] ?? []).map(([text, score]) => passage(text, score)),
      ...(rerank === undefined ? {} : { reranked: more.reranked ?? true }),
    }),
    getCollection: async () => ({ name: "c" }),
    getFile: async () => ({ filename: "f.md" }),
    readCollectionFile: async (_tenant: unknown, _store: unknown, _file: unknown, after: number) => {
      const { pages = [] } = more;
      return { texts: pages[after] ?? [], next: after + 1 < pages.length ? after + 1 : undefined };
    },
    rerankFor: () => async () => [],
  };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same
  return made as unknown as McpDeps;
}
const texts = async (of: McpDeps, ask: object = {}) =>
  (await search(of, call, { query: "q", ...ask })).results.map(({ text }) => text).join("");

const TWO: Found = { one: [["a", 9], ["b", 8], ["c", 7]], two: [["x", 0.5], ["y", 0.4]] }; // oxfmt-ignore

test("each collection's best comes before another's second, because their scores do not compare; those of one model do", async () => {
  assert.equal(await texts(deps(TWO)), "axbyc");
  assert.equal(await texts(deps(TWO), { topK: 3 }), "axb");
  assert.equal(await texts(deps(TWO), { mode: "quality" }), "abcxy");
  assert.equal(await texts(deps(TWO, { reranked: false }), { mode: "quality" }), "axbyc");
  assert.equal((await search(deps(TWO, { reranked: false }), call, { query: "q", mode: "quality" })).reranked, false);
});

test("a collection that went since it was listed keeps nothing else from being found, unless it was asked for", async () => {
  const sound = deps(TWO);
  const broken: McpDeps = {
    ...sound,
    async searchCollection(tenantId, ask) {
      if (ask.collection === "two") throw new Fault("collection_unknown");
      return await sound.searchCollection(tenantId, ask);
    },
  };
  assert.equal(await texts(broken), "abc");
  await assert.rejects(search(broken, call, { query: "q", collection: "two" }), { code: "collection_unknown" });
});

test("more collections than are searched at once are not searched in part: the caller is asked which", async () => {
  await assert.rejects(search(deps({}, { hasMore: true }), call, { query: "q" }), { code: "body_invalid" });
  assert.equal(await texts(deps({ one: [["a", 1]] }, { hasMore: true }), { collection: "one" }), "a");
});

test("a document is read whole, or, where it is long, from a little before the passage; half a character is never cut off", async () => {
  const read = (pages: readonly (readonly string[])[], start: number) =>
    fetchDocument(deps({}, { pages }), call, `${stores[0]}/${toWireFileId(file)}/${start}`);
  const short = await read([["ab", "cd"], ["ef"]], 4);
  assert.deepEqual([short.text, short.metadata["whole"], short.metadata["from"]], ["abcdef", true, 0]);
  const long = Array.from({ length: 30 }, (_, page) => [`${String(page).padStart(2, "0")}${"x".repeat(9_998)}`]);
  const middle = await read(long, 150_000);
  assert.deepEqual([middle.text.length, middle.text.slice(0, 2), middle.metadata["whole"]], [100_000, "14", false]);
  const end = await read(long, 299_000);
  assert.deepEqual([end.text.length, end.metadata["from"]], [11_000, 289_000]);
  assert.ok((await read([["🦦".repeat(60_000)]], 0)).text.isWellFormed());
  for (const id of ["", "x", `${stores[0]}`, `${stores[0]}/file-x/0`, `${stores[0]}/${toWireFileId(file)}/-1`, `x/${toWireFileId(file)}/0`])
    await assert.rejects(fetchDocument(deps({}), call, id), { code: "not_found" }, id);
});
