import assert from "node:assert/strict";
import { test } from "bun:test";
import { FAULTS } from "../../src/kernel/fault.ts";
import { ADMIN_KEY, composedEndpoints, createWorld, type World } from "./access-world.ts";
import { createDice, mutate, type Right } from "./fuzz-mutate.ts";
import { sendRaw, type RawAnswer } from "./fuzz-raw-http.ts";

const CASES = Number(process.env["WEIR_FUZZ_CASES"] ?? (process.env["WEIR_TEST_LONG"] === "1" ? 20_000 : 2000));
const SEED = Number(process.env["WEIR_FUZZ_SEED"] ?? 20_261_121);
/** Sent at a time: enough that calls meet, few enough that a failure is found again. */
const AT_ONCE = 16;

const multipart = (filename: string, boundary = "weir-boundary"): Buffer =>
  Buffer.from(
    `--${boundary}\r\ncontent-disposition: form-data; name="purpose"\r\n\r\nuser_data\r\n` +
      `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${filename}"\r\ncontent-type: text/plain\r\n\r\nSome words.\r\n--${boundary}--\r\n`,
  );

const tool = {
  type: "function",
  function: { name: "look", description: "d", parameters: { type: "object", properties: { a: { type: "string" } } } },
};
const CHATS: readonly unknown[] = [
  {
    model: "m",
    messages: [
      { role: "system", content: "Be brief." },
      { role: "user", content: "parts=3" },
    ],
    max_tokens: 5,
    temperature: 0.5,
    stop: ["x"],
    n: 2,
    seed: 1,
  },
  {
    model: "auto",
    messages: [{ role: "user", content: [{ type: "text", text: "parts=2" }] }],
    stream: true,
    stream_options: { include_usage: true },
  },
  {
    model: "extractive",
    messages: [{ role: "user", content: "How much leave?" }],
    rag: { enabled: true, collection: "acme handbook", topK: 3, mode: "keyword", hops: 2, compress: true },
  },
  {
    model: "m",
    tools: [tool],
    tool_choice: { type: "function", function: { name: "look" } },
    response_format: { type: "json_schema", json_schema: { name: "a", schema: { type: "object" } } },
    messages: [
      { role: "user", content: [{ type: "image_url", image_url: { url: "data:image/png;base64,AA==", detail: "low" } }] },
      { role: "assistant", content: null, tool_calls: [{ id: "c1", type: "function", function: { name: "look", arguments: "{}" } }] },
      { role: "tool", content: "parts=1", tool_call_id: "c1" },
    ],
    max_completion_tokens: 4,
  },
];
const BODIES: Readonly<Record<string, readonly unknown[]>> = {
  "POST /v1/chat/completions": CHATS,
  "POST /v1/embeddings": [
    { model: "vectors", input: "parts=3", encoding_format: "base64", dimensions: 4, user: "u" },
    { model: "vectors", input: ["parts=3", "b"], encoding_format: "float" },
    { model: "vectors", input: [[1, 2], [3]] },
  ],
  "POST /v1/rerank": [
    { model: "order", query: "leave", documents: ["parts=3", { text: "leave" }], top_n: 1, return_documents: true, user: "u" },
  ],
  "POST /v2/rerank": [{ model: "order", query: "leave", documents: ["a", "leave"] }],
  "POST /mcp": [
    { jsonrpc: "2.0", id: 1, method: "tools/call", params: { name: "search", arguments: { query: "leave", topK: 3 } } },
    { jsonrpc: "2.0", id: "a", method: "tools/call", params: { name: "fetch", arguments: { id: "vs_x/file-y/0" } } },
    {
      jsonrpc: "2.0",
      id: 2,
      method: "initialize",
      params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "f", version: "1" } },
    },
  ],
  "POST /v1/moderations": [
    { input: "words", model: "m" },
    { input: ["a", "b"] },
    {
      input: [
        { type: "text", text: "a" },
        { type: "image_url", image_url: { url: "https://a.test/b.png" } },
      ],
    },
  ],
  "POST /v1/vector_stores": [
    { name: "fuzz", metadata: { a: "b" }, file_ids: ["FILE"] },
    {
      description: "fuzz",
      chunking_strategy: { type: "static", static: { max_chunk_size_tokens: 400, chunk_overlap_tokens: 100 } },
      expires_after: { anchor: "last_active_at", days: 3 },
      weir: { languages: ["de"], trust: "private", highStakes: true, access: { classification: "public" } },
    },
  ],
  "POST /v1/vector_stores/:store": [{ name: "fuzzed", metadata: { a: "b" }, weir: { chunking: { strategy: "window", tokens: 128 } } }],
  "POST /v1/vector_stores/:store/files/:file": [
    { attributes: { groups: "hr, it", classification: "public", effective_from: "2026-01-01" } },
  ],
  "POST /v1/vector_stores/:store/file_batches": [{ file_ids: ["FILE"] }, { files: [{ file_id: "FILE", attributes: { a: 1 } }] }],
  "POST /v1/vector_stores/:store/files": [{ file_id: "FILE", attributes: { a: 1, b: "c", d: true } }],
  "POST /v1/vector_stores/:store/search": [
    { query: "leave", max_num_results: 3 },
    { query: ["how much", "leave"] },
    {
      query: "leave",
      filters: {
        type: "or",
        filters: [
          { type: "gte", key: "year", value: 2020 },
          { type: "in", key: "a", value: ["x", 1] },
        ],
      },
      ranking_options: { ranker: "none", score_threshold: 0.1 },
    },
  ],
  "POST /admin/v1/tenants": [{ slug: "fuzz", name: "Fuzz", tier: "t", region: "eu" }],
  "PATCH /admin/v1/tenants/:slug": [
    { name: "n", budgetUsd: 1, contentPolicy: "none", systemPrompt: "s", models: ["m"], rpm: 5, tpm: 5, region: "eu", tier: "gold" },
  ],
  "POST /admin/v1/tenants/:slug/keys": [
    { name: "k", role: "member", budgetUsd: 1, rpm: 1, tpm: 1, models: ["m"], team: "t", expiresAt: "2999-01-01T00:00:00Z" },
  ],
  "POST /admin/v1/audit/verify": [{ tenant: "acme" }],
  "POST /admin/v1/tenants/:slug/keys/:id/rotate": [{ overlapSeconds: 60 }],
  "POST /admin/v1/prompts": [{ tenant: "patched", name: "p", text: "Be kind." }],
  "POST /admin/v1/prompts/:id/promote": [{ tenant: "patched" }],
  "POST /admin/v1/prompts/:id/approve": [{ tenant: "patched" }],
  "POST /admin/v1/policies": [
    { kind: "tenant", tenant: "patched", body: { rpm: 5, models: ["m"], contentPolicy: "none", budgetUsd: 1, region: null } },
    { kind: "routes", body: { routes: { careful: [{ use: ["m", "extractive"], trust: "private", when: "pii.found" }] } } },
  ],
  "POST /admin/v1/policies/check": [
    { kind: "tenant", tenant: "patched", body: { rpm: 5, models: ["m"], tier: "gold", region: "eu" } },
    { kind: "routes", body: { routes: { careful: [{ use: ["m", "extractive"], trust: "private", when: "pii.found" }] } } },
  ],
  "POST /admin/v1/routes/explain": [
    {
      tenant: "patched",
      model: "auto",
      messages: [{ role: "user", content: "hi" }],
      feature: "f",
      provider: { order: ["m"], sort: "price", max_price: { prompt: 1 } },
      routes: { auto: [{ when: "complexity > 0.5 && !pii.found", use: ["m"], strategy: "weighted", weights: { m: 2 } }] },
    },
  ],
  "POST /admin/v1/rollouts": [
    {
      kind: "model",
      tenant: "patched",
      model: "m",
      to: "vectors",
      unit: "principal",
      steps: [5, 100],
      gates: { callsMin: 10, costRatio: null },
    },
    { kind: "prompt", tenant: "patched", version: "prm_0000000000000000" },
    { kind: "policy", version: "pol_0000000000000000" },
  ],
  "POST /admin/v1/rollouts/:id/promote": [{ tenant: "patched" }],
  "POST /admin/v1/rollouts/:id/rollback": [{ tenant: "patched", reason: "r" }],
  "POST /admin/v1/rollouts/:id/pause": [{ tenant: "patched" }],
  "POST /admin/v1/rollouts/:id/resume": [{ tenant: "patched" }],
  "POST /admin/v1/rollouts/:id/scores": [{ tenant: "patched", scores: [{ requestId: "req_0000000000000000", score: 1 }] }],
  "POST /admin/v1/policies/:id/promote": [{ tenant: "patched" }],
  "POST /admin/v1/policies/:id/approve": [{ tenant: "patched" }],
};

