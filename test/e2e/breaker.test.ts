import { afterAll, beforeAll, beforeEach, test } from "bun:test";
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import { addDocument } from "./access-world.ts";
import { createLateClock } from "./late-clock.ts";
import { oneModel, startWeir, WITHOUT_BREAKERS, type TestWeir } from "./server.ts";

/** What befalls each of the upstream's models now, in the words of its directives. */
const state = new Map<string, string>();
/** So many of a model's next calls fail, and no later ones. */
const failing = new Map<string, number>();
const clock = createLateClock();
let upstream: FakeUpstream;
let weir: TestWeir;
let key: string;

/** Far above what a test takes; all the time that is skipped stays below what keys are remembered without the database, 15 minutes. */
const OPEN_MS = 20_000;
const OPEN_MS_MAX = 40_000;
const yaml = (): string => `
resilience: { breaker: { openMs: ${OPEN_MS}, openMsMax: ${OPEN_MS_MAX} } }
providers:
  one: { kind: openai, baseUrl: "${upstream.openaiBaseUrl}", apiKey: k, trust: private, timeouts: { firstByteMs: 400, idleMs: 400, totalMs: 8000 } }
  two: { kind: openai, baseUrl: "${upstream.openaiBaseUrl}", apiKey: k, trust: private }
models:
  a: { provider: one, upstream: first, price: { inputPerMTok: 1, outputPerMTok: 2 } }
  b: { provider: two, upstream: second, price: { inputPerMTok: 1, outputPerMTok: 2 } }
  v1: { kind: embedding, provider: one, upstream: vectors, price: { inputPerMTok: 1 } }
  v2: { kind: embedding, provider: two, upstream: vectors, price: { inputPerMTok: 1 } }
routes:
  both: [{ use: [a, b] }]
  only: [{ use: [a] }]
  vectors: [{ use: [v1, v2] }]
`;

beforeAll(async () => {
  upstream = await createFakeUpstream({
    steer(model) {
      const left = failing.get(model) ?? 0;
      failing.set(model, left - 1);
      return left > 0 ? "status=503" : state.get(model);
    },
  });
  weir = await startWeir({ yaml: yaml(), clock });
  ({ key } = await weir.tenant("acme"));
  await weir.call("POST", "/v1/vector_stores", { name: "house" }, { key });
  await addDocument(weir, key, "house", ["meals.txt", "Meals. The canteen serves lunch from eleven to two."]);
});
afterAll(async () => {
  await weir.close();
  await upstream.close();
});
/** Every test begins with closed breakers. */
beforeEach(async () => {
  state.clear();
  clock.skip(OPEN_MS_MAX);
  for (const model of ["a", "b"]) for (let n = 0; n < 3; n++) assert.equal((await ask(model)).status, 200);
  for (const model of ["v1", "v2"]) for (let n = 0; n < 3; n++) await embed(model);
  assert.deepEqual(await breakers(), { a: 0, b: 0, v1: 0, v2: 0 });
});

type Answer = {
  readonly status: number;
  readonly headers: Headers;
  readonly weir:
    | { model: string; tier: string; degraded: boolean; candidates: { model: string; fell?: string; failed?: string }[] }
    | undefined;
};
async function ask(model: string, body: Record<string, unknown> = {}, headers: Record<string, string> = {}): Promise<Answer> {
  const messages = [{ role: "user", content: "When is lunch served?" }];
  const response = await weir.chat(key, { model, messages, ...body }, { headers });
  const { status, headers: given } = response;
  const text = await response.text();
  if (body["stream"] !== true) return { status, headers: given, weir: (JSON.parse(text) as Answer).weir };
  assert.ok(status !== 200 || text.endsWith("data: [DONE]\n\n"));
  return { status, headers: given, weir: undefined };
}
/** The provider that made vectors; undefined: none did. */
async function embed(model: string): Promise<string | undefined> {
  const response = await fetch(`${weir.url}/v1/embeddings`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ model, input: "x" }),
  });
  return ((await response.json()) as { weir?: { provider: string } }).weir?.provider;
}
const asked = (model: string, since: number): number => upstream.calls.slice(since).filter((call) => call.model === model).length;

