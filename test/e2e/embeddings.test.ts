import assert from "node:assert/strict";
import { openaiSpecMissing } from "../spec/openai.ts";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, test } from "bun:test";
import OpenAI, { BadRequestError, NotFoundError, RateLimitError } from "openai";
import { EMBEDDING_INPUTS_MAX } from "../../src/kernel/limits.ts";
import { createFakeUpstream, vectorOf, type FakeUpstream } from "../upstream/index.ts";
import { adminCall, journalsAdopted, makeTenant, startChild } from "./child.ts";
import { openRawCall } from "./raw-call.ts";
import { createExchange, watchFetch } from "./sdk-exchange.ts";
import { startWeir, type TestWeir } from "./server.ts";
import { listRows } from "./usage-rows.ts";

const yamlFor = (baseUrl: string): string => `
providers:
  near: { kind: openai, baseUrl: "${baseUrl}", apiKey: k, trust: private, region: eu-1, timeouts: { firstByteMs: 2000, idleMs: 1500, totalMs: 20000 } }
  far: { kind: openai, baseUrl: "${baseUrl}", apiKey: k, trust: external, region: us-1, timeouts: { firstByteMs: 2000, idleMs: 1500, totalMs: 20000 } }
models:
  m: { provider: near, upstream: mock, price: { inputPerMTok: 1, outputPerMTok: 2 } }
  vectors: { kind: embedding, provider: near, upstream: bge, contextTokens: 256, price: { inputPerMTok: 10 } }
  vectors-far: { kind: embedding, provider: far, upstream: bge, price: { inputPerMTok: 30 } }
  others: { kind: embedding, provider: near, upstream: ada, price: { inputPerMTok: 1 } }
  fixed: { kind: embedding, provider: near, upstream: fixed-bge, price: { inputPerMTok: 10 } }
  down: { kind: embedding, provider: near, upstream: "ada@status=503", price: { inputPerMTok: 10 } }
  for-globex: { kind: embedding, provider: near, upstream: bge, price: { inputPerMTok: 10 } }
  unpriced: { kind: embedding, provider: far, upstream: bge }
routes:
  both: [{ use: [vectors, others, vectors-far] }]
  inside: [{ use: [vectors-far, vectors], trust: private }]
`;

let upstream: FakeUpstream;
let weir: TestWeir;
let key: string;
let client: OpenAI;
const exchange = createExchange();
const pending: Promise<void>[] = [];
/** Every call that this file has made and that an upstream was asked for. */
let answered = 0;
const clientFor = (apiKey: string): OpenAI =>
  new OpenAI({ baseURL: `${weir.url}/v1`, apiKey, maxRetries: 0, fetch: watchFetch(exchange, pending) });

const ACME = ["m", "vectors", "vectors-far", "others", "fixed", "down", "unpriced"];
beforeAll(async () => {
  upstream = await createFakeUpstream();
  weir = await startWeir({ yaml: yamlFor(upstream.openaiBaseUrl) });
  ({ key } = await weir.tenant("acme", { models: ACME }));
  client = clientFor(key);
});
afterAll(async () => {
  await weir.close();
  await upstream.close();
});