/** One right request, or more, of every endpoint. Tenant settings go to a tenant of their own, so that the others keep working. */
function rightRequests({ acme }: World): Right[] {
  const values: Record<string, string> = { id: acme.file, store: acme.store, file: acme.file, slug: "patched", model: "m" };
  return composedEndpoints().flatMap((endpoint): Right[] => {
    const name = `${endpoint.method} ${endpoint.path.replace("{.+}", "")}`;
    // These read no input at all: a backup's answer is the inside itself, and a reload that is refused is an error for the operator to see.
    if (name === "POST /admin/v1/backup" || name === "POST /admin/v1/config/reload") return [];
    const path = endpoint.path.replace("{.+}", "").replace(/:(\w+)/g, (_, param: string) => values[param] ?? "x");
    const isPlatform = path.startsWith("/admin");
    const authorization = `Bearer ${isPlatform ? ADMIN_KEY : acme.member}`;
    if (name === "POST /v1/files") {
      const headers = { authorization, "content-type": "multipart/form-data; boundary=weir-boundary" };
      return ["a.txt", "", "../../x.md", "\u00e9\u0001.txt", "x".repeat(300)].map((filename) => ({
        method: "POST",
        path,
        headers,
        raw: multipart(filename),
      }));
    }
    const bodies = BODIES[name] ?? [undefined];
    return bodies.map((body) => {
      const filled: unknown = body === undefined ? undefined : JSON.parse(JSON.stringify(body).replaceAll("FILE", acme.file));
      const headers = { authorization, ...(body === undefined ? {} : { "content-type": "application/json" }) };
      return { method: endpoint.method, path, headers, body: filled };
    });
  });
}

