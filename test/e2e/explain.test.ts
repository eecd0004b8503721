import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import { ADMIN_KEY, startWeir, type TestWeir } from "./server.ts";

type Explained = { found: string; tenant?: string; sentences: string[]; event?: { type: string } };

let upstream: FakeUpstream;
let weir: TestWeir;
beforeAll(async () => {
  upstream = await createFakeUpstream();
  weir = await startWeir({
    yaml: `
providers:
  up: { kind: openai, baseUrl: "${upstream.openaiBaseUrl}", trust: private, region: eu-1 }
  down: { kind: openai, baseUrl: "http://127.0.0.1:1/v1", trust: private, region: eu-1 }
  far: { kind: openai, baseUrl: "${upstream.openaiBaseUrl}", trust: external, region: us-1 }
models:
  broken: { provider: down, upstream: broken, price: { inputPerMTok: 1, outputPerMTok: 2 } }
  good: { provider: up, upstream: mock, price: { inputPerMTok: 1, outputPerMTok: 2 } }
  abroad: { provider: far, upstream: mock, price: { inputPerMTok: 1, outputPerMTok: 2 } }
  short: { provider: up, upstream: mock, contextTokens: 256 }
routes:
  auto:
    - { use: [abroad, short, broken, good] }
  only-abroad:
    - { use: [abroad] }
`,
  });
});
afterAll(async () => {
  await weir.close();
  await upstream.close();
});

const ask = async (key: string, body: Record<string, unknown> = {}) => {
  const response = await weir.chat(key, {
    model: "auto",
    max_tokens: 300,
    messages: [{ role: "user", content: "explain-canary-55" }],
    ...body,
  });
  await response.text();
  return { status: response.status, id: response.headers.get("x-weir-request-id") ?? "" };
};
const explain = (id: string, key = ADMIN_KEY): Promise<Explained> =>
  weir.call<Explained>("GET", `/admin/v1/explain/${id}`, undefined, { key });

test("a call that fell back is told with every candidate, each attempt, its budget and its cost, and without a word of its content", async () => {
  const { key } = await weir.tenant("acme", { region: "eu-1", budgetUsd: 5 });
  const { status, id } = await ask(key);
  assert.equal(status, 200);
  const { found, tenant, sentences } = await explain(id);
  assert.deepEqual([found, tenant], ["call", "acme"]);
  const text = sentences.join("\n");
  for (const expected of [
    /tenant acme, with key key_\w+, asked `auto` for an answer \(req_\w+\)/,
    /Candidate 1, abroad at far, was left out: it does not run in the region/,
    /Candidate 2, short at up, was left out: prompt and answer together are longer than its context/,
    /Candidate 3, broken at down, was eligible/,
    /Asked first: broken at down \(private\)\. After \d+ ms the provider did not answer \(target_down\); nothing was used/,
    /Then: good at up \(private\)\. It answered in \d+ ms; \d+ tokens? in, \d+ out, as the provider reported/,
    /The call went to good at up and was finished after/,
    /It cost \d+ micro-dollars\. It was reserved in, and counts against, the budget of the tenant/,
  ])
    assert.match(text, expected);
  assert.ok(!text.includes("explain-canary"));
  console.log(`# explain: a call with 5 candidates and 2 attempts in ${sentences.length} sentences`);
});

test("a refused call is told by its code, also where its id is not the first of its minute", async () => {
  const { key } = await weir.tenant("tight", { rpm: 1 });
  await ask(key, { model: "good" });
  const refused = [await ask(key), await ask(key), await ask(key)];
  assert.deepEqual(
    refused.map(({ status }) => status),
    [429, 429, 429],
  );
  for (const { id } of refused) {
    const { found, sentences } = await explain(id);
    assert.equal(found, "refusals");
    assert.match(
      sentences.join("\n"),
      /refused for tenant tight, key key_\w+: The limit of requests or tokens per minute is reached\. \(rate_limited\)/,
    );
  }
});

test("a call that no model may take says so", async () => {
  const { key } = await weir.tenant("home", { region: "eu-1" });
  const { status, id } = await ask(key, { model: "only-abroad" });
  assert.equal(status, 503);
  const { found, sentences } = await explain(id);
  assert.equal(found, "refusals");
  assert.match(sentences.join("\n"), /no_target/);
});

