import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, test } from "bun:test";
import OpenAI, { RateLimitError } from "openai";
import { writeTinyAdapter, writeTinyModel } from "../gguf/index.ts";
import { startWeir, type TestWeir } from "./server.ts";

/** A model that the server runs itself, through the whole path. */
const installed = (): boolean => {
  try {
    createRequire(import.meta.url).resolve("node-llama-cpp");
    return true;
  } catch {
    return false;
  }
};
const whereInstalled = (name: string, body: () => Promise<void>): void => {
  test(
    name,
    async () => {
      if (installed()) await body();
      else console.log("# skipped: node-llama-cpp is not installed (npm install --include=optional)");
    },
    60_000,
  );
};

let weir: TestWeir;
let folder: string;
let client: OpenAI;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "weir-llama-"));
  if (!installed()) return;
  await writeFile(join(folder, "tiny.gguf"), writeTinyModel({ contextTokens: 8192 }));
  await writeFile(join(folder, "adapter.gguf"), writeTinyAdapter());
  await writeFile(join(folder, "rank.gguf"), writeTinyModel({ head: "rank" }));
  const model = `model: ${join(folder, "tiny.gguf")}, adapters: { cpu-other: ${join(folder, "adapter.gguf")} }`;
  weir = await startWeir({
    yaml: `providers:
  cpu: { kind: llama, ${model}, trust: private, threads: 1, contexts: 2, contextTokens: 8192 }
  narrow: { kind: llama, model: ${join(folder, "tiny.gguf")}, trust: private, threads: 1, contexts: 1, contextTokens: 8192, queue: 0 }
  ranker: { kind: llama, model: ${join(folder, "rank.gguf")}, trust: private, threads: 1, load: first-call }
  one: { kind: llama, model: ${join(folder, "tiny.gguf")}, trust: private, load: first-call }
models:
  cpu: { provider: cpu, upstream: tiny }
  cpu-other: { provider: cpu, upstream: cpu-other }
  narrow: { provider: narrow, upstream: tiny }
  vectors: { kind: embedding, provider: cpu, upstream: tiny }
  order: { kind: rerank, provider: ranker, upstream: rank }
`,
  });
  client = new OpenAI({ baseURL: `${weir.url}/v1`, apiKey: (await weir.tenant("acme")).key, maxRetries: 0 });
}, 60_000);
afterAll(async () => {
  if (installed()) await weir.close();
  await rm(folder, { recursive: true, force: true });
});

const messages = [{ role: "user" as const, content: "hello" }];
const ask = async (model: string, max_tokens = 12): Promise<string> => {
  const answer = await client.chat.completions.create({ model, messages, max_tokens, temperature: 0 });
  return answer.choices[0]?.message.content ?? "";
};

whereInstalled("OpenAI's client streams an answer of a model in the server, with the counts that were reported", async () => {
  const stream = await client.chat.completions.create({
    model: "cpu",
    messages,
    max_tokens: 12,
    temperature: 0,
    stream: true,
    stream_options: { include_usage: true },
  });
  let text = "";
  let pieces = 0;
  let outputTokens = 0;
  for await (const chunk of stream) {
    const piece = chunk.choices[0]?.delta.content ?? "";
    if (piece !== "") pieces++;
    text += piece;
    outputTokens = chunk.usage?.completion_tokens ?? outputTokens;
  }
  assert.ok(text.length >= 12 && pieces > 1, text);
  assert.equal(outputTokens, 12);
  assert.equal(await ask("cpu"), text);
  const usage = await weir.call<{ data: { usageSource: string; provider: string; outputTokens: number }[] }>(
    "GET",
    "/admin/v1/usage?tenant=acme",
  );
  assert.deepEqual(
    usage.data.map((row) => [row.provider, row.usageSource, row.outputTokens]),
    [
      ["cpu", "reported", 12],
      ["cpu", "reported", 12],
    ],
  );
});

whereInstalled("a provider that nothing names is a model of its own name, and auto uses the models in the server", async () => {
  assert.equal(await ask("one"), await ask("cpu"));
  assert.equal((await ask("auto")).length > 0, true);
});

whereInstalled("chat, embeddings and an adapter that changes the output, through the server", async () => {
  const plain = await ask("cpu");
  const adapted = await ask("cpu-other");
  assert.notEqual(adapted, plain);
  const { data } = await client.embeddings.create({ model: "vectors", input: ["hello", "goodbye"] });
  assert.deepEqual(
    data.map(({ embedding }) => embedding.length),
    [32, 32],
  );
  console.log(`# llama: through the server ${JSON.stringify(plain)}, with the adapter ${JSON.stringify(adapted)}, vectors of 32`);
});

whereInstalled(
  "a ranking by a model in the server: best first, free by declaration, and a chat model that is asked for one says no",
  async () => {
    const key = client.apiKey ?? "";
    const body = { model: "order", query: "hello", documents: ["hello", "goodbye", "hello"] };
    const { results, weir: told } = await weir.call<{
      results: { index: number; relevance_score: number }[];
      weir: { costMicroUsd: number; trust: string; usageSource: string };
    }>("POST", "/v1/rerank", body, { key });
    assert.equal(results.length, 3);
    assert.ok(results.every((each, at) => at === 0 || (results[at - 1]?.relevance_score ?? 0) >= each.relevance_score));
    assert.deepEqual([told.costMicroUsd, told.trust, told.usageSource], [0, "private", "reported"]);
    await weir.call("POST", "/v1/rerank", { ...body, model: "cpu" }, { key, expect: 400 });
  },
);

whereInstalled("50 concurrent calls through the server: none is lost, and each has its row", async () => {
  const before = await weir.call<{ totals: { calls: number } }>("GET", "/admin/v1/usage?tenant=acme");
  const answers = await Promise.all(Array.from({ length: 50 }, () => ask("cpu")));
  assert.equal(new Set(answers).size, 1);
  const after = await weir.call<{ totals: { calls: number } }>("GET", "/admin/v1/usage?tenant=acme");
  assert.equal(after.totals.calls - before.totals.calls, 50);
  console.log(`# llama: 50 concurrent calls through the server, ${String(answers.length)} answered, 50 rows`);
});

whereInstalled("a model without room answers 429 with when to come again; a client that goes away makes room at once", async () => {
  const stream = await client.chat.completions.create({ model: "narrow", messages, max_tokens: 8000, stream: true });
  const reading = stream[Symbol.asyncIterator]();
  await reading.next();
  await assert.rejects(ask("narrow"), (error) => error instanceof RateLimitError && Number(error.headers.get("retry-after")) >= 1);
  const goneMs = performance.now();
  stream.controller.abort();
  // There is no line to wait in: it is asked again until there is room.
  for (;;) {
    try {
      await ask("narrow", 1);
      break;
    } catch (error) {
      if (!(error instanceof RateLimitError)) throw error;
    }
  }
  const freeMs = performance.now() - goneMs;
  assert.ok(freeMs < 2000, String(freeMs));
  console.log(`# llama: a client went away, and the next had its answer ${freeMs.toFixed(0)} ms later`);
});
