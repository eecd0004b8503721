import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "bun:test";
import { createFakeUpstream } from "../test/upstream/index.ts";
import { createWeir } from "./index.ts";

test("as a library, generate answers over the same path, with text, usage, latency and provider", async () => {
  const upstream = await createFakeUpstream();
  const dataDir = await mkdtemp(join(tmpdir(), "weir-library-"));
  const weir = await createWeir(
    {
      dataDir,
      providers: { up: { kind: "openai", baseUrl: upstream.openaiBaseUrl, apiKey: "k", trust: "private" } },
      models: { m: { provider: "up", upstream: "mock", price: { inputPerMTok: 1, outputPerMTok: 2 } } },
    },
    { env: {} },
  );
  try {
    const said = await weir.generate([{ role: "user", content: "Say something." }], { system: "Be brief.", maxTokens: 50 });
    assert.ok(said.text.length > 0 && said.latencyMs > 0);
    assert.equal(said.provider, "up");
    assert.equal(said.costMicroUsd, said.usage.inputTokens + 2 * said.usage.outputTokens);
    assert.match(said.receipt, /^[0-9a-f]{64}$/);
    await assert.rejects(weir.generate("hi", { model: "nothing" }), { code: "model_unknown" });
    await assert.rejects(weir.generate("hi", { tenant: "nobody" }), { code: "not_found" });
  } finally {
    await weir.close();
    await upstream.close();
    await rm(dataDir, { recursive: true, force: true });
  }
});

test("as a library, the environment's quick start asks the server which model it has, as for weir serve", async () => {
  const upstream = await createFakeUpstream();
  const dataDir = await mkdtemp(join(tmpdir(), "weir-library-"));
  const weir = await createWeir({ dataDir }, { env: { VLLM_BASE_URL: upstream.openaiBaseUrl } });
  try {
    const said = await weir.generate("Say something.");
    assert.deepEqual([said.provider, said.model], ["vllm", "fake"]);
  } finally {
    await weir.close();
    await upstream.close();
    await rm(dataDir, { recursive: true, force: true });
  }
});

test("as a library, embed makes vectors over the same path", async () => {
  const upstream = await createFakeUpstream();
  const dataDir = await mkdtemp(join(tmpdir(), "weir-library-"));
  const weir = await createWeir(
    {
      dataDir,
      providers: { up: { kind: "openai", baseUrl: upstream.openaiBaseUrl, apiKey: "k", trust: "private" } },
      models: { v: { kind: "embedding", provider: "up", upstream: "bge", price: { inputPerMTok: 10 } } },
    },
    { env: {} },
  );
  try {
    const made = await weir.embed(["one text", "another"], { model: "v", dimensions: 5 });
    assert.deepEqual(
      made.vectors.map((vector) => vector.length),
      [5, 5],
    );
    assert.deepEqual([made.provider, made.inputTokens, made.costMicroUsd], ["up", 3, 30]);
    assert.match(made.receipt, /^[0-9a-f]{64}$/);
    await assert.rejects(weir.embed("", { model: "v" }), { code: "body_invalid" });
    await assert.rejects(weir.embed("x", { model: "auto" }), { code: "body_invalid" });
    await assert.rejects(weir.embed("x", { model: "v", signal: AbortSignal.abort() }), { code: "client_gone" });
  } finally {
    await weir.close();
    await upstream.close();
    await rm(dataDir, { recursive: true, force: true });
  }
});

test("a configuration that is wrong is refused with the name of what is nearest", async () => {
  await assert.rejects(createWeir({ provders: {} }, { env: {} }), /providers/);
});
