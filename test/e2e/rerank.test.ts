import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, test } from "bun:test";
import { RERANK_DOCUMENTS_MAX } from "../../src/kernel/limits.ts";
import { createFakeUpstream, relevanceOf, type FakeUpstream } from "../upstream/index.ts";
import { openRawCall } from "./raw-call.ts";
import { startWeir, WITHOUT_BREAKERS, type TestWeir } from "./server.ts";
import { listRows } from "./usage-rows.ts";

const PATIENCE = "timeouts: { firstByteMs: 2000, idleMs: 1500, totalMs: 20000 }";
const yamlFor = (baseUrl: string, others: string): string => `${WITHOUT_BREAKERS}
providers:
  near: { kind: openai, baseUrl: "${baseUrl}", apiKey: k, trust: private, region: eu-1, ${PATIENCE} }
  far: { kind: openai, baseUrl: "${baseUrl}", apiKey: k, trust: external, region: us-1, ${PATIENCE} }
  cohere: { kind: openai, baseUrl: "${others}/v2", apiKey: k, trust: external, region: us-1, ${PATIENCE} }
  tei: { kind: openai, baseUrl: "${others}/v1", engine: tei, trust: private, region: eu-1, ${PATIENCE} }
models:
  m: { provider: near, upstream: mock, price: { inputPerMTok: 1, outputPerMTok: 2 } }
  order: { kind: rerank, provider: near, upstream: bge-reranker, contextTokens: 512, price: { inputPerMTok: 10 } }
  order-far: { kind: rerank, provider: far, upstream: other-reranker, price: { inputPerMTok: 30 } }
  searches: { kind: rerank, provider: cohere, upstream: rerank-4, price: { perThousandSearches: 2 } }
  tei: { kind: rerank, provider: tei, upstream: any }
  down: { kind: rerank, provider: near, upstream: "bge@status=503", price: { inputPerMTok: 10 } }
  unpriced: { kind: rerank, provider: far, upstream: bge }
  for-globex: { kind: rerank, provider: near, upstream: bge, price: { inputPerMTok: 10 } }
routes:
  both: [{ use: [down, order-far] }]
  inside: [{ use: [order-far, order], trust: private }]
`;

let upstream: FakeUpstream;
let others: Server;
let weir: TestWeir;
let key: string;
/** Every call of this file that an upstream was asked for. */
let answered = 0;
const heard: string[] = [];
const ACME = ["m", "order", "order-far", "searches", "tei", "down", "unpriced"];

beforeAll(async () => {
  upstream = await createFakeUpstream();
  others = await otherServers();
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a server that listens on a port has such an address
  const { port } = others.address() as AddressInfo;
  weir = await startWeir({ yaml: yamlFor(upstream.openaiBaseUrl, `http://127.0.0.1:${port}`) });
  ({ key } = await weir.tenant("acme", { models: ACME }));
});
afterAll(async () => {
  await weir.close();
  await upstream.close();
  others.closeAllConnections();
  others.close();
});

/** Cohere's second version, and Text Embeddings Inference with its usual limit of 32 texts, as their descriptions say. */
async function otherServers(): Promise<Server> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = JSON.parse(Buffer.concat(chunks).toString() || "{}") as { query: string; documents?: string[]; texts?: string[] };
      heard.push(`${request.url} ${JSON.stringify(body)}`);
      const texts = body.texts ?? body.documents ?? [];
      const scored = texts.map((text, index) => ({ index, score: relevanceOf(body.query, text) })).toSorted((a, b) => b.score - a.score);
      response.setHeader("content-type", "application/json");
      if (request.url === "/rerank") {
        if (texts.length <= 32) return response.end(JSON.stringify(scored));
        response.statusCode = 422;
        return response.end(
          JSON.stringify({ error: `batch size ${texts.length} > maximum allowed batch size 32`, error_type: "Validation" }),
        );
      }
      const results = scored.map(({ index, score }) => ({ index, relevance_score: score }));
      response.end(JSON.stringify({ id: "x", results, meta: { api_version: { version: "2" }, billed_units: { search_units: 3 } } }));
    });
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return server;
}