test("a tenant is told of its own calls only, and ids that are none are refused", async () => {
  const { key: mine } = await weir.tenant("mine", {}, { role: "tenant-admin" });
  const { key: theirs } = await weir.tenant("theirs", {}, { role: "tenant-admin" });
  const { id } = await ask(mine);
  assert.equal((await explain(id, mine)).found, "call");
  const other = await explain(id, theirs);
  assert.deepEqual([other.found, other.event], ["none", undefined]);
  await weir.call("GET", "/admin/v1/explain/nothing", undefined, { expect: 404 });
  const { key: member } = await weir.tenant("plain");
  await weir.call("GET", `/admin/v1/explain/${id}`, undefined, { key: member, expect: 403 });
});

test("the token panel sums each tenant's tokens by day and model, and a tenant sees its own", async () => {
  const { key } = await weir.tenant("busy", {}, { role: "tenant-admin" });
  for (let at = 0; at < 3; at++) await ask(key, { model: "good" });
  type Panel = {
    tenants: { tenant: string; calls: number; inputTokens: number; outputTokens: number }[];
    days: { model: string; calls: number }[];
  };
  const { tenants, days } = await weir.call<Panel>("GET", "/admin/v1/usage/panel?tenant=busy");
  assert.deepEqual(
    tenants.map(({ tenant, calls }) => [tenant, calls]),
    [["busy", 3]],
  );
  assert.deepEqual(
    days.map(({ model, calls }) => [model, calls]),
    [["good", 3]],
  );
  const told = upstream.calls
    .slice(-3)
    .reduce((sum, call) => sum + (call.reported?.inputTokens ?? 0) + (call.reported?.outputTokens ?? 0), 0);
  assert.equal((tenants[0]?.inputTokens ?? 0) + (tenants[0]?.outputTokens ?? 0), told);
  const all = await weir.call<Panel>("GET", "/admin/v1/usage/panel");
  assert.ok(all.tenants.length > 1);
  assert.deepEqual(await weir.call<Panel>("GET", "/admin/v1/usage/panel", undefined, { key }).then((panel) => panel.tenants), tenants);
  assert.deepEqual((await weir.call<Panel>("GET", "/admin/v1/usage/panel?from=2020-01-01&to=2020-02-01")).days, []);
});

test("every answer names its request: pages, listings, refusals and what has no address", async () => {
  const { key } = await weir.tenant("named", {}, { role: "tenant-admin" });
  const asked: [string, string, string | undefined][] = [
    ["GET", "/healthz", undefined],
    ["GET", "/readyz", undefined],
    ["GET", "/metrics", undefined],
    ["GET", "/openapi.json", undefined],
    ["GET", "/v1/models", key],
    ["GET", "/v1/files", key],
    ["GET", "/v1/files/file_00000000000000000000000000", key],
    ["GET", "/admin/v1/tenants", ADMIN_KEY],
    ["GET", "/admin/v1/tenants/nobody", ADMIN_KEY],
    ["GET", "/admin/v1/usage", ADMIN_KEY],
    ["GET", "/admin/v1/usage/panel", ADMIN_KEY],
    ["POST", "/admin/v1/tenants", ADMIN_KEY],
    ["POST", "/v1/chat/completions", key],
    ["POST", "/v1/chat/completions", undefined],
    ["POST", "/v1/chat/completions", "wrong"],
    ["POST", "/v1/embeddings", key],
    ["DELETE", "/v1/models", key],
    ["GET", "/nowhere", undefined],
    ["PATCH", "/%00", undefined],
  ];
  const ids = new Set<string>();
  for (const [method, path, as] of asked) {
    const response = await fetch(`${weir.url}${path}`, { method, headers: as === undefined ? {} : { authorization: `Bearer ${as}` } });
    await response.text();
    const id = response.headers.get("x-weir-request-id") ?? "";
    assert.match(id, /^req_[0-9a-v]{26}$/, `${method} ${path} ${response.status}`);
    ids.add(id);
  }
  assert.equal(ids.size, asked.length);
  console.log(`# x-weir-request-id: on ${ids.size} of ${asked.length} answers`);
});