const DECLARED = new Map(Object.entries(FAULTS).map(([code, row]) => [code, row.status as number]));
/** Where code arose, SQL, or the words of a library: none of a caller's business. */
const INSIDE = /\n\s+at |\.ts:\d+|node_modules|\bSELECT\b.*\bFROM\b|INSERT INTO|pglite|ZodError|SyntaxError|TypeError|secret words/;

/** What is wrong with an answer, if anything. */
function findFlaw(answer: RawAnswer): string | undefined {
  if (INSIDE.test(answer.text)) return `tells of its inside: ${answer.text.slice(0, 300)}`;
  // A request line with a blank in its path ends in no version that HTTP has: the runtime's parser says so before any handler.
  if (answer.status < 500 || (answer.status === 505 && answer.text === "")) return undefined;
  const code = /"code":"(\w+)"/.exec(answer.text)?.[1] ?? "";
  const isDeclared = code !== "bug" && DECLARED.get(code) === answer.status && [502, 503, 504].includes(answer.status);
  return isDeclared ? undefined : `status ${answer.status}: ${answer.text.slice(0, 300)}`;
}

async function fuzz(url: string, rights: readonly Right[], cases: number) {
  const dice = createDice(SEED);
  const flaws: string[] = [];
  const statuses = new Map<number, number>();
  for (let from = 0; from < cases; from += AT_ONCE) {
    const batch = Array.from({ length: AT_ONCE }, () => mutate(dice.pick(rights), dice));
    await Promise.all(
      batch.map(async (bytes) => {
        const answer = await sendRaw(url, bytes);
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        const flaw = findFlaw(answer);
        if (flaw !== undefined) flaws.push(`${bytes.subarray(0, 600).toString("latin1")}\n=> ${flaw}`);
      }),
    );
  }
  return { flaws, statuses };
}

test(`${CASES} mutated requests over every endpoint: no undeclared failure, nothing of the inside told, and the server goes on`, async () => {
  const world = await createWorld();
  try {
    const { weir, acme } = world;
    await weir.call("POST", "/admin/v1/tenants", { slug: "patched", name: "patched" });
    const rights = rightRequests(world);
    const { flaws, statuses } = await fuzz(weir.url, rights, CASES);
    assert.deepEqual([...new Set(flaws)].slice(0, 8), []);
    const good = [...statuses].filter(([status]) => status >= 200 && status < 300).reduce((sum, [, count]) => sum + count, 0);
    assert.ok(good > CASES / 50, "some mutations leave the request right, so handlers are reached");
    // Alive, and still right.
    const after = await weir.chat(acme.member, { model: "m", messages: [{ role: "user", content: "parts=3" }] });
    assert.equal(after.status, 200);
    assert.equal((await weir.call<{ ok: boolean }>("POST", "/admin/v1/audit/verify", { tenant: "acme" })).ok, true);
    assert.deepEqual(weir.logged.filter((line) => line.includes('"level":"error"')).slice(0, 3), []);
    assert.equal(({} as { isAdmin?: boolean }).isAdmin, undefined);
    const told = [...statuses].toSorted(([a], [b]) => a - b).map(([status, count]) => `${status}×${count}`);
    console.log(`# fuzz: ${CASES} requests, seed ${SEED}, ${rights.length} right ones as seeds: 0 flaws (${told.join(" ")})`);
  } finally {
    await world.close();
  }
}, 180_000);

