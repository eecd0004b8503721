import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createFakeUpstream, type Asked, type FakeUpstream } from "../upstream/index.ts";
import { adminCall, journalsAdopted, makeTenant, startChild } from "./child.ts";
import { eventually } from "./eventually.ts";
import { startWeir, type TestWeir } from "./server.ts";

const MAIL = "ada.lovelace@example.com";
const SECRET = "Words of the shadow.";
const say = ({ model }: Asked): readonly string[] | undefined => (model.startsWith("other") ? [SECRET] : undefined);
const PRICE = "price: { inputPerMTok: 100, outputPerMTok: 200 }";
const yamlOf = (url: string) => `
providers:
  up: { kind: openai, baseUrl: "${url}", trust: private }
  far: { kind: openai, baseUrl: "${url}", trust: external }
models:
  main: { provider: up, upstream: main, ${PRICE} }
  other: { provider: up, upstream: other, ${PRICE} }
  other-far: { provider: far, upstream: other-far, ${PRICE} }
routes:
  auto: [{ use: [main], shadow: { model: other, share: 1 } }]
  half: [{ use: [main], shadow: { model: other, share: 0.5 } }]
  none: [{ use: [main], shadow: { model: other, share: 0 } }]
  masked: [{ use: [main], shadow: { model: other-far, share: 1 } }]
  kept: [{ use: [main], pii: private-only, shadow: { model: other-far, share: 1 } }]
  private: [{ use: [main], trust: private, shadow: { model: other-far, share: 1 } }]
`;

let upstream: FakeUpstream;
let weir: TestWeir;
beforeAll(async () => {
  upstream = await createFakeUpstream({ say });
  weir = await startWeir({ yaml: yamlOf(upstream.openaiBaseUrl) });
});
afterAll(async () => {
  await weir.close();
  await upstream.close();
});

const body = (content: string, model = "auto", more = {}) => ({ model, max_tokens: 50, messages: [{ role: "user", content }], ...more });
type Usage = {
  readonly data: readonly {
    readonly requestId: string;
    readonly operation: string;
    readonly outcome: string;
    readonly code: string | null;
    readonly count: number;
    readonly costMicroUsd: number;
  }[];
  readonly totals: {
    readonly calls: number;
    readonly refused: number;
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly costMicroUsd: number;
  };
};
const usageOf = (slug: string) => weir.call<Usage>("GET", `/admin/v1/usage?tenant=${slug}&limit=1000`);
/** The ledger once it has so many copies. */
const withShadows = (slug: string, count: number) =>
  eventually(async () => {
    const usage = await usageOf(slug);
    assert.equal(usage.data.filter(({ operation }) => operation === "shadow").length, count);
    return usage;
  });
async function ask(key: string, chat: Record<string, unknown>): Promise<string> {
  const response = await weir.chat(key, chat);
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return text;
}
const others = (from: number) => upstream.calls.slice(from).filter(({ model }) => model.startsWith("other"));

test("copies are billed to the last token in rows of their own, and count in no number of calls and no rate", async () => {
  const count = 12;
  const { key } = await weir.tenant("acme", { budgetUsd: 100 }, { rpm: count, budgetUsd: 50 });
  const from = upstream.calls.length;
  for (let at = 0; at < count; at++) {
    const text = await ask(key, body(`Question ${at}`, "auto", { stream: at % 2 === 0 }));
    assert.ok(!text.includes(SECRET));
    await withShadows("acme", at + 1);
  }
  const { data, totals } = await withShadows("acme", count);
  const seen = upstream.calls.slice(from);
  const input = seen.reduce((sum, call) => sum + call.inputTokens, 0);
  const output = seen.reduce((sum, call) => sum + call.outputTokens, 0);
  assert.equal(seen.length, 2 * count);
  assert.deepEqual(
    [totals.calls, totals.refused, totals.inputTokens, totals.outputTokens, totals.costMicroUsd],
    [count, 0, input, output, input * 100 + output * 200],
  );
  assert.deepEqual(data.map(({ operation, outcome, count: each }) => `${operation} ${outcome} ${each}`).toSorted(), [
    ...Array.from({ length: count }, () => "chat finished 1"),
    ...Array.from({ length: count }, () => "shadow finished 0"),
  ]);
  assert.equal(
    (await weir.chat(key, body("one more than the rate"))).status,
    429,
    "the rate was the caller's own to spend, and not one more",
  );
  const audit = await weir.call<{ ok: boolean; entries: number }>("POST", "/admin/v1/audit/verify", { tenant: "acme" });
  assert.equal(audit.ok, true);
  const copy = data.find(({ operation }) => operation === "shadow");
  const { sentences } = await weir.call<{ sentences: string[] }>("GET", `/admin/v1/explain/${copy?.requestId}`);
  assert.match(sentences.join("\n"), /as a copy of another call that nobody hears[\s\S]*It is a copy of req_/);
  const metrics = await (await fetch(`${weir.url}/metrics`)).text();
  assert.match(metrics, new RegExp(`weir_shadow_calls_total\\{model="other",outcome="finished"\\} ${count}\\b`));
  console.log(`# ${count} calls, ${count} copies, 0 tokens and 0 micro-dollars apart`);
});

