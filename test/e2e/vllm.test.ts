import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import { connect } from "node:net";
import { CONTROL_ROUTES, createFakeVllm, type FakeVllm } from "../upstream/vllm/index.ts";
import { eventually } from "./eventually.ts";
import { ADMIN_KEY, startWeir, type TestWeir } from "./server.ts";

/** The paths that a gateway needs, and no others. */
const NEEDED = new Set(["GET /v1/models", "GET /metrics", "POST /v1/chat/completions", "POST /v1/embeddings"]);

let vllm: FakeVllm;
let second: FakeVllm;
let saltless: FakeVllm;
let weir: TestWeir;
let acme: string;
let beta: string;
beforeAll(async () => {
  [vllm, second, saltless] = await Promise.all([
    createFakeVllm({ loras: ["sql-adapter"], byPriority: true }),
    createFakeVllm(),
    createFakeVllm({ saltless: true }),
  ]);
  weir = await startWeir({
    yaml: `
providers:
  one: { kind: openai, engine: vllm, baseUrl: "${vllm.baseUrl}", trust: private, tierPriority: { gold: -10 } }
  two: { kind: openai, engine: vllm, baseUrl: "${second.baseUrl}", trust: private }
  saltless: { kind: openai, engine: vllm, baseUrl: "${saltless.baseUrl}", trust: private }
models:
  one: { provider: one, upstream: base }
  two: { provider: two, upstream: base }
  saltless: { provider: saltless, upstream: base }
  sql: { provider: one, upstream: sql-adapter }
  gone: { provider: one, upstream: no-such-adapter }
  vectors: { kind: embedding, provider: one, upstream: base }
routes:
  either: [{ use: [one, two] }]
tiers:
  gold: { rpm: 6000 }
`,
  });
  acme = (await weir.tenant("acme", { tier: "gold" })).key;
  beta = (await weir.tenant("beta")).key;
});
afterAll(async () => {
  await weir.close();
  await Promise.all([vllm.close(), second.close(), saltless.close()]);
});

type Answer = {
  readonly choices?: readonly { readonly message: { readonly content: string } }[];
  readonly usage?: { readonly prompt_tokens: number; readonly prompt_tokens_details?: { readonly cached_tokens: number } };
  readonly error?: { readonly code: string };
  readonly weir?: { readonly model: string };
};
async function ask(key: string, body: Record<string, unknown>): Promise<{ readonly status: number; readonly answer: Answer }> {
  const response = await weir.chat(key, { model: "one", messages: [{ role: "user", content: "Hello." }], ...body });
  return { status: response.status, answer: (await response.json()) as Answer };
}

/** One request as it stands, because clients tidy a path before they send it. */
function rawStatus(url: string, method: string, path: string): Promise<number> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      const head = [`${method} ${path} HTTP/1.1`, `host: ${hostname}`, `authorization: Bearer ${acme}`, "content-type: application/json"];
      socket.write(`${[...head, "content-length: 2", "connection: close"].join("\r\n")}\r\n\r\n{}`);
    });
    let text = "";
    socket.on("data", (bytes: Buffer) => (text += bytes.toString("latin1")));
    socket.on("error", reject);
    socket.on("close", () => resolve(Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1])));
  });
}

/** Asks a gateway for everything that steers vLLM: each must be 404, and nothing but what is needed may have reached the server. */
async function checkClosed(url: string, upstream: FakeVllm): Promise<number> {
  let asked = 0;
  for (const path of CONTROL_ROUTES) {
    for (const method of ["GET", "POST", "PUT", "DELETE"]) {
      for (const key of [acme, ADMIN_KEY]) {
        const body = method === "GET" ? {} : { body: "{}" };
        const response = await fetch(url + path, { method, headers: { authorization: `Bearer ${key}` }, ...body });
        assert.equal(response.status, 404, `${method} ${path} answered ${response.status}`);
        asked++;
      }
    }
  }
  const spelled = [
    "/v1/../pause",
    "//pause",
    "/v1/%2e%2e/pause",
    "/v1/chat/completions/../../../pause",
    "/v1/models/../../sleep",
    "/pause?x=/v1/models",
  ];
  for (const path of [...spelled, "/v1/chat/completions%2f..%2f..%2fpause", "/v1/chat/completions;/pause", "/\\pause"]) {
    assert.ok([400, 404].includes(await rawStatus(url, "POST", path)), path);
    asked++;
  }
  const reached = [...new Set(upstream.paths)].filter((path) => !NEEDED.has(path));
  assert.deepEqual(reached, []);
  return asked;
}

test("of a vLLM server only what is needed is ever asked for, whatever a client asks the gateway for", async () => {
  for (const key of [acme, beta]) await ask(key, {});
  await weir.call("POST", "/v1/embeddings", { model: "vectors", input: "Hello." }, { key: acme });
  // Names that stand in bodies lead nowhere either.
  for (const model of ["../pause", "one/../../pause", "one?x=/pause", "one#/pause"]) assert.equal((await ask(acme, { model })).status, 404);
  await eventually(async () => assert.ok(vllm.paths.includes("GET /metrics")));
  const asked = await checkClosed(weir.url, vllm);
  assert.ok(CONTROL_ROUTES.length >= 40);
  for (const each of [second, saltless])
    assert.deepEqual(
      [...new Set(each.paths)].filter((path) => !NEEDED.has(path)),
      [],
    );
  console.log(`# ${CONTROL_ROUTES.length} control routes, ${asked} requests, 0 reached vLLM`);
});