type Body = {
  readonly id: string;
  readonly results: readonly { readonly index: number; readonly relevance_score: number; readonly document?: { readonly text: string } }[];
  readonly usage: { readonly total_tokens: number };
  readonly meta: { readonly api_version: object; readonly billed_units: Readonly<Record<string, number>> };
  readonly weir: {
    readonly model: string;
    readonly costMicroUsd: number;
    readonly usageSource: string;
    candidates: { model: string; fell?: string }[];
  };
};
const post = (body: unknown, by = key, path = "/v1/rerank"): Promise<Response> =>
  fetch(`${weir.url}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${by}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
const QUERY = "days of leave a year";
const DOCUMENTS = ["The cafeteria opens at noon.", "Everybody has 25 days of leave a year.", "Leave is asked for in writing."];
const ask = { model: "order", query: QUERY, documents: DOCUMENTS };

test("documents come back best first, as texts or as objects, at both addresses, with cost, receipt and record", async () => {
  for (const [path, version] of [
    ["/v1/rerank", "1"],
    ["/v2/rerank", "2"],
  ]) {
    const response = await post(
      { ...ask, documents: DOCUMENTS.map((text, at) => (at === 1 ? { text } : text)), user: "somebody" },
      key,
      path,
    );
    answered++;
    const body = (await response.json()) as Body;
    assert.deepEqual(
      body.results.map(({ index }) => index),
      [1, 2, 0],
    );
    assert.ok(body.results.every(({ document }) => document === undefined));
    assert.deepEqual(body.meta.api_version, { version });
    const { headers } = response;
    assert.deepEqual(
      ["model", "provider", "trust", "tier"].map((name) => headers.get(`x-weir-${name}`)),
      ["order", "near", "private", "model"],
    );
    assert.equal(body.weir.costMicroUsd, 10 * body.usage.total_tokens);
    const receipt = await weir.call<{ hash: string; event: Record<string, unknown> }>("GET", `/v1/receipts/${body.id}`, undefined, { key });
    assert.equal(receipt.hash, headers.get("x-weir-receipt"));
    const { operation, inputTokens, endUserDigest } = receipt.event;
    assert.deepEqual([operation, inputTokens], ["rerank", body.usage.total_tokens]);
    assert.ok(typeof endUserDigest === "string" && !endUserDigest.includes("somebody"));
  }
  // The name that the provider knows, and nothing of who asked.
  const sent = upstream.calls.at(-1)?.body ?? {};
  assert.deepEqual(sent, { model: "bge-reranker", query: QUERY, documents: DOCUMENTS });
});

test("top_n cuts the list, return_documents repeats the texts, and equals stay in the order they were sent in", async () => {
  const body = (await (await post({ ...ask, top_n: 2, return_documents: true })).json()) as Body;
  assert.deepEqual(
    body.results.map(({ document }) => document?.text),
    [DOCUMENTS[1], DOCUMENTS[2]],
  );
  const same = (await (await post({ ...ask, documents: ["b leave", "z leave", "c leave"], top_n: 99 })).json()) as Body;
  assert.deepEqual(
    same.results.map(({ index }) => index),
    [0, 1, 2],
  );
  answered += 2;
});

test("a provider that bills by the search is paid by the search, and its number is in the record", async () => {
  const body = (await (await post({ ...ask, model: "searches" })).json()) as Body;
  answered++;
  assert.deepEqual([body.weir.costMicroUsd, body.meta.billed_units["search_units"], body.weir.usageSource], [6000, 3, "reported"]);
  const [row] = (await listRows(weir.url, "acme")).rows as unknown as { attempts: { searches: number }[]; costMicroUsd: number }[];
  assert.deepEqual([row?.attempts[0]?.searches, row?.costMicroUsd], [3, 6000]);
  assert.ok(heard.at(-1)?.startsWith("/v2/rerank "));
});

test("Text Embeddings Inference takes 32 texts at a time, so 70 documents are three requests and one call", async () => {
  const documents = Array.from({ length: 70 }, (_, at) => (at === 66 ? "days of leave" : `text ${at}`));
  const before = heard.length;
  const body = (await (await post({ ...ask, model: "tei", documents, top_n: 1 })).json()) as Body;
  answered++;
  assert.deepEqual([body.results[0]?.index, heard.length - before, body.weir.usageSource], [66, 3, "counted"]);
});

test("another tenant's model is the same 404 as one that never was, and no upstream hears of it", async () => {
  const before = upstream.calls.length;
  const answers = await Promise.all(
    ["for-globex", "never-was"].map(async (model) => {
      const response = await post({ ...ask, model });
      return `${response.status} ${await response.text()}`;
    }),
  );
  assert.equal(answers[0], answers[1]);
  assert.match(answers[0] ?? "", /^404 .*model_not_found/);
  assert.equal(upstream.calls.length, before);
});

test("region, trust, an unknown price and a failure decide which model is asked, as for chats", async () => {
  const us = await weir.tenant("us", { models: ACME, region: "us-1" });
  assert.equal((await post({ ...ask, model: "inside" }, us.key)).status, 503);
  const inside = (await (await post({ ...ask, model: "inside" })).json()) as Body;
  assert.equal(inside.weir.model, "order");
  assert.equal(inside.weir.candidates.find((each) => each.model === "order-far")?.fell, "trust");
  const moved = (await (await post({ ...ask, model: "both" })).json()) as Body;
  assert.equal(moved.weir.model, "order-far");
  answered += 2;
  const budgeted = await weir.tenant("budgeted", { models: ACME, budgetUsd: 1 });
  assert.equal((await post({ ...ask, model: "unpriced" }, budgeted.key)).status, 503);
});

test("personal data in the query or a document leaves for an external model as a pseudonym, or not at all", async () => {
  const SECRET = "ada.lovelace@example.com";
  const { key: masked } = await weir.tenant("masked", { models: ACME, guard: { pii: "mask" } });
  const { key: kept } = await weir.tenant("kept", { models: ACME, guard: { pii: "private-only" } });
  const { key: blocked } = await weir.tenant("blocked", { models: ACME, guard: { pii: "block" } });
  const bodies = [
    { query: `Who is ${SECRET}?`, documents: ["a", "b"] },
    { query: "who", documents: ["a", `write to ${SECRET}`] },
  ];
  for (const body of bodies) {
    const far = await post({ model: "order-far", ...body }, masked);
    assert.equal(far.status, 200, await far.clone().text());
    const sent = JSON.stringify(upstream.calls.at(-1)?.body);
    assert.ok(!sent.includes(SECRET) && /\[EMAIL_/.test(sent), sent);
    const near = await post({ model: "order", ...body }, masked);
    assert.equal(near.status, 200);
    assert.ok(JSON.stringify(upstream.calls.at(-1)?.body).includes(SECRET));
    const before = upstream.calls.length;
    assert.equal((await post({ model: "order-far", ...body }, kept)).status, 503);
    assert.equal((await post({ model: "order", ...body }, blocked)).status, 400);
    assert.equal(upstream.calls.length, before);
    assert.equal((await post({ model: "inside", ...body }, kept)).status, 200);
  }
  console.log(`# rerank, personal data: ${bodies.length} places × masked, kept in, refused: 0 addresses left`);
});

