import assert from "node:assert/strict";
import { test } from "bun:test";
import type { Config } from "../config/index.ts";
import { checkEmbedding } from "./check-embedding.ts";

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the check reads these fields alone
const models = [
  { name: "bge-m3", capabilities: { embeddings: true } },
  { name: "m", capabilities: {} },
] as unknown as Config["models"];

test("without an embedding model the doctor says that documents are found by words alone, and what to do", () => {
  const told = (retrieval: string | undefined, of = models): readonly string[] =>
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nor any other setting of retrieval
    checkEmbedding({ retrieval: { embedding: retrieval } as Config["retrieval"], models: of }).map(
      ({ state, todo = "" }) => `${state} ${todo}`,
    );
  assert.deepEqual(told("bge-m3"), ["ok "]);
  assert.deepEqual(told(undefined), ["warning Name one in `retrieval: { embedding: … }`: bge-m3."]);
  assert.match(told(undefined, [])[0] ?? "", /^warning Give a model/);
});
