import assert from "node:assert/strict";
import { afterAll, beforeAll, test } from "bun:test";
import { toFileJsonSchema } from "../../src/config/index.ts";
import { NOTED_ROUTES, toTemplate, type OpenApi } from "../../src/http/index.ts";
import { composedEndpoints } from "../../tools/composed-endpoints.ts";
import { createOwnCheck, operationsOf } from "../spec/own.ts";
import { createFakeUpstream } from "../upstream/index.ts";
import { oneModel, startWeir, withVectors, type TestWeir } from "./server.ts";

let weir: TestWeir;
let api: OpenApi;
beforeAll(async () => {
  weir = await startWeir();
  api = (await (await fetch(`${weir.url}/openapi.json`)).json()) as OpenApi;
});
afterAll(() => weir.close());

const table = composedEndpoints().map(({ method, path, allow }) => ({ name: `${method} ${toTemplate(path)}`, allow }));

test("every endpoint of the server is described with its permission, and none besides", () => {
  const described = operationsOf(api).map(([name, operation]) => ({ name, allow: operation["x-weir-permission"] }));
  const byName = (a: { name: string }, b: { name: string }): number => a.name.localeCompare(b.name);
  assert.deepEqual(described.toSorted(byName), table.toSorted(byName));
  console.log(`# openapi: ${described.length} operations described, ${table.length} endpoints in the server's table`);
});

const OWN = { "x-weir-console": "1", "sec-fetch-site": "same-origin" };
/** Public addresses that want more than was sent: a browser's wish for a page, a body, an issuer, a logo that is configured. */
const WITHOUT_ALL: Readonly<Record<string, number>> = {
  "GET /": 404,
  "GET /console/logo": 404,
  "GET /console/login/issuer": 400,
  "POST /console/session": 400,
  "POST /console/session/link": 400,
  "POST /console/links": 400,
  "POST /console/csp-reports": 400,
};

test("the server answers at every described address: none is not found, none denies the method", async () => {
  for (const [name, operation] of operationsOf(api)) {
    const [method = "", path = ""] = name.split(" ");
    // As the console's own pages ask, which is refused elsewhere.
    const response = await fetch(weir.url + path.replaceAll(/\{\w+\}/g, "x"), { method, headers: OWN });
    assert.equal(response.status, operation["x-weir-permission"] === "public" ? (WITHOUT_ALL[name] ?? 200) : 401, name);
    await response.arrayBuffer();
  }
});

test("every schema compiles, every reference leads somewhere, every path parameter is declared, every operation has an id of its own", () => {
  const check = createOwnCheck(api);
  const text = JSON.stringify(api);
  let schemas = 0;
  const walk = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    for (const [name, inner] of Object.entries(value)) {
      if (name === "schema" && typeof inner === "object" && inner !== null) {
        schemas++;
        check.compile(inner as object);
      }
      walk(inner);
    }
  };
  walk(api.paths);
  for (const [name, schema] of Object.entries(api.components.schemas)) {
    schemas++;
    check.compile({ $ref: `#/components/schemas/${name}` });
    assert.ok(typeof schema === "object" && schema !== null && "type" in schema, name);
  }
  const refs = [...text.matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)];
  for (const [, kind = "", name = ""] of refs) assert.ok(Object.hasOwn(api.components[kind] ?? {}, name), `${kind} ${name}`);
  const ids = operationsOf(api).map(([name, operation]) => {
    const wanted = [...name.matchAll(/\{(\w+)\}/g)].map(([, param]) => param);
    const declared = (operation["parameters"] ?? []) as readonly { in?: string; name?: string }[];
    assert.deepEqual(
      declared.filter((parameter) => parameter.in === "path").map((parameter) => parameter.name),
      wanted,
      name,
    );
    for (const [status, response] of Object.entries(operation.responses)) assert.ok(response["description"], `${name} ${status}`);
    return operation.operationId;
  });
  assert.equal(new Set(ids).size, ids.length);
  assert.match(api.openapi, /^3\.1\./);
  console.log(`# openapi: ${schemas} schemas compiled, ${refs.length} references resolved`);
});

