import assert from "node:assert/strict";
import { afterAll, beforeAll, test } from "bun:test";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import { ADMIN_KEY, startWeir, type TestWeir } from "./server.ts";

/** Vectors by a real socket: the stand-in's are the same for the same text, and for texts that share words near each other. */
const yamlFor = (baseUrl: string): string => `
providers:
  near: { kind: openai, baseUrl: "${baseUrl}", apiKey: k, trust: private }
  far: { kind: openai, baseUrl: "${baseUrl}", apiKey: k, trust: external }
models:
  m: { provider: near, upstream: mock, price: { inputPerMTok: 1, outputPerMTok: 2 } }
  words: { kind: embedding, provider: near, upstream: "alike-64", price: { inputPerMTok: 10 } }
  others: { kind: embedding, provider: far, upstream: "alike-far", price: { inputPerMTok: 10 } }
retrieval: { embedding: words }
`;

let upstream: FakeUpstream;
let weir: TestWeir;
let key: string;

beforeAll(async () => {
  upstream = await createFakeUpstream();
  weir = await startWeir({ yaml: yamlFor(upstream.openaiBaseUrl) });
  ({ key } = await weir.tenant("acme"));
});
afterAll(async () => {
  await weir.close();
  await upstream.close();
});

async function call(path: string, body: unknown, method = "POST"): Promise<{ status: number; json: Record<string, unknown> }> {
  const answer = await fetch(`${weir.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    ...(method === "GET" ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
}

async function put(store: string, filename: string, text: string): Promise<Record<string, unknown>> {
  const form = new FormData();
  form.append("purpose", "user_data");
  form.append("file", new File([text], filename));
  const uploaded = (await (
    await fetch(`${weir.url}/v1/files`, { method: "POST", headers: { authorization: `Bearer ${key}` }, body: form })
  ).json()) as { id: string };
  return (await call(`/v1/vector_stores/${store}/files`, { file_id: uploaded.id })).json;
}

const search = async (store: string, query: string, options: unknown = {}): Promise<readonly string[]> => {
  const { json } = await call(`/v1/vector_stores/${store}/search`, { query, ...(options as object) });
  return ((json["data"] ?? []) as { filename: string }[]).map(({ filename }) => filename);
};

test("documents and questions are embedded on the path of every call, and found by what they mean", async () => {
  const { json: store } = await call("/v1/vector_stores", { name: "handbook" });
  const id = String(store["id"]);
  assert.equal((await put(id, "battery.md", "Calibrating accumulators takes an hour."))["status"], "completed");
  assert.equal((await put(id, "holiday.md", "Salaries are paid before holidays begin."))["status"], "completed");
  assert.equal((await search(id, "what is there to know of recalibration"))[0], "battery.md");
  // By words alone, as OpenAI's ranking options say it.
  assert.deepEqual(await search(id, "recalibration", { ranking_options: { hybrid_search: { embedding_weight: 0, text_weight: 1 } } }), []);
  const usage = (await (
    await fetch(`${weir.url}/admin/v1/usage?tenant=acme`, { headers: { authorization: `Bearer ${ADMIN_KEY}` } })
  ).json()) as { data: { operation?: string; feature?: string; outcome: string; costMicroUsd: number }[] };
  const embedded = usage.data.filter(({ operation }) => operation === "embeddings");
  assert.deepEqual(new Set(embedded.map(({ feature }) => feature)), new Set(["ingestion", "search"]));
  assert.ok(embedded.every(({ outcome, costMicroUsd }) => outcome === "finished" && costMicroUsd > 0));
  console.log(`# ${embedded.length} calls of embeddings in the records`);
});
