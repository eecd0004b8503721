import assert from "node:assert/strict";
import { afterAll, beforeAll, test } from "bun:test";
import { eventually } from "./eventually.ts";
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
  more: { kind: embedding, provider: near, upstream: "alike-more@parts=96", price: { inputPerMTok: 10 } }
  down: { kind: embedding, provider: near, upstream: "alike-down@status=503", price: { inputPerMTok: 10 } }
  shaky: { kind: embedding, provider: near, upstream: "alike-shaky", price: { inputPerMTok: 10 } }
  outside: { kind: embedding, provider: far, upstream: "alike-outside", price: { inputPerMTok: 10 } }
retrieval: { embedding: words }
`;

let upstream: FakeUpstream;
let weir: TestWeir;
let key: string;
let adminKey: string;
/** Bodies of everything that a provider was asked. */
const seen = (): readonly string[] => upstream.calls.map(({ body }) => JSON.stringify(body));

beforeAll(async () => {
  upstream = await createFakeUpstream();
  weir = await startWeir({ yaml: yamlFor(upstream.openaiBaseUrl) });
  ({ key } = await weir.tenant("acme"));
  ({ key: adminKey } = await weir.call<{ key: string }>("POST", "/admin/v1/tenants/acme/keys", { name: "admin", role: "tenant-admin" }));
});
afterAll(async () => {
  await weir.close();
  await upstream.close();
});

const call = (path: string, body: unknown): ReturnType<typeof callAs> => callAs(key, path, body);

async function callAs(
  by: string,
  path: string,
  body: unknown,
  method = "POST",
): Promise<{ status: number; json: Record<string, unknown> }> {
  const answer = await fetch(`${weir.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${by}`, "content-type": "application/json" },
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
  // First by words and by vectors is 1, which any threshold lets pass.
  assert.deepEqual(await search(id, "how does one go about calibrating accumulators", { ranking_options: { score_threshold: 1 } }), [
    "battery.md",
  ]);
  // Both legs say where they have it; by its words alone nothing was found here.
  const { json: told } = await call(`/v1/vector_stores/${id}/search`, {
    query: "what is there to know of recalibration",
    weir: { explain: true },
  });
  const [hit] = told["data"] as { weir: { words: unknown; vectors: { rank: number; score: number }; together: { rank: number } } }[];
  assert.deepEqual((told["weir"] as { legs: unknown }).legs, ["words", "vectors"]);
  assert.deepEqual([hit?.weir.words, hit?.weir.vectors.rank, hit?.weir.together.rank], [null, 1, 1]);
  assert.ok((hit?.weir.vectors.score ?? 0) > 0 && (hit?.weir.vectors.score ?? 2) <= 1.000001);
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

type State = {
  generations: {
    generation: number;
    model: string;
    role: string;
    share: number;
    documents: { total: number; embedded: number };
    comparison: { recall: number; overlap: number; questions: number } | null;
  }[];
};

test("a collection is embedded anew while it serves: dual writes, comparison, steps, and one command back", async () => {
  const { json: store } = await call("/v1/vector_stores", { name: "anew" });
  const id = String(store["id"]);
  const at = `/v1/vector_stores/${id}/embedding`;
  for (let no = 0; no < 6; no++) await put(id, `doc${no}.md`, `Paragraph ${no} tells of calibration of sensor ${no} and its battery.`);
  const act = async (body: unknown, status = 200): Promise<State> => {
    const answer = await callAs(adminKey, at, body);
    assert.equal(answer.status, status, JSON.stringify(answer.json));
    return answer.json as State;
  };
  const rolesOf = (state: State): readonly string[] => state.generations.map(({ model, role, share }) => `${model} ${role} ${share}`);
  assert.equal((await callAs(key, at, { act: "compare" })).status, 403);
  await act({ act: "start", model: "nothing" }, 404);
  await act({ act: "shift", share: 5 }, 404);
  await act({ act: "rollback" }, 409);
  assert.deepEqual(rolesOf(await act({ act: "start", model: "more" })), ["words serving 100", "more candidate 0"]);
  await act({ act: "start", model: "more" }, 409);
  // A document that comes now goes into both.
  assert.equal((await put(id, "late.md", "A late one about holidays."))["status"], "completed");
  await eventually(async () => {
    const { json } = await callAs(adminKey, at, undefined, "GET");
    const [, candidate] = (json as State).generations;
    assert.deepEqual(candidate?.documents, { total: 7, embedded: 7 }, weir.logged.slice(-5).join("\n"));
  });
  const compared = (await act({ act: "compare" })).generations[1]?.comparison;
  assert.ok(compared !== null && compared !== undefined && compared.recall === 1 && compared.questions > 0);
  for (const share of [5, 25, 50]) assert.equal((await act({ act: "shift", share })).generations[1]?.share, share);
  assert.ok((await search(id, "how is calibration done, and how often")).length > 0);
  assert.deepEqual(rolesOf(await act({ act: "shift", share: 100 })), ["more serving 100", "words retired 0"]);
  assert.equal((await search(id, "what is there of recalibrating"))[0]?.startsWith("doc"), true);
  // What comes now goes into what was replaced, too: the way back loses nothing.
  await put(id, "later.md", "The last one, of invoices and refunds.");
  const back = await act({ act: "rollback" });
  assert.deepEqual(rolesOf(back), ["words serving 100", "more retired 0"]);
  assert.equal(back.generations[0]?.documents.embedded, 8);
  await act({ act: "finish" });
  await act({ act: "finish" }, 409);
  const path = "/admin/v1/audit?tenant=acme&category=configuration&limit=200";
  const log = await weir.call<{ data: { action: string; resource?: string }[] }>("GET", path);
  const steps = log.data.filter(({ action, resource }) => action.startsWith("embedding.") && resource === id).map(({ action }) => action);
  assert.deepEqual(
    steps,
    ["start", "shift", "shift", "shift", "shift", "rollback", "finish"].map((one) => `embedding.${one}`),
  );
  console.log(`# ${steps.length} steps in the audit log`);
});