test("every note is of an endpoint that exists", () => {
  const known = new Set(composedEndpoints().map(({ method, path }) => `${method} ${path}`));
  assert.deepEqual(
    NOTED_ROUTES.filter((name) => !known.has(name)),
    [],
  );
});

test("the form of weir.yaml is served, as the editor's schema in the docs is made from it", async () => {
  const served = await (await fetch(`${weir.url}/weir.schema.json`)).json();
  assert.deepEqual(served, JSON.parse(JSON.stringify(toFileJsonSchema())));
});

test("answers of chats and embeddings, whole, streamed, broken and refused, are as described", async () => {
  const upstream = await createFakeUpstream();
  const gateway = await startWeir({ yaml: withVectors(oneModel(upstream.openaiBaseUrl)) });
  try {
    const check = createOwnCheck(api);
    const { key } = await gateway.tenant("acme");
    const poor = await gateway.tenant("poor", { budgetUsd: 0 });
    const ask = async (path: string, body: object, by = key): Promise<void> => {
      const headers = { authorization: `Bearer ${by}`, "content-type": "application/json" };
      const response = await fetch(gateway.url + path, { method: "POST", headers, body: JSON.stringify(body) });
      check.see(`POST ${path}`, response.status, response.headers.get("content-type") ?? "", await response.text());
    };
    const tools = [{ type: "function", function: { name: "look", parameters: { type: "object" } } }];
    const chat = (words: string, more: object = {}, by = key): Promise<void> =>
      ask("/v1/chat/completions", { model: "m", messages: [{ role: "user", content: words }], ...more }, by);
    for (const stream of [false, true]) {
      for (const words of [
        "parts=5",
        "parts=9 reasoning=3",
        "tools=2",
        "status=500",
        "status=429",
        "fault=context",
        "fault=malformed",
        "fault=reset",
      ])
        await chat(words, {
          stream,
          stream_options: { include_usage: stream },
          n: 2,
          logprobs: true,
          ...(words === "tools=2" ? { tools } : {}),
        });
      await chat("x", { stream, model: "none" });
      await chat("x", { stream, temperature: 9 });
      await chat("x", { stream, rag: { enabled: true, collection: "none" } });
      await chat("x", { stream }, poor.key);
    }
    const vectors = (body: object, by = key): Promise<void> => ask("/v1/embeddings", { model: "vectors", input: ["a", "b"], ...body }, by);
    for (const body of [
      {},
      { encoding_format: "base64" },
      { input: "" },
      { model: "m" },
      { input: "status=500" },
      { input: "fault=malformed" },
    ])
      await vectors(body);
    await vectors({}, poor.key);
    for (const input of ["words", ["a", "b"], [{ type: "text", text: "a" }], [], 5]) await ask("/v1/moderations", { input });
    assert.deepEqual(check.violations, []);
    console.log(`# openapi: ${check.counts().bodies} bodies and events of chats and embeddings hold to /openapi.json, 0 violations`);
  } finally {
    await gateway.close();
    await upstream.close();
  }
}, 60_000);

test("an answer that is not as described is told from one that is", () => {
  const check = createOwnCheck(api);
  const json = "application/json";
  check.see("GET /healthz", 200, json, '{"status":"ok"}');
  check.see("GET /v1/models", 200, json, '{"object":"list","data":[]}');
  assert.deepEqual(check.violations, []);
  const planted: readonly Parameters<typeof check.see>[] = [
    ["GET /healthz", 200, json, '{"status":"fine"}'],
    ["GET /healthz", 418, json, "{}"],
    ["GET /v1/models", 200, json, '{"object":"list"}'],
    ["GET /v1/models", 200, "text/html", "<p>"],
    ["GET /v1/models", 401, json, '{"error":"no"}'],
    ["GET /v1/secrets", 200, json, "{}"],
    ["POST /v1/chat/completions", 200, "text/event-stream", 'data: {"id":"x","choices":[]}\n\ndata: [DONE]\n\n'],
  ];
  for (const answer of planted) check.see(...answer);
  assert.equal(check.violations.length, planted.length);
  console.log(`# openapi: ${check.violations.length} of ${planted.length} planted violations found`);
});
