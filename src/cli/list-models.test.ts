import { describe, test } from "bun:test";
import assert from "node:assert/strict";
import { listModels } from "./list-models.ts";
import { startFakeServer } from "./testing.ts";

test("models are read as vLLM lists them, with the key that it wants", async () => {
  const server = await startFakeServer({
    "GET /v1/models": {
      json: { object: "list", data: [{ id: "qwen/Qwen3-32B", object: "model", max_model_len: 40_960 }, { id: "adapter" }, { id: "" }, {}] },
    },
  });
  assert.deepEqual(await listModels(`${server.url}/v1`, "v-key"), [
    { id: "qwen/Qwen3-32B", contextTokens: 40_960 },
    { id: "adapter", contextTokens: undefined },
  ]);
  await listModels(`${server.url}/v1`, undefined);
  assert.deepEqual(
    server.seen.map(({ key }) => key),
    ["v-key", ""],
  );
  await server.close();
});

describe("a server that lists no models is an error:", () => {
  for (const [name, answer] of [
    ["a refusal", { status: 401 }],
    ["another form", { json: { models: [] } }],
  ] as const) {
    test(name, async () => {
      const server = await startFakeServer({ "GET /v1/models": answer });
      await assert.rejects(listModels(`${server.url}/v1`, undefined));
      await server.close();
    });
  }
  test("nobody there", async () => {
    const server = await startFakeServer({});
    await server.close();
    await assert.rejects(listModels(`${server.url}/v1`, undefined));
  });
});