async function gauges(name: string): Promise<Record<string, number>> {
  const text = await (await fetch(`${weir.url}/metrics`, { headers: { authorization: "Bearer test-admin-key-0123456789" } })).text();
  return Object.fromEntries(
    [...text.matchAll(new RegExp(`^${name}\\{model="(\\w+)"\\} (\\d+)$`, "gm"))].map(([, model, value]) => [model, Number(value)]),
  );
}
const breakers = () => gauges("weir_breaker_state");

test("an outage: three failures and the breaker is open; no caller sees one; later it closes without hands", async () => {
  state.set("first", "status=500");
  const since = upstream.calls.length;
  let degraded = 0;
  for (let n = 0; n < 60; n++) {
    const answer = await ask("both", { stream: n % 3 === 0 });
    assert.equal(answer.status, 200);
    if (answer.weir === undefined) continue;
    assert.equal(answer.weir.model, "b");
    if (answer.weir.degraded) degraded++;
    const told = answer.weir.candidates[0];
    assert.ok(n < 3 ? told?.failed === "target_failed" : told?.fell === "breaker-open");
  }
  assert.deepEqual([asked("first", since), asked("second", since), degraded, (await breakers())["a"]], [3, 60, 40, 2]);

  clock.skip(OPEN_MS);
  assert.equal((await breakers())["a"], 1);
  const still = upstream.calls.length;
  for (let n = 0; n < 5; n++) assert.equal((await ask("both")).status, 200);
  assert.deepEqual([asked("first", still), (await breakers())["a"]], [1, 2], "one probe, and open again");

  state.clear();
  clock.skip(OPEN_MS);
  assert.equal((await breakers())["a"], 2, "twice as long as before");
  clock.skip(OPEN_MS);
  const back: string[] = [];
  for (let n = 0; n < 5; n++) back.push((await ask("both")).weir?.model ?? "");
  assert.deepEqual([back, (await breakers())["a"]], [["a", "a", "a", "a", "a"], 0]);
  console.log("# breaker: 60 calls in an outage, 3 reached the dead target, 0 errors; 1 probe failed; closed by 3 more");
});

