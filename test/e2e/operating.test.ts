import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import {
  modelStatusList,
  modelTest,
  operationsView,
  providerStatusList,
  type ModelStatus,
  type ModelTest,
} from "../../src/contract/operations.ts";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import { startWeir, type TestWeir } from "./server.ts";

const state = new Map<string, string>();
let upstream: FakeUpstream;
let weir: TestWeir;
let key: string;
const yaml = (): string => `
slo: { availability: 0.9, firstPartMs: 60000 }
providers:
  one: { kind: openai, baseUrl: "${upstream.openaiBaseUrl}", apiKey: secret-of-one, trust: private, region: eu-west-1 }
  two: { kind: openai, baseUrl: "${upstream.openaiBaseUrl}", apiKey: k, trust: external }
models:
  a: { provider: one, upstream: first, contextTokens: 9000, price: { inputPerMTok: 1, outputPerMTok: 2 } }
  b: { provider: two, upstream: second, price: { inputPerMTok: 1, outputPerMTok: 2 } }
  v: { kind: embedding, provider: one, upstream: vectors, price: { inputPerMTok: 1 } }
  r: { kind: rerank, provider: one, upstream: ranker, price: { inputPerMTok: 1 } }
routes:
  both: [{ use: [a, b] }]
`;
beforeAll(async () => {
  upstream = await createFakeUpstream({ steer: (model) => state.get(model) });
  weir = await startWeir({ yaml: yaml() });
  ({ key } = await weir.tenant("acme"));
});
afterAll(async () => {
  await weir.close();
  await upstream.close();
});

const ask = async (model: string) => {
  const response = await weir.chat(key, { model, messages: [{ role: "user", content: "When is lunch served?" }] });
  const body = JSON.parse(await response.text());
  return { status: response.status, model: body.weir?.model, candidates: body.weir?.candidates, error: body.error };
};
const models = async (): Promise<readonly ModelStatus[]> => modelStatusList.parse(await weir.call("GET", "/admin/v1/models")).data;
const model = async (name: string): Promise<ModelStatus> => {
  const found = (await models()).find((each) => each.model === name);
  assert.ok(found);
  return found;
};
const turn = (act: string, body: Record<string, unknown> = {}) => weir.call("POST", `/admin/v1/providers/one/${act}`, body);
const tried = async (name: string): Promise<ModelTest> => modelTest.parse(await weir.call("POST", `/admin/v1/models/${name}/test`, {}));

test("a drained provider gets no new call, says why, and may be tested; a disabled one gets nothing at all", async () => {
  assert.equal((await ask("both")).model, "a");
  const drained = await turn("drain", { reason: "new driver" });
  assert.deepEqual([drained["state"], drained["reason"], drained["changedBy"]], ["draining", "new driver", "admin-key"]);
  const next = await ask("both");
  assert.equal(next.model, "b");
  assert.equal(next.candidates.find((each: { model: string }) => each.model === "a")?.fell, "provider-draining");
  assert.equal((await ask("a")).status, 503);
  const vectors = await fetch(`${weir.url}/v1/embeddings`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ model: "v", input: "lunch" }),
  });
  assert.equal(vectors.status, 503);
  assert.equal((await tried("a")).ok, true);
  await turn("disable");
  assert.equal((await ask("both")).candidates.find((each: { model: string }) => each.model === "a")?.fell, "provider-disabled");
  const calls = upstream.calls.length;
  await weir.call("POST", "/admin/v1/models/a/test", {}, { expect: 409 });
  assert.equal(upstream.calls.length, calls);
  await turn("enable");
  await turn("enable");
  assert.equal((await ask("both")).model, "a");
  const audit = await weir.call<{ data: { action: string; changed?: Record<string, unknown> }[] }>(
    "GET",
    "/admin/v1/audit?category=configuration",
  );
  const acts = audit.data.filter(({ action }) => action.startsWith("provider.")).map(({ action }) => action);
  assert.deepEqual(acts, ["provider.drain", "provider.disable", "provider.enable", "provider.enable"]);
  assert.ok(!JSON.stringify(audit).includes("new driver"), "what people write is a digest there");
  console.log(`# operating: ${acts.length} switches, each in the audit log`);
});

test("calls under way end as they would when their provider is drained", async () => {
  const gate = upstream.gate("held");
  state.set("first", "gate=held;parts=4");
  const held = ask("both");
  await upstream.until(() => upstream.active === 1);
  await turn("drain");
  assert.equal((await ask("both")).model, "b");
  gate.open();
  assert.deepEqual([(await held).status, (await held).model], [200, "a"]);
  state.clear();
  await turn("enable");
});

test("a drain outlives a restart", async () => {
  await turn("drain");
  await weir.stop();
  weir = await startWeir({ yaml: yaml(), dataDir: weir.dataDir });
  assert.equal((await ask("both")).model, "b");
  assert.equal((await model("a")).state, "draining");
  await turn("enable");
  assert.equal((await ask("both")).model, "a");
});