test("a share is a share", async () => {
  const { key } = await weir.tenant("shares");
  const from = upstream.calls.length;
  for (let at = 0; at < 10; at++) await ask(key, body("hi", "none"));
  assert.equal(others(from).length, 0);
  const count = 120;
  for (let at = 0; at < count; at++) await ask(key, body("hi", "half"));
  const copies = others(from).length;
  // Beyond these bounds once in ten million runs; copies that found no room are too few to matter, for each call is waited for.
  assert.ok(copies > 30 && copies < 90, String(copies));
  console.log(`# ${copies} copies of ${count} calls at a share of one half`);
});

test("a copy goes out with pseudonyms, and not at all where the call itself might not go", async () => {
  const { key } = await weir.tenant("bravo");
  const from = upstream.calls.length;
  await ask(key, body(`My mail is ${MAIL}.`, "masked"));
  await withShadows("bravo", 1);
  const [copy] = others(from);
  assert.ok(copy?.body !== undefined && !JSON.stringify(copy.body).includes(MAIL));
  assert.ok(JSON.stringify(upstream.calls[from]?.body).includes(MAIL), "its own model has it in the clear");
  const before = upstream.calls.length;
  await ask(key, body(`My mail is ${MAIL}.`, "kept"));
  await ask(key, body("Nothing personal.", "private"));
  const regional = await weir.tenant("regional", { models: ["main"] });
  await ask(regional.key, body("The tenant may not use it.", "auto"));
  assert.match(await (await fetch(`${weir.url}/metrics`)).text(), /weir_shadow_calls_total\{model="none",outcome="not-eligible"\} 3\b/);
  assert.equal(others(before).length, 0);
  assert.equal((await usageOf("bravo")).totals.calls, 3);
});

test("a copy that hangs holds no caller up, and a server that must go breaks it off at once", async () => {
  const own = await startWeir({ yaml: yamlOf(upstream.openaiBaseUrl) });
  try {
    const { key } = await own.tenant("acme");
    // The gate is closed for the copy alone: the first one to come is let through.
    const gate = upstream.gate("hang");
    gate.step(20);
    const from = upstream.calls.length;
    const text = await (await own.chat(key, body("Go. gate=hang", "auto", { stream: true }))).text();
    assert.match(text, /\[DONE\]/);
    await upstream.until(() => others(from).length === 1);
    assert.equal(others(from)[0]?.state, "open");
    await own.stop();
    assert.equal(others(from)[0]?.state, "aborted");
  } finally {
    await own.close();
  }
});

test("a process that is killed under a copy leaves it billed, and as no call", async () => {
  const dataDir = await mkdtemp(join(tmpdir(), "weir-shadow-"));
  const config = join(dataDir, "weir.yaml");
  await writeFile(config, yamlOf(upstream.openaiBaseUrl));
  let child = await startChild(dataDir, config);
  try {
    const key = await makeTenant(child.url, "acme");
    upstream.gate("kill").step(20);
    const from = upstream.calls.length;
    const headers = { authorization: `Bearer ${key}`, "content-type": "application/json" };
    const sent = await fetch(`${child.url}/v1/chat/completions`, {
      method: "POST",
      headers,
      body: JSON.stringify(body("Go. gate=kill", "auto", { stream: true })),
    });
    assert.match(await sent.text(), /\[DONE\]/);
    await upstream.until(() => others(from).length === 1);
    child.signal("SIGKILL");
    await child.exited;
    child = await startChild(dataDir, config);
    await journalsAdopted(dataDir);
    const { url } = child;
    const usage = await eventually(async () => {
      const read = await adminCall<Usage>(url, "GET", "/admin/v1/usage?tenant=acme");
      assert.equal(read.data.length, 2);
      return read;
    });
    const orphan = usage.data.find(({ operation }) => operation === "shadow");
    assert.deepEqual([orphan?.outcome, orphan?.code, orphan?.count, usage.totals.calls], ["failed", "process_died", 0, 1]);
    assert.ok((orphan?.costMicroUsd ?? 0) > 0, "as reserved");
  } finally {
    child.signal("SIGKILL");
    await child.exited;
    await rm(dataDir, { recursive: true, force: true });
  }
}, 60_000);