test("planted fault: a proxy that passes on what it does not know is caught", async () => {
  const open = await createFakeVllm();
  const proxy = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) => fetch(open.url + new URL(request.url).pathname, { method: request.method }),
  });
  await assert.rejects(checkClosed(`http://127.0.0.1:${proxy.port}`, open), /answered 200/);
  // And one that hides what it has done.
  const quiet = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      await fetch(open.url + new URL(request.url).pathname, { method: request.method });
      return new Response("", { status: 404 });
    },
  });
  await assert.rejects(checkClosed(`http://127.0.0.1:${quiet.port}`, open), /\/pause/);
  await Promise.all([proxy.stop(true), quiet.stop(true), open.close()]);
});

const LONG = Array.from({ length: 200 }, (_, at) => `word${at}`).join(" ");

/** Tokens of a long prompt that a second tenant finds in the cache after a first one has sent it. */
async function foreignHits(model: string, smuggled: Record<string, unknown>): Promise<{ readonly own: number; readonly foreign: number }> {
  const messages = [{ role: "user", content: `${model} ${JSON.stringify(smuggled)} ${LONG}` }];
  const cachedOf = async (key: string): Promise<number> =>
    (await ask(key, { model, messages, ...smuggled })).answer.usage?.prompt_tokens_details?.cached_tokens ?? 0;
  await cachedOf(acme);
  const own = await cachedOf(acme);
  return { own, foreign: await cachedOf(beta) };
}

test("a tenant's prompts are in the cache for itself and for nobody else, also where the client sends a salt", async () => {
  let ways = 0;
  for (const smuggled of [
    {},
    { cache_salt: "shared" },
    { cache_salt: "" },
    { cache_salt: null },
    { stream_options: null, cache_salt: ["x"] },
  ]) {
    const { own, foreign } = await foreignHits("one", smuggled);
    assert.ok(own > 150, `its own: ${own}`);
    assert.equal(foreign, 0, JSON.stringify(smuggled));
    ways++;
  }
  const salts = new Set(vllm.bodies.map((body) => String(body["cache_salt"])));
  for (const salt of salts) assert.match(salt, /^[0-9a-f]{64}$/);
  assert.equal(salts.size, 2);
  console.log(`# ${ways} ways of asking, 2 tenants, 2 salts of 256 bits in ${vllm.bodies.length} calls`);
});

test("planted fault: a server that shares its cache in spite of the salt is seen by the same check", async () => {
  assert.ok((await foreignHits("saltless", {})).foreign > 150);
});

test("embeddings carry the salt as chats do", async () => {
  await weir.call("POST", "/v1/embeddings", { model: "vectors", input: ["One.", "Two."] }, { key: acme });
  const sent = vllm.bodies.findLast((body) => body["input"] !== undefined);
  assert.match(String(sent?.["cache_salt"]), /^[0-9a-f]{64}$/);
});

test("the tier's priority is sent, the client's is not", async () => {
  await ask(acme, { priority: 99 });
  assert.equal(vllm.bodies.at(-1)?.["priority"], -10);
  await ask(beta, { priority: -99 });
  assert.equal(vllm.bodies.at(-1)?.["priority"], undefined);
});

test("vLLM's refusals become the caller's own words: a prompt that is too long, a model that is not loaded", async () => {
  const long = await ask(acme, { messages: [{ role: "user", content: "word ".repeat(20_000) }] });
  assert.deepEqual([long.status, long.answer.error?.code], [400, "context_length_exceeded"]);
  const gone = await ask(acme, { model: "gone" });
  assert.equal(gone.status, 502);
  const sql = await ask(acme, { model: "sql" });
  assert.deepEqual([sql.status, vllm.bodies.at(-1)?.["model"]], [200, "sql-adapter"]);
});

test("a stream of vLLM comes whole, with the usage that it tells only where it is asked for", async () => {
  const response = await weir.chat(acme, {
    model: "one",
    stream: true,
    stream_options: { include_usage: true },
    messages: [{ role: "user", content: "Hello." }],
  });
  const text = await response.text();
  assert.match(text, /"prompt_tokens":\d+/);
  assert.ok(text.trimEnd().endsWith("data: [DONE]"));
  const said = [...text.matchAll(/"content":"([^"]*)"/g)].map(([, piece]) => piece).join("");
  assert.equal(said, "Sluices were built of oak.");
});

test("while a server is paused a call goes to the next one, and the first is asked again when it has resumed", async () => {
  vllm.state.paused = true;
  try {
    assert.equal((await ask(acme, { model: "either" })).answer.weir?.model, "two");
  } finally {
    vllm.state.paused = false;
  }
  assert.equal((await ask(acme, { model: "either" })).answer.weir?.model, "one");
});
