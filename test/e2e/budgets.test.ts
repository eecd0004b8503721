import assert from "node:assert/strict";
import { afterAll, beforeAll, test } from "bun:test";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import { sendRaw, toRequest } from "./fuzz-raw-http.ts";
import { oneModel, startWeir, type TestWeir } from "./server.ts";

let weir: TestWeir;
let upstream: FakeUpstream;
/** Only the answer costs, a micro-dollar a token, so that the limit of the answer is what a call costs at most. */
const YAML = (baseUrl: string): string =>
  `${oneModel(baseUrl, "{ firstByteMs: 20000, idleMs: 20000, totalMs: 30000 }")}
tiers:
  small: { rpm: 3 }
  tight: { rpm: 1 }
`.replace("price: { inputPerMTok: 1, outputPerMTok: 2 }", "price: { inputPerMTok: 0, outputPerMTok: 1 }");

beforeAll(async () => {
  upstream = await createFakeUpstream();
  weir = await startWeir({ yaml: YAML(upstream.openaiBaseUrl) });
});
afterAll(async () => {
  await weir.close();
  await upstream.close();
});

const ask = (parts: number, max_tokens: number) => ({ model: "m", messages: [{ role: "user", content: `parts=${parts}` }], max_tokens });
type Refusal = { error: { type: string; code: string; message: string } };
type Totals = { totals: { calls: number; refused: number; costMicroUsd: number } };
const spentBy = async (slug: string): Promise<Totals["totals"]> =>
  (await weir.call<Totals>("GET", `/admin/v1/usage?tenant=${slug}`)).totals;

function secondsUntilNextMonth(): number {
  const now = new Date();
  return (Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1, 1) - now.getTime()) / 1000;
}

/** All at once, each over a connection of its own; how many passed, and what the others were told. */
async function stampede(key: string, calls: number, body: Record<string, unknown>) {
  const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
  const request = toRequest("POST", "/v1/chat/completions", headers, JSON.stringify(body));
  const answers = await Promise.all(Array.from({ length: calls }, () => sendRaw(weir.url, request, 30_000)));
  const refused = answers
    .filter((answer) => answer.status !== 200)
    .map(({ status, headers: told, text }) => ({
      status,
      retryAfter: Number(told.get("retry-after")),
      ...(JSON.parse(text) as Refusal),
    }));
  return { passed: answers.length - refused.length, refused };
}

for (const [whose, tenant, key] of [
  ["tenant", { budgetUsd: 0.001 }, {}],
  ["key", undefined, { budgetUsd: 0.001 }],
] as const) {
  test(`of 500 calls at once against a ${whose}'s budget for 100 exactly 100 pass, and the rest is refused as quota`, async () => {
    const slug = `stampede-${whose}`;
    const made = await weir.tenant(slug, tenant, key);
    // Every answer is cut at ten tokens, so each call costs exactly what was reserved for it.
    const { passed, refused } = await stampede(made.key, 500, ask(50, 10));
    assert.equal(passed, 100);
    assert.equal(refused.length, 400);
    for (const { status, error } of refused)
      assert.deepEqual([status, error.type, error.code], [429, "insufficient_quota", "insufficient_quota"]);
    const totals = await spentBy(slug);
    assert.deepEqual([totals.calls, totals.refused, totals.costMicroUsd], [100, 400, 1000]);
    // Now it is spent, which lasts until the month ends.
    const late = await stampede(made.key, 1, ask(50, 10));
    const left = secondsUntilNextMonth();
    assert.ok(Math.abs((late.refused[0]?.retryAfter ?? 0) - left) < 5, `retry-after ${late.refused[0]?.retryAfter}, not ${left}`);
    console.log(`# budgets: 500 calls at once against a ${whose}'s 1,000 µ$: ${passed} passed, ${totals.costMicroUsd} µ$ spent`);
  });
}

test("where calls cost less than was reserved, nothing is overspent, and what came back is spent again", async () => {
  const { key } = await weir.tenant("frugal", { budgetUsd: 0.001 });
  const first = await stampede(key, 500, ask(5, 100));
  assert.ok(first.passed >= 10, `${first.passed} passed`);
  let passed = first.passed;
  for (;;) {
    const response = await weir.chat(key, ask(5, 100));
    const text = await response.text();
    if (!response.ok) {
      assert.equal((JSON.parse(text) as Refusal).error.type, "insufficient_quota");
      break;
    }
    passed++;
  }
  const { costMicroUsd } = await spentBy("frugal");
  assert.ok(costMicroUsd <= 1000 && costMicroUsd > 900, `${costMicroUsd}`);
  assert.equal(costMicroUsd, passed * 5);
  console.log(
    `# budgets: reserved at 20 times the cost: ${first.passed} of 500 passed at once, ${passed} in all, ${costMicroUsd} of 1000 µ$ spent`,
  );
});

test("without a budget the same 500 calls all pass: it is the budget that holds them", async () => {
  const { key } = await weir.tenant("free");
  assert.equal((await stampede(key, 500, ask(50, 10))).passed, 500);
  assert.equal((await spentBy("free")).costMicroUsd, 5000);
});

test("a raised budget counts at once", async () => {
  const { key } = await weir.tenant("raised", { budgetUsd: 0.00001 });
  assert.equal((await stampede(key, 3, ask(50, 10))).passed, 1);
  await weir.call("PATCH", "/admin/v1/tenants/raised", { budgetUsd: 0.00003 });
  let passed = 0;
  for (let at = 0; at < 4; at++) passed += (await stampede(key, 1, ask(50, 10))).passed;
  assert.equal(passed, 2);
});