const post = (body: unknown, by = key): Promise<Response> =>
  fetch(`${weir.url}/v1/embeddings`, {
    method: "POST",
    headers: { authorization: `Bearer ${by}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
const near = (made: readonly number[], wanted: Float32Array): void => {
  assert.equal(made.length, wanted.length);
  for (const [at, value] of made.entries()) assert.equal(Math.fround(value), wanted[at]);
};
const ofText = (text: string, length = 20): Float32Array => vectorOf(JSON.stringify(text), length);

test("the official JavaScript client gets the vectors of a text, of texts and of tokens, as floats and as its default base64", async () => {
  for (const encoding_format of [undefined, "float", "base64"] as const) {
    const format = encoding_format === undefined ? {} : { encoding_format };
    const one = await client.embeddings.create({ model: "vectors", input: "The otter.", ...format });
    const [first] = one.data;
    if (encoding_format === "base64") {
      const bytes = Buffer.from(first?.embedding as unknown as string, "base64");
      near(Array.from(new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)), ofText("The otter."));
    } else near(first?.embedding ?? [], ofText("The otter."));
    assert.deepEqual([one.object, one.model, first?.index, one.usage], ["list", "vectors", 0, { prompt_tokens: 3, total_tokens: 3 }]);
    const several = await client.embeddings.create({ model: "vectors", input: ["a", "b", "c"], dimensions: 7 });
    for (const [at, text] of ["a", "b", "c"].entries()) near(several.data[at]?.embedding ?? [], ofText(text, 7));
    assert.deepEqual(upstream.calls.at(-1)?.body?.["dimensions"], 7);
    const tokens = await client.embeddings.create({ model: "vectors", input: [5, 6, 7, 8] });
    near(tokens.data[0]?.embedding ?? [], vectorOf("[5,6,7,8]", 20));
    const lists = await client.embeddings.create({ model: "vectors", input: [[5], [6, 7]] });
    assert.equal(lists.data.length, 2);
    answered += 4;
  }
  // The name that the provider knows, and nothing of who asked.
  const sent = upstream.calls.at(-1)?.body ?? {};
  assert.deepEqual(Object.keys(sent).toSorted(), ["encoding_format", "input", "model"]);
  assert.equal(sent["model"], "bge");
});

test("the answer's headers, its weir and its receipt say who made the vectors, at what price, and that it was no chat", async () => {
  const response = await post({ model: "vectors", input: "one two three", user: "somebody" });
  answered++;
  const body = (await response.json()) as { weir: Record<string, unknown> };
  const { headers } = response;
  assert.deepEqual(
    ["model", "provider", "trust", "tier", "cost-micro-usd"].map((name) => headers.get(`x-weir-${name}`)),
    ["vectors", "near", "private", "model", "30"],
  );
  assert.equal(body.weir["costMicroUsd"], 30);
  const id = headers.get("x-weir-request-id") ?? "";
  const receipt = await weir.call<{ hash: string; event: Record<string, unknown> }>("GET", `/v1/receipts/${id}`, undefined, { key });
  assert.equal(receipt.hash, headers.get("x-weir-receipt"));
  const { operation, modelAsked, inputTokens, outputTokens, endUserDigest } = receipt.event;
  assert.deepEqual([operation, modelAsked, inputTokens, outputTokens], ["embeddings", "vectors", 3, 0]);
  assert.ok(typeof endUserDigest === "string" && !endUserDigest.includes("somebody"));
});

test("another tenant's model is the same 404 as one that never was, and no upstream hears of it", async () => {
  const before = upstream.calls.length;
  const answers = await Promise.all(
    ["for-globex", "never-was"].map(async (model) => {
      const response = await post({ model, input: "words" });
      return `${response.status} ${await response.text()}`;
    }),
  );
  assert.equal(answers[0], answers[1]);
  assert.match(answers[0] ?? "", /^404 .*model_not_found/);
  await assert.rejects(client.embeddings.create({ model: "for-globex", input: "x" }), NotFoundError);
  assert.equal(upstream.calls.length, before);
  const globex = await weir.tenant("globex", { models: ["for-globex"] });
  const own = await post({ model: "for-globex", input: "words" }, globex.key);
  assert.equal(own.status, 200);
  assert.equal((await post({ model: "vectors", input: "words" }, globex.key)).status, 404);
  console.log("# embeddings isolation: another tenant's model 404, byte for byte as an unknown one; 0 upstream calls");
});

test("region, trust and an unknown price bar a model for vectors as for chats", async () => {
  const us = await weir.tenant("us", { models: ACME, region: "us-1" });
  const far = await post({ model: "both", input: "x" }, us.key);
  assert.equal(far.headers.get("x-weir-model"), "vectors-far");
  const inside = await post({ model: "inside", input: "x" });
  answered++;
  const { weir: told } = (await inside.json()) as { weir: { model: string; candidates: { model: string; fell?: string }[] } };
  assert.equal(told.model, "vectors");
  assert.deepEqual(told.candidates.find((each) => each.model === "vectors-far")?.fell, "trust");
  const budgeted = await weir.tenant("budgeted", { models: ACME, budgetUsd: 1 });
  assert.equal((await post({ model: "unpriced", input: "x" }, budgeted.key)).status, 503);
});

test("what is wrong with a body is said with its place and what would be right", async () => {
  const many = Array.from({ length: EMBEDDING_INPUTS_MAX + 1 }, () => "x");
  const cases: readonly (readonly [body: object, param: string, words: RegExp])[] = [
    [{ input: "" }, "input", /not empty/],
    [{ input: [] }, "input", /at least one/],
    [{ input: ["a", ""] }, "input[1]", /not empty/],
    [{ input: ["a", 5] }, "input[1]", /expected a text/],
    [{ input: [[1], [2, -1]] }, "input[1][1]", /token/],
    [{ input: many }, "input", /at most 2048 inputs, got 2049/],
    [{ input: many.map(() => 1) }, "input", /at most 2048 tokens/],
    [{ input: "x", dimensions: 0 }, "dimensions", /at least 1/],
    [{ input: "x", dimensions: 65_537 }, "dimensions", /65536/],
    [{ input: "x", encoding_format: "hex" }, "encoding_format", /float/],
    [{ input: "x", truncate: true }, "", /unknown field "truncate"/],
    [{ input: "x", model: "m" }, "model", /kind embedding/],
    [{ input: "x", model: "auto" }, "model", /kind embedding/],
    [{ input: "x".repeat(4 * 256 + 1) }, "input", /context/],
  ];
  const before = upstream.calls.length;
  for (const [body, param, words] of cases) {
    const response = await post({ model: "vectors", ...body });
    const { error } = (await response.json()) as { error: { param: string | null; message: string } };
    assert.deepEqual([response.status, error.param ?? ""], [400, param], error.message);
    assert.match(error.message, words);
  }
  assert.equal(upstream.calls.length, before);
  const full = await post({ model: "others", input: many.slice(1) });
  answered++;
  assert.equal(full.status, 200);
  await assert.rejects(client.embeddings.create({ model: "vectors", input: "" }), BadRequestError);
  const chat = await weir.chat(key, { model: "vectors", messages: [{ role: "user", content: "x" }] });
  assert.equal(chat.status, 400);
  assert.match(await chat.text(), /\/v1\/embeddings/);
  console.log(`# embeddings, bad input: ${cases.length} cases, each 400 with its place`);
});

test("a model that does not shorten its vectors is refused for it, and its tokens are billed", async () => {
  const response = await post({ model: "fixed", input: "one two", dimensions: 5 });
  answered++;
  const { error } = (await response.json()) as { error: { param: string; message: string } };
  assert.deepEqual([response.status, error.param], [400, "dimensions"]);
  assert.match(error.message, /vectors of 20 .* to 5/);
  assert.equal(response.headers.get("x-should-retry"), "false");
  const [row] = (await listRows(weir.url, "acme")).rows;
  assert.deepEqual([row?.outcome, row?.code, row?.inputTokens, row?.costMicroUsd], ["failed", "target_refused", 2, 20]);
});

test("a call moves on to where the same model is served, never to another model's space, and says so", async () => {
  const first = await post({ model: "down", input: "x" });
  assert.equal(first.status, 502);
  // `status=503` in the text: both targets of the route that serve bge are asked, and `others` is not.
  const before = upstream.calls.length;
  const response = await post({ model: "both", input: "status=503" });
  assert.equal(response.status, 502);
  assert.deepEqual(
    upstream.calls.slice(before).map((call) => call.model),
    ["bge", "bge"],
  );
  const [row] = (await listRows(weir.url, "acme")).rows;
  assert.deepEqual(
    row?.attempts.map(({ model, outcome }) => `${model} ${outcome}`),
    ["vectors failed", "vectors-far failed"],
  );
  answered += 2;
});

test("an answer with a vector too few, or an error for an answer, is broken; tokens that no usage names are counted", async () => {
  const broken = await post({ model: "others", input: ["fault=malformed", "b"] });
  assert.equal(broken.status, 502);
  const error = await post({ model: "others", input: "fault=error secret" });
  assert.equal(error.status, 502);
  assert.ok(!(await error.text()).includes("secret"));
  for (const usage of ["none", "zero"]) {
    const response = await post({ model: "others", input: `usage=${usage} and some more words` });
    const body = (await response.json()) as { usage: { prompt_tokens: number }; weir: { usageSource: string } };
    assert.equal(body.weir.usageSource, "counted");
    assert.ok(body.usage.prompt_tokens >= 5);
  }
  answered += 4;
});

test("a spent budget refuses at the limit, and the spending is the tokens' price to the micro-dollar", async () => {
  const { key: poor } = await weir.tenant("poor", { budgetUsd: 0.001, models: ACME });
  // Ten micro-dollars a token, 1000 in all: 24 calls of 4 tokens and their bounds fit; what is left then is less than one bound.
  let passed = 0;
  let refused: Response | undefined;
  for (let n = 0; n < 60 && refused === undefined; n++) {
    const response = await post({ model: "vectors", input: "one two three four" }, poor);
    if (response.status === 200) passed++;
    else refused = response;
    await response.text();
  }
  assert.equal(refused?.status, 429);
  assert.ok(Number(refused?.headers.get("retry-after")) > 0);
  const { rows, totals } = await listRows(weir.url, "poor");
  assert.equal(totals.calls, passed);
  assert.equal(totals.costMicroUsd, passed * 40);
  // The bound of one more call, 22 bytes and marks, did not fit.
  assert.ok(totals.costMicroUsd <= 1000 && totals.costMicroUsd + 220 > 1000, String(totals.costMicroUsd));
  assert.equal(rows.filter((row) => row.outcome === "refused").length, 1);
  await assert.rejects(clientFor(poor).embeddings.create({ model: "vectors", input: "one two three four" }), RateLimitError);
  console.log(`# embeddings budget: ${passed} calls, ${totals.costMicroUsd} of 1000 micro-dollars, then 429`);
});

test("a client that leaves stops the upstream call, and is billed for the tokens that were read", async () => {
  const call = openRawCall(
    { url: `${weir.url}/v1/embeddings`, key, body: { model: "vectors", input: "gate=shut call=left and words" } },
    20_000,
  );
  await upstream.until(() => upstream.calls.some((each) => each.name === "left"));
  const asked = upstream.find("left");
  const goneMs = call.leave("reset");
  await upstream.until(() => asked.state !== "open", 3000);
  assert.equal(asked.state, "aborted");
  const took = asked.changedAtMs - goneMs;
  assert.ok(took <= 1000, `${took} ms`);
  answered++;
  let rows = await listRows(weir.url, "acme");
  while (rows.rows[0]?.outcome !== "aborted") rows = await listRows(weir.url, "acme");
  const [row] = rows.rows;
  assert.deepEqual([row?.outcome, row?.code, row?.usageSource], ["aborted", "client_gone", "counted"]);
  assert.ok((row?.inputTokens ?? 0) > 3 && row?.costMicroUsd === 10 * (row?.inputTokens ?? 0));
  console.log(`# embeddings, client gone: upstream aborted after ${took.toFixed(0)} ms, one row, billed`);
});

test("each call has one row that says what it was, as the upstream counted, and the audit trail holds them", async () => {
  const { rows, totals } = await listRows(weir.url, "acme");
  assert.equal(totals.calls, answered);
  const calls = rows.filter((row) => row.outcome !== "refused") as unknown as { operation: string; usageSource: string }[];
  assert.equal(calls.length, answered);
  assert.deepEqual([...new Set(calls.map((row) => row.operation))], ["embeddings"]);
  const reported = rows.filter((row) => row.usageSource === "reported" && row.outcome === "finished");
  assert.ok(reported.length > 12);
  const audit = await weir.call<{ ok: boolean; entries: number }>("POST", "/admin/v1/audit/verify", { tenant: "acme" });
  assert.deepEqual([audit.ok, audit.entries], [true, rows.length]);
  console.log(`# embeddings ledger: ${answered} calls, ${calls.length} rows, audit of ${audit.entries} entries ok`);
});

test("a gateway killed under embeddings keeps one row a call: answered ones at their price, the others failed at their bound", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "weir-embed-kill-"));
  const config = join(dataDir, "weir.yaml");
  await writeFile(config, yamlFor(upstream.openaiBaseUrl));
  let child = await startChild(dataDir, config);
  try {
    const killed = await makeTenant(child.url, "acme");
    const ask = (input: string): Promise<Response> =>
      fetch(`${child.url}/v1/embeddings`, {
        method: "POST",
        headers: { authorization: `Bearer ${killed}`, "content-type": "application/json" },
        body: JSON.stringify({ model: "vectors", input }),
      });
    for (let n = 0; n < 20; n++) assert.equal((await ask(`text ${n}`)).status, 200);
    const cut = Array.from({ length: 5 }, (_, n) => ask(`gate=kill call=kill-${n}`).catch(() => undefined));
    await upstream.until(() => [0, 1, 2, 3, 4].every((n) => upstream.calls.some((call) => call.name === `kill-${n}`)));
    child.signal("SIGKILL");
    await child.exited;
    await Promise.all(cut);
    child = await startChild(dataDir, config);
    await journalsAdopted(dataDir);
    const { rows, totals } = await listRows(child.url, "acme");
    const died = rows.filter((row) => row.code === "process_died") as unknown as { operation: string; costMicroUsd: number }[];
    assert.deepEqual([totals.calls, rows.length, died.length], [25, 25, 5]);
    for (const row of died) {
      assert.equal(row.operation, "embeddings");
      assert.equal(row.costMicroUsd, 10 * ("gate=kill call=kill-0".length + 4));
    }
    const audit = await adminCall<{ ok: boolean }>(child.url, "POST", "/admin/v1/audit/verify", { tenant: "acme" });
    assert.equal(audit.ok, true);
    console.log(`# embeddings, kill -9: 20 answered and 5 under way, ${rows.length} rows, ${died.length} billed at their bound`);
  } finally {
    child.signal("SIGKILL");
    await child.exited;
    await rm(dataDir, { recursive: true, force: true });
  }
}, 60_000);

test.skipIf(openaiSpecMissing !== false)("every body that the client has seen follows OpenAI's description", async () => {
  await Promise.all(pending);
  assert.deepEqual(exchange.violations, []);
  const planted = createExchange();
  planted.see("POST /v1/embeddings", 200, "application/json", JSON.stringify({ object: "list", data: [{}], model: "m" }));
  planted.see(
    "POST /v1/embeddings",
    200,
    "application/json",
    '{"object":"list","data":[{"object":"embedding","index":0,"embedding":"AAA"}],"model":"m","usage":{"prompt_tokens":1,"total_tokens":1}}',
  );
  assert.equal(planted.violations.length, 2);
  console.log(`# embeddings, sdk openai (js): ${exchange.counts().bodies} bodies, 0 violations; 2 of 2 planted ones found`);
});