test("an outage under load: beyond the calls that were under way not one more reaches the dead target, and none fails", async () => {
  const LANES = 24;
  const EACH = 20;
  const since = upstream.calls.length;
  let answered = 0;
  const lane = async (): Promise<void> => {
    for (let n = 0; n < EACH; n++) {
      if (++answered === 100) state.set("first", "fault=reset-head");
      assert.equal((await ask("both", { stream: n % 2 === 0 })).status, 200);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  const failed = upstream.calls.slice(since).filter((call) => call.model === "first" && call.state === "refused").length;
  assert.ok(failed >= 3 && failed <= 3 + LANES, `${failed} failed`);
  assert.equal(LANES * EACH, upstream.calls.slice(since).filter((call) => call.state === "finished").length);
  console.log(`# breaker under load: ${LANES * EACH} calls in ${LANES} lanes, ${failed} reached the dead target, 0 errors`);
});

test("all open: the documents answer where they are asked, else 503 that says when, and nothing is asked", async () => {
  state.set("first", "status=500").set("second", "fault=reset-head");
  for (let n = 0; n < 3; n++) assert.equal((await ask("both")).status, 502);
  const since = upstream.calls.length;
  const refused = await ask("both");
  assert.equal(refused.status, 503);
  const retryAfter = Number(refused.headers.get("retry-after"));
  assert.ok(retryAfter > 10 && retryAfter <= OPEN_MS_MAX / 1000, String(retryAfter));
  assert.equal(refused.headers.get("x-should-retry"), null);
  const rag = { rag: { enabled: true, collection: "house" } };
  const answer = await ask("both", rag);
  assert.deepEqual([answer.status, answer.weir?.tier, answer.weir?.degraded], [200, "extractive", true]);
  assert.equal((await ask("both", { ...rag, stream: true })).status, 200);
  assert.equal(upstream.calls.length, since);
});

test("rate limits, refused requests and callers in a hurry open nothing", async () => {
  for (const words of ["status=429", "status=529", "status=401", "status=404", "status=400"]) {
    state.set("first", words);
    for (let n = 0; n < 6; n++) await ask("only");
    assert.equal((await breakers())["a"], 0, words);
  }
  state.set("first", "fault=slow-first-byte");
  for (let n = 0; n < 4; n++) {
    const hurried = await ask("only", {}, { "x-request-timeout-ms": "150" });
    assert.equal(hurried.status, 504);
  }
  assert.equal((await breakers())["a"], 0);
  for (let n = 0; n < 3; n++) assert.equal((await ask("only")).status, 504);
  assert.equal((await breakers())["a"], 2, "the target's own timeout counts");
});

test("while one call probes, others go elsewhere", async () => {
  state.set("first", "status=500");
  for (let n = 0; n < 3; n++) await ask("both");
  clock.skip(OPEN_MS_MAX);
  state.set("first", "gate=probe");
  const since = upstream.calls.length;
  const probe = ask("both", { stream: true });
  await upstream.until(() => asked("first", since) === 1);
  const others = await Promise.all(Array.from({ length: 8 }, () => ask("both")));
  assert.deepEqual(new Set(others.map((each) => each.weir?.model)), new Set(["b"]));
  upstream.gate("probe").open();
  assert.deepEqual([(await probe).status, asked("first", since), (await breakers())["a"]], [200, 1, 1]);
});

test("vectors come from the other replica while one is away", async () => {
  state.set("vectors", "status=500");
  for (let n = 0; n < 3; n++) assert.equal(await embed("vectors"), undefined);
  assert.deepEqual(await breakers(), { a: 0, b: 0, v1: 2, v2: 2 });
  state.clear();
  clock.skip(OPEN_MS_MAX);
  for (let n = 0; n < 6; n++) assert.equal(await embed("vectors"), "one");
  assert.deepEqual([(await breakers())["v1"], (await breakers())["v2"]], [0, 1]);
  for (let n = 0; n < 3; n++) assert.equal(await embed("v2"), "two");
  assert.equal((await breakers())["v2"], 0);
});

test("an open breaker outlives a new configuration that says the same of its target", async () => {
  state.set("first", "status=500");
  for (let n = 0; n < 3; n++) await ask("both");
  await writeFile(join(weir.dataDir, "weir.yaml"), yaml().replace("only: [{ use: [a] }]", "only: [{ use: [b] }]"));
  await weir.call("POST", "/admin/v1/config/reload");
  assert.equal((await breakers())["a"], 2);
  assert.equal((await ask("only")).weir?.model, "b");
  await writeFile(join(weir.dataDir, "weir.yaml"), yaml());
  await weir.call("POST", "/admin/v1/config/reload");
});

test("a passing failure is repeated at the only target, within its budget, and is no degradation", async () => {
  const before = (await gauges("weir_repeats_total"))["a"] ?? 0;
  // Calls of the tests before have paid in for repeats.
  const since = upstream.calls.length;
  failing.set("first", 1);
  const answer = await ask("only");
  assert.deepEqual([answer.status, answer.weir?.degraded, asked("first", since)], [200, false, 2]);
  assert.equal((await gauges("weir_repeats_total"))["a"], before + 1);
});

test("a provider's word on when to come again is obeyed, and passed on where it is too long to wait", async () => {
  state.set("first", "status=429;retry-after=60");
  const since = upstream.calls.length;
  const told = await ask("only");
  assert.deepEqual([told.status, told.headers.get("retry-after"), asked("first", since)], [429, "60", 1]);
  state.set("first", "status=429;retry-after=1");
  const hurried = await ask("only", {}, { "x-stainless-timeout": "1" });
  assert.deepEqual([hurried.status, asked("first", since)], [429, 2], "one second does not fit into one second");
});

test("planted: without breakers an outage is asked again and again, which the upstream's own count shows", async () => {
  const other = await startWeir({ yaml: `${WITHOUT_BREAKERS}${oneModel(upstream.openaiBaseUrl)}` });
  try {
    const tenant = await other.tenant("acme");
    state.set("mock", "status=500");
    const since = upstream.calls.length;
    for (let n = 0; n < 20; n++) await (await other.chat(tenant.key, { model: "m", messages: [{ role: "user", content: "x" }] })).text();
    assert.equal(asked("mock", since), 20);
  } finally {
    await other.close();
  }
});