type Limited = { readonly name: string; readonly tenant?: Record<string, unknown>; readonly key?: Record<string, unknown> };
const RPM: readonly Limited[] = [
  { name: "key-rpm", key: { rpm: 3 } },
  { name: "tenant-rpm", tenant: { rpm: 3 } },
  { name: "tier-rpm", tenant: { tier: "small" } },
  { name: "own-before-tier", tenant: { tier: "tight", rpm: 3 } },
];
for (const { name, tenant, key } of RPM) {
  test(`three requests a minute, by ${name}: three pass, the fourth is told when to come back`, async () => {
    const made = await weir.tenant(name, tenant, key);
    for (let left = 2; left >= 0; left--) {
      const response = await weir.chat(made.key, ask(2, 5));
      await response.text();
      assert.equal(response.status, 200);
      assert.equal(response.headers.get("x-ratelimit-limit-requests"), "3");
      assert.equal(response.headers.get("x-ratelimit-remaining-requests"), String(left));
      assert.match(response.headers.get("x-ratelimit-reset-requests") ?? "", /^\d+(ms|s|m\d+s)$/);
    }
    const refused = await weir.chat(made.key, ask(2, 5));
    const { error } = (await refused.json()) as Refusal;
    assert.deepEqual([refused.status, error.type, error.code], [429, "rate_limit_error", "rate_limit_exceeded"]);
    const wait = Number(refused.headers.get("retry-after"));
    assert.ok(wait >= 1 && wait <= 20, `${wait}`);
    assert.equal(refused.headers.get("x-ratelimit-limit-requests"), "3");
    assert.equal(refused.headers.get("x-ratelimit-remaining-requests"), "0");
    assert.equal((await spentBy(name)).refused, 1);
  });
}

test("tokens a minute: what a call may use is taken, what it did not use comes back", async () => {
  const { key } = await weir.tenant("tpm", undefined, { tpm: 1000 });
  const first = await weir.chat(key, ask(10, 900));
  await first.text();
  assert.equal(first.status, 200);
  const second = await weir.chat(key, ask(10, 900));
  await second.text();
  assert.equal(second.status, 200, "the first used ten of its 900 tokens");
  assert.equal(second.headers.get("x-ratelimit-limit-tokens"), "1000");
  const both = await Promise.all([weir.chat(key, ask(10, 900)), weir.chat(key, ask(10, 900))]);
  assert.deepEqual(both.map((response) => response.ok).filter(Boolean).length, 1);
  const never = await weir.chat(key, ask(10, 2000));
  assert.equal(never.status, 429);
});

test("a limit counts for its own key alone", async () => {
  const one = await weir.tenant("two-keys", undefined, { rpm: 1 });
  const other = await weir.call<{ key: string }>("POST", "/admin/v1/tenants/two-keys/keys", { name: "other", rpm: 1 });
  const statuses: number[] = [];
  for (const key of [one.key, one.key, other.key, other.key]) statuses.push((await weir.chat(key, ask(2, 5))).status);
  assert.deepEqual(statuses, [200, 429, 200, 429]);
});

test("a key's and a tenant's list of models: what is not on it does not exist", async () => {
  const names = async (key: string): Promise<string[]> =>
    (await weir.call<{ data: { id: string }[] }>("GET", "/v1/models", undefined, { key })).data.map((model) => model.id);
  const free = await weir.tenant("models-free");
  assert.deepEqual((await names(free.key)).toSorted(), ["auto", "extractive", "m"]);
  for (const bound of [
    await weir.tenant("models-key", undefined, { models: ["other"] }),
    await weir.tenant("models-tenant", { models: ["other"] }),
  ]) {
    assert.deepEqual((await names(bound.key)).toSorted(), ["auto", "extractive"]);
    const refused = await weir.chat(bound.key, ask(2, 5));
    const unknown = await weir.chat(bound.key, { ...ask(2, 5), model: "x" });
    assert.deepEqual([refused.status, unknown.status], [404, 404]);
    // By a route it is not reached either.
    assert.equal((await weir.chat(bound.key, { ...ask(2, 5), model: "auto" })).status, 503);
  }
});

test("a revoked key, a deleted tenant's key and an expired key are refused from that moment, and others go on", async () => {
  const { key, keyId } = await weir.tenant("revoked");
  const other = await weir.call<{ key: string }>("POST", "/admin/v1/tenants/revoked/keys", { name: "other" });
  const status = async (by: string): Promise<number> => (await weir.chat(by, ask(2, 5))).status;
  assert.deepEqual([await status(key), await status(other.key)], [200, 200]);
  await weir.call("DELETE", `/admin/v1/tenants/revoked/keys/${keyId}`);
  assert.deepEqual([await status(key), await status(other.key)], [401, 200]);
  await weir.call("DELETE", "/admin/v1/tenants/revoked");
  assert.equal(await status(other.key), 401);
  const expiresAt = new Date(Date.now() + 600).toISOString();
  const short = await weir.tenant("short", undefined, { expiresAt });
  assert.equal(await status(short.key), 200);
  const until = Date.now() + 3000;
  while ((await status(short.key)) === 200) assert.ok(Date.now() < until, "the key does not expire");
  assert.ok(Date.now() >= Date.parse(expiresAt), "not before its time");
  assert.equal(await status(short.key), 401);
});