test("a test call goes past routing to models of every kind, tells what came of it, and is in the ledger under the platform's own id", async () => {
  const chat = await tried("a");
  assert.ok(
    chat.ok && chat.said !== null && chat.said.length > 0 && chat.outputTokens > 0 && chat.costMicroUsd > 0 && chat.firstPartMs !== null,
  );
  const [vectors, ranker] = [await tried("v"), await tried("r")];
  assert.deepEqual([vectors.error, ranker.error, vectors.said], [null, null, null]);
  state.set("second", "status=503");
  const failed = await tried("b");
  assert.deepEqual([failed.ok, failed.error?.code, failed.error?.upstreamStatus], [false, "target_failed", 503]);
  state.clear();
  const usage = await weir.call<{ data: { requestId: string; tenant: string; feature?: string; costMicroUsd: number }[] }>(
    "GET",
    "/admin/v1/usage",
  );
  for (const done of [chat, vectors, ranker, failed]) {
    const row = usage.data.find(({ requestId }) => requestId === done.requestId);
    assert.ok(row !== undefined, done.model);
    assert.equal(row.costMicroUsd, done.costMicroUsd);
    assert.notEqual(row.tenant, "acme");
  }
  await weir.call("POST", "/admin/v1/models/none/test", {}, { expect: 404 });
  console.log("# operating: 4 test calls of 3 kinds, all in the ledger");
});

test("failures open the breaker where an operator sees it, with codes, times and the minute; a test call does not close it, nor do tests count", async () => {
  state.set("second", "status=503");
  for (let n = 0; n < 3; n++) await ask("b");
  state.clear();
  const failed = await model("b");
  assert.deepEqual([failed.breaker.state, failed.breaker.opened], ["open", 1]);
  assert.ok((failed.breaker.opensInMs ?? 0) > 0);
  assert.ok((failed.errors.find(({ code }) => code === "target_failed")?.count ?? 0) >= 3);
  assert.ok((failed.windows.at(-1)?.failed ?? 0) >= 3 && (failed.series.at(-1)?.failed ?? 0) + (failed.series.at(-2)?.failed ?? 0) >= 3);
  assert.equal((await tried("b")).ok, true);
  const tested = await model("b");
  assert.equal(tested.breaker.state, "open");
  assert.equal(tested.windows.at(-1)?.calls, failed.windows.at(-1)?.calls);
  const good = await model("a");
  assert.ok(good.windows.at(-1)?.totalMs !== null && good.windows.at(-1)?.firstPartMs !== null);
  assert.deepEqual(
    [good.use, good.trust, good.region, good.contextTokens, good.price?.source],
    ["chat", "private", "eu-west-1", 9000, "config"],
  );
});

test("providers tell where they are and whether they answer, and never what they are asked with", async () => {
  let text = "";
  for (let probed = false; !probed;) {
    const list = await weir.call("GET", "/admin/v1/providers");
    text = JSON.stringify(list);
    probed = providerStatusList.parse(list).data.every(({ probe }) => probe?.ok === true);
  }
  assert.ok(text.includes(new URL(upstream.url).host));
  assert.ok(!text.includes("secret-of-one"));
  await weir.call("POST", "/admin/v1/providers/nobody/drain", {}, { expect: 404 });
});

test("the service as a whole: objectives over what was counted, rates, queues, stores, jobs and replicas", async () => {
  const view = operationsView.parse(await weir.call("GET", "/admin/v1/operations?minutes=5"));
  const [availability, first] = view.objectives;
  assert.ok(availability !== undefined && first !== undefined);
  assert.ok(availability.total > 0 && availability.bad >= 3 && (availability.budgetLeft ?? 1) < 1 && (availability.burn.hour ?? 0) > 0);
  assert.deepEqual([first.withinMs, first.bad], [60_000, 0]);
  assert.deepEqual([view.live.series.length, view.live.perSecond.length], [5, 60]);
  assert.ok(view.live.errors.some(({ code, message }) => code === "target_failed" && message !== code));
  assert.deepEqual([view.database.ok, view.database.engine, view.objects.ok, view.journal.ok], [true, "embedded", true, true]);
  assert.deepEqual(
    view.replicas.map(({ self }) => self),
    [true],
  );
  assert.deepEqual(
    view.jobs.map(({ name }) => name),
    ["index-file", "embed-collection", "sync-source"],
  );
  const dead = await weir.call<{ data: unknown[] }>("GET", "/admin/v1/jobs/dead");
  assert.deepEqual(dead.data, []);
  await weir.call("GET", "/admin/v1/jobs/dead?cursor=x", undefined, { expect: 400 });
  await weir.call("POST", "/admin/v1/jobs/00000000-0000-4000-8000-000000000000/retry", {}, { expect: 404 });
});