test("an external embedding model never reads personal data of documents or questions, and a private collection's not at all", async () => {
  const mail = "ada.lovelace@example.com";
  const { json: store } = await call("/v1/vector_stores", { name: "outside", weir: { embedding: "outside" } });
  const id = String(store["id"]);
  const from = seen().length;
  assert.equal((await put(id, "leave.md", `Requests for leave go to ${mail} in writing.`))["status"], "completed");
  assert.deepEqual(await search(id, `what does ${mail} want in writing`), ["leave.md"]);
  const sent = seen().slice(from);
  assert.ok(
    sent.some((body) => body.includes("leave go to")),
    "the document was embedded there",
  );
  assert.ok(sent.length >= 2 && sent.every((body) => !body.includes(mail)));
  const { json: inside } = await call("/v1/vector_stores", { name: "inside", weir: { embedding: "outside", trust: "private" } });
  const before = seen().length;
  const refused = await put(String(inside["id"]), "leave.md", "Requests for leave go to the office.");
  assert.equal(refused["status"], "failed");
  assert.match(JSON.stringify(refused["last_error"]), /leave\.md could not be embedded: .*private models only/);
  assert.equal(seen().length, before);
  console.log(`# ${sent.length} calls to an external model looked through`);
});

test("a provider that is down: files wait, questions are answered by words and say so", async () => {
  const { json: store } = await call("/v1/vector_stores", { name: "down", weir: { embedding: "down" } });
  const id = String(store["id"]);
  assert.equal((await put(id, "late.md", "Requests wait."))["status"], "in_progress");
  const { json: handbook } = await call("/v1/vector_stores", { name: "shaky", weir: { embedding: "shaky" } });
  const shaky = String(handbook["id"]);
  assert.equal((await put(shaky, "battery.md", "Calibrating accumulators takes an hour."))["status"], "completed");
  const answer = await fetch(`${weir.url}/v1/vector_stores/${shaky}/search`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ query: "calibrating status=503 accumulators" }),
  });
  assert.equal(answer.headers.get("x-weir-degraded"), "dense");
  assert.equal(((await answer.json()) as { data: unknown[] }).data.length, 1);
  const metrics = await (await fetch(`${weir.url}/metrics`)).text();
  assert.match(metrics, /weir_searches_degraded_total\{why="embedding-failed"\} [1-9]/);
});

test("a question is embedded in the place of the call that asks: in a house with one place no call waits for itself", async () => {
  const narrow = await startWeir({
    yaml: `${yamlFor(upstream.openaiBaseUrl)}server: { callsInFlight: 1, callsQueued: 8, queueWaitMs: 20000 }\n`,
  });
  try {
    const { key: own } = await narrow.tenant("solo");
    const ask = (path: string, body: unknown) => narrow.call("POST", path, body, { key: own });
    const store = await ask("/v1/vector_stores", { name: "c" });
    const form = new FormData();
    form.append("purpose", "user_data");
    form.append("file", new File(["Calibrating accumulators takes an hour."], "battery.md"));
    const uploaded = (await (
      await fetch(`${narrow.url}/v1/files`, { method: "POST", headers: { authorization: `Bearer ${own}` }, body: form })
    ).json()) as { id: string };
    assert.equal((await ask(`/v1/vector_stores/${String(store["id"])}/files`, { file_id: uploaded.id }))["status"], "completed");
    const answers = await Promise.all(
      Array.from({ length: 4 }, (_, at) =>
        ask("/v1/chat/completions", {
          model: "m",
          messages: [{ role: "user", content: `what is there to know of recalibration number ${at}` }],
          rag: { enabled: true, collection: "c" },
        }),
      ),
    );
    for (const { weir: told } of answers) assert.equal((told as Record<string, unknown>)["searchDegraded"], undefined);
    const metrics = await (await fetch(`${narrow.url}/metrics`, { headers: { authorization: `Bearer ${ADMIN_KEY}` } })).text();
    assert.doesNotMatch(metrics, /weir_searches_degraded_total\{[^}]*\} [1-9]/);
    console.log(`# ${answers.length} calls through one place, none found by words alone`);
  } finally {
    await narrow.close();
  }
});