test("a body of the most levels is answered, and one level more is refused, wherever it is deep", async () => {
  const world = await createWorld();
  try {
    const deep = (levels: number): unknown => JSON.parse(`${'{"a":'.repeat(levels)}1${"}".repeat(levels)}`);
    const ask = (extra: object): Promise<Response> =>
      world.weir.chat(world.acme.member, { model: "m", messages: [{ role: "user", content: "parts=1" }], ...extra });
    const tools = (levels: number) => [{ type: "function", function: { name: "look", parameters: deep(levels) } }];
    // The body is a level itself; the tools' own form takes three more.
    const statuses = await Promise.all(
      [{ x: deep(511) }, { x: deep(512) }, { tools: tools(508) }, { tools: tools(509) }].map(async (extra) => (await ask(extra)).status),
    );
    assert.deepEqual(statuses, [200, 400, 200, 400]);
  } finally {
    await world.close();
  }
});

test("a client that promises a body and leaves, or sends half a multipart file, leaves the server unharmed", async () => {
  const world = await createWorld();
  try {
    const { weir, acme } = world;
    const head = (type: string, length: number): string =>
      `POST ${type.startsWith("multi") ? "/v1/files" : "/v1/chat/completions"} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${acme.member}\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n\r\n`;
    const leave = (text: string): Promise<unknown> => sendRaw(weir.url, Buffer.from(text), 150).catch(() => undefined);
    await Promise.all(
      Array.from({ length: 60 }, (_, at) =>
        leave(
          at % 2 === 0
            ? `${head("application/json", 500)}{"model":"m","mess`
            : `${head("multipart/form-data; boundary=b", 500)}--b\r\ncontent-disposition: form-data; na`,
        ),
      ),
    );
    assert.equal((await weir.chat(acme.member, { model: "m", messages: [{ role: "user", content: "parts=3" }] })).status, 200);
    assert.deepEqual(weir.logged.filter((line) => line.includes('"level":"error"')).slice(0, 3), []);
    console.log("# fuzz: 60 clients that left in the middle of their body");
  } finally {
    await world.close();
  }
});

test("a client that names no host, as probes of load balancers do, is answered like any other", async () => {
  const world = await createWorld();
  try {
    const { weir, acme } = world;
    const statusOf = async (text: string): Promise<number> => (await sendRaw(weir.url, Buffer.from(text))).status;
    const auth = `authorization: Bearer ${acme.member}\r\n`;
    const body = JSON.stringify({ model: "m", messages: [{ role: "user", content: "parts=2" }] });
    const post = `content-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
    assert.equal(await statusOf("GET /healthz HTTP/1.0\r\n\r\n"), 200);
    assert.equal(await statusOf("GET /readyz?from=//probe HTTP/1.0\r\nhost: \r\n\r\n"), 200);
    assert.equal(await statusOf(`GET /v1/files/${acme.file} HTTP/1.0\r\n${auth}\r\n`), 200);
    assert.equal(await statusOf(`POST /v1/chat/completions HTTP/1.0\r\n${auth}${post}`), 200);
    assert.equal(await statusOf("GET /v1/models HTTP/1.0\r\n\r\n"), 401);
    assert.equal(await statusOf("GET /nowhere HTTP/1.0\r\n\r\n"), 404);
  } finally {
    await world.close();
  }
});

test("a server that fails on one input in a hundred, or tells where it failed, is found out", async () => {
  let at = 0;
  const broken = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: (request) => {
      if (request.method === "HEAD") return new Response();
      at++;
      if (at % 100 === 0) return Response.json({ error: { code: "bug" } }, { status: 500 });
      if (at % 100 === 50) return new Response("TypeError: x\n    at answer (/srv/weir/src/chat/answer.ts:10:3)", { status: 400 });
      if (at % 100 === 75) return Response.json({ error: { code: "not_found" } }, { status: 503 });
      return Response.json({ error: { code: "no_target" } }, { status: at % 2 === 0 ? 503 : 200 });
    },
  });
  const right = { method: "POST", path: "/v1/chat/completions", headers: {}, body: CHATS[0] };
  const { flaws } = await fuzz(`http://127.0.0.1:${broken.port}`, [right], 400);
  await broken.stop(true);
  const expected = Math.floor(at / 100) + Math.floor((at + 50) / 100) + Math.floor((at + 25) / 100);
  assert.equal(flaws.length, expected);
  console.log(`# fuzz: ${flaws.length} of ${expected} planted failures found`);
});