test("what is wrong with a body is said with its place and what would be right", async () => {
  const many = Array.from({ length: RERANK_DOCUMENTS_MAX + 1 }, () => "x");
  const cases: readonly (readonly [body: object, param: string, words: RegExp])[] = [
    [{ query: "" }, "query", /at least 1|empty/],
    [{ query: undefined }, "query", /missing|expected/i],
    [{ documents: [] }, "documents", /at least 1/],
    [{ documents: "x" }, "documents", /list|array/i],
    [{ documents: ["a", ""] }, "documents[1]", /not empty/],
    [{ documents: ["a", 5] }, "documents[1]", /a text/],
    [{ documents: ["a", { txt: "b" }] }, "documents[1]", /a text/],
    [{ documents: many }, "documents", /at most 1000/],
    [{ top_n: 0 }, "top_n", /at least 1/],
    [{ truncate: true }, "", /unknown field "truncate"/],
    [{ model: "m" }, "model", /kind rerank/],
    [{ query: "x".repeat(4 * 512 + 4) }, "query", /context/],
  ];
  const before = upstream.calls.length;
  for (const [body, param, words] of cases) {
    const response = await post({ ...ask, ...body });
    const { error } = (await response.json()) as { error: { param: string | null; message: string } };
    assert.deepEqual([response.status, error.param ?? ""], [400, param], JSON.stringify(error));
    assert.match(error.message, words);
  }
  assert.equal(upstream.calls.length, before);
  assert.equal((await post({ ...ask, documents: many.slice(1) })).status, 200);
  answered++;
  // Cohere's clients look for the message at the top.
  const cohere = (await (await post({ ...ask, model: "m" }, key, "/v2/rerank")).json()) as { message: string; error: { message: string } };
  assert.equal(cohere.message, cohere.error.message);
  const chat = await weir.chat(key, { model: "order", messages: [{ role: "user", content: "x" }] });
  assert.match(await chat.text(), /\/v1\/rerank/);
  console.log(`# rerank, bad input: ${cases.length} cases, each 400 with its place`);
});

