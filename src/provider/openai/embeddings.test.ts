import assert from "node:assert/strict";
import { test } from "bun:test";
import type { Fault } from "../../kernel/fault.ts";
import type { Ask } from "../transport.ts";
import { targetOf } from "../testing.ts";
import { createOpenAiEmbed, readEmbeddings } from "./embeddings.ts";

const item = (embedding: unknown, index?: number) => ({ object: "embedding", embedding, ...(index === undefined ? {} : { index }) });
const two = { inputs: ["a", "b"] };
const usage = { prompt_tokens: 7, total_tokens: 7 };

test("vectors come in the order of their inputs, whatever order they were sent in", () => {
  const made = readEmbeddings({ data: [item([2], 1), item([1], 0)], usage }, two);
  assert.deepEqual(made, { vectors: [[1], [2]], inputTokens: 7 });
  assert.deepEqual(readEmbeddings({ data: [item([1]), item([2])], usage }, two).vectors, [[1], [2]]);
});

test("base64 is read as 32-bit floats", () => {
  const base64 = Buffer.from(new Float32Array([0.5, -2]).buffer).toString("base64");
  assert.deepEqual(readEmbeddings({ data: [item(base64, 0)], usage }, { inputs: ["a"] }).vectors, [new Float32Array([0.5, -2])]);
});

test("tokens are counted where the server does not say, or says none", () => {
  for (const said of [undefined, {}, { prompt_tokens: 0 }, { prompt_tokens: "7" }]) {
    const made = readEmbeddings({ data: [item([1]), item([2])], usage: said }, { inputs: ["some words", [1, 2, 3]] });
    assert.equal(made.counted, true);
    assert.ok(made.inputTokens >= 5);
  }
});

test("an answer that is not whole is broken, and was paid for", () => {
  const broken: readonly unknown[] = [
    null,
    [],
    {},
    { data: {} },
    { data: [item([1], 0)] },
    { data: [item([1], 0), item([2], 0)] },
    { data: [item([1], 0), item([2], 2)] },
    { data: [item([1], 0), item([2], -1)] },
    { data: [item([1], 0), item([], 1)] },
    { data: [item([1], 0), item([1, 2], 1)] },
    { data: [item([1], 0), item([null], 1)] },
    { data: [item([1], 0), item(["1"], 1)] },
    { data: [item("AAA=", 0), item("AAAA", 1)] },
    { data: [item(Buffer.from(new Float32Array([Number.NaN]).buffer).toString("base64"), 0), item([1], 1)] },
    { data: [item(undefined, 0), item([1], 1)] },
    { data: [null, item([1], 1)] },
  ];
  for (const body of broken)
    assert.throws(
      () => readEmbeddings(body, two),
      (fault: Fault) => fault.code === "target_broken" && fault.detail.spent === true,
      JSON.stringify(body),
    );
  assert.throws(() => readEmbeddings({ error: { type: "rate_limit_error", message: "secret" } }, two), { code: "target_busy" });
});

test("the request names the provider's model, carries the key, and asks OpenAI itself for base64", async () => {
  for (const [baseUrl, format] of [
    ["http://10.0.0.1:8000/v1", "float"],
    ["https://api.openai.com/v1", "base64"],
  ] as const) {
    const asks: Ask[] = [];
    const transport = {
      json: async (ask: Ask) => {
        asks.push(ask);
        return { data: [item([1], 0)], usage };
      },
    };
    const made = createOpenAiEmbed({ baseUrl, headers: { authorization: "Bearer k" }, transport });
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- nothing of the call is read
    await made({ call: {} as never, target: targetOf("openai"), inputs: ["a"], dimensions: undefined }, new AbortController().signal);
    const [ask] = asks;
    assert.equal(ask?.url, `${baseUrl}/embeddings`);
    assert.equal(ask.headers.get("authorization"), "Bearer k");
    assert.deepEqual(JSON.parse(ask.body ?? ""), { model: "fake-model", input: ["a"], encoding_format: format });
  }
});