test("an answer with a result too few, or an error for an answer, is an error; tokens that no usage names are counted", async () => {
  const broken = await post({ ...ask, documents: ["fault=malformed", "b"] });
  assert.equal(broken.status, 502);
  const error = await post({ ...ask, documents: ["fault=error secret"] });
  assert.ok(error.status === 502 && !(await error.text()).includes("secret"));
  const counted = (await (await post({ ...ask, documents: ["usage=none and some more words"] })).json()) as Body;
  assert.equal(counted.weir.usageSource, "counted");
  assert.ok(counted.usage.total_tokens >= 8);
  answered += 3;
});

test("a spent budget refuses at the limit, by tokens and by searches", async () => {
  const { key: poor } = await weir.tenant("poor", { budgetUsd: 0.005, models: ACME });
  let passed = 0;
  let refused: Response | undefined;
  for (let n = 0; n < 60 && refused === undefined; n++) {
    const response = await post(ask, poor);
    if (response.status === 200) passed++;
    else refused = response;
    await response.text();
  }
  assert.equal(refused?.status, 429);
  const { totals } = await listRows(weir.url, "poor");
  assert.ok(passed > 3 && totals.calls === passed && totals.costMicroUsd <= 5000, JSON.stringify(totals));
  const { key: searcher } = await weir.tenant("searcher", { budgetUsd: 0.001, models: ACME });
  const before = heard.length;
  assert.equal((await post({ ...ask, model: "searches" }, searcher)).status, 429);
  assert.equal(heard.length, before);
  console.log(`# rerank budget: ${passed} calls, ${totals.costMicroUsd} of 5000 micro-dollars, then 429`);
});

test("a client that leaves stops the upstream call, and is billed for what was read", async () => {
  const body = { ...ask, documents: ["gate=shut call=left and words"] };
  const call = openRawCall({ url: `${weir.url}/v1/rerank`, key, body }, 20_000);
  await upstream.until(() => upstream.calls.some((each) => each.name === "left"));
  const asked = upstream.find("left");
  const goneMs = call.leave("reset");
  await upstream.until(() => asked.state !== "open", 3000);
  assert.ok(asked.state === "aborted" && asked.changedAtMs - goneMs <= 1000);
  answered++;
  let rows = await listRows(weir.url, "acme");
  while (rows.rows[0]?.outcome !== "aborted") rows = await listRows(weir.url, "acme");
  const [row] = rows.rows;
  assert.deepEqual([row?.code, row?.usageSource], ["client_gone", "counted"]);
});

test("each call has one row that says what it was, and the audit trail holds them", async () => {
  const { rows, totals } = await listRows(weir.url, "acme");
  assert.equal(totals.calls, answered);
  const calls = rows.filter((row) => row.outcome !== "refused") as unknown as { operation: string }[];
  assert.deepEqual([...new Set(calls.map((row) => row.operation))], ["rerank"]);
  const audit = await weir.call<{ ok: boolean; entries: number }>("POST", "/admin/v1/audit/verify", { tenant: "acme" });
  assert.deepEqual([audit.ok, audit.entries], [true, rows.length]);
  const log = weir.logged.join("\n");
  assert.ok(!log.includes("cafeteria") && !log.includes("25 days"));
  console.log(`# rerank ledger: ${answered} calls, ${calls.length} rows, audit of ${audit.entries} entries ok`);
});
