import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import { boundMicroUsd } from "../../src/kernel/money.ts";
import { startCachingUpstream, type Billed, type CachingUpstream } from "../upstream/anthropic-cache.ts";
import { startWeir, type TestWeir } from "./server.ts";
import { listRows } from "./usage-rows.ts";

const PRICE = { inputPerMTok: 3, cachedInputPerMTok: 0.3, cacheWritePerMTok: 3.75, outputPerMTok: 15 };
const SYSTEM = Array.from({ length: 20 }, (_, at) => `Rule ${at}: ${"measure the river before it rises ".repeat(20)}`).join("\n\n");

let upstream: CachingUpstream;
let weir: TestWeir;
let acme: string;
let beta: string;
beforeAll(async () => {
  upstream = startCachingUpstream();
  const price = `price: { inputPerMTok: 3, cachedInputPerMTok: 0.3, cacheWritePerMTok: 3.75, outputPerMTok: 15 }`;
  weir = await startWeir({
    yaml: `
providers:
  claude: { kind: anthropic, baseUrl: "${upstream.url}", apiKey: k, trust: private }
models:
  cached: { provider: claude, upstream: one, ${price} }
  uncached: { provider: claude, upstream: one, ${price}, promptCache: "off" }
  unpriced: { provider: claude, upstream: one, price: { inputPerMTok: 3, outputPerMTok: 15 } }
`,
  });
  acme = (await weir.tenant("acme", { systemPrompt: SYSTEM, budgetUsd: 100 })).key;
  beta = (await weir.tenant("beta")).key;
});
afterAll(async () => {
  await weir.close();
  await upstream.close();
});

async function ask(key: string, model: string, said: string, stream = false): Promise<void> {
  const response = await weir.chat(key, { model, stream, max_tokens: 100, messages: [{ role: "user", content: said }] });
  assert.equal(response.status, 200, await response.clone().text());
  await response.text();
}

/** What the provider's own price list makes of its own counts, rounded half up for each call. */
function billOf({ fresh, written, read, output }: Omit<Billed, "marks">): number {
  const hundredths = fresh * 300 + written * 375 + read * 30 + output * 1500;
  return Math.floor((hundredths + 50) / 100);
}
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

test("a prompt's long beginning is written once and read from then on, and the ledger says what the provider bills", async () => {
  const from = upstream.billed.length;
  for (let turn = 0; turn < 40; turn++) await ask(acme, "cached", `How high is the water on day ${turn}?`, turn % 2 === 1);
  const billed = upstream.billed.slice(from);
  assert.deepEqual(
    billed.slice(0, 3).map(({ written, read }) => [written > 0, read > 0]),
    [
      [false, false],
      [true, false],
      [false, true],
    ],
  );
  assert.ok(billed.slice(2).every(({ read, written }) => read > 1024 && written === 0));
  const { rows, totals } = await listRows(weir.url, "acme");
  assert.equal(rows.length, 40);
  assert.equal(sum(rows.map((row) => row.inputTokens)), sum(billed.map(({ fresh, written, read }) => fresh + written + read)));
  assert.equal(sum(rows.map((row) => row.cachedTokens)), sum(billed.map(({ read }) => read)));
  assert.equal(totals.costMicroUsd, sum(billed.map(billOf)));
  // Each cost at most what was reserved for it: writing to the cache is the dearest that input can be.
  for (const row of rows) assert.ok(row.costMicroUsd <= boundMicroUsd(PRICE, row.inputTokens, 100));
  const plain = sum(
    billed.map(({ fresh, written, read, output }) => billOf({ fresh: fresh + written + read, written: 0, read: 0, output })),
  );
  assert.ok(totals.costMicroUsd < plain / 3);
  console.log(`# 40 calls, 0 micro-dollars apart from the provider's bill of ${totals.costMicroUsd}; without its cache ${plain}`);
});

test("a conversation that goes on costs less with every turn than without, and is billed as the provider bills it", async () => {
  const { key } = await weir.tenant("gamma");
  const from = upstream.billed.length;
  const messages: { role: string; content: string }[] = [];
  for (let turn = 0; turn < 12; turn++) {
    messages.push({ role: "user", content: `${turn}: ${"how does the river rise after rain ".repeat(60)}` });
    const response = await weir.chat(key, { model: "cached", max_tokens: 100, stream: turn % 2 === 0, messages });
    assert.equal(response.status, 200);
    await response.text();
    messages.push({ role: "assistant", content: `Answer ${turn}: by a hand.` });
  }
  const billed = upstream.billed.slice(from);
  // From the fourth turn on only what is new is paid for in full.
  for (const { fresh, written, read } of billed.slice(4)) assert.ok(read > fresh + written, JSON.stringify([fresh, written, read]));
  const { totals } = await listRows(weir.url, "gamma");
  assert.equal(totals.costMicroUsd, sum(billed.map(billOf)));
  const plain = sum(
    billed.map(({ fresh, written, read, output }) => billOf({ fresh: fresh + written + read, written: 0, read: 0, output })),
  );
  assert.ok(totals.costMicroUsd < plain * 0.6, `${totals.costMicroUsd} of ${plain}`);
  console.log(`# 12 turns, 0 micro-dollars apart from the provider's bill of ${totals.costMicroUsd}; without its cache ${plain}`);
});

test("calls that share examples and ask different things pay no more than without the cache", async () => {
  const { key } = await weir.tenant("delta");
  const from = upstream.billed.length;
  const examples = [
    { role: "user", content: "how does the river rise after rain ".repeat(300) },
    { role: "assistant", content: "By a hand." },
  ];
  for (let call = 0; call < 6; call++) {
    const messages = [...examples, { role: "user", content: `And on day ${call}?` }];
    assert.equal((await weir.chat(key, { model: "cached", max_tokens: 100, messages })).status, 200);
  }
  assert.equal(sum(upstream.billed.slice(from).map(({ written }) => written)), 0);
});

test("planted fault: a ledger that takes writing for plain input is caught", () => {
  const written = upstream.billed.filter((billed) => billed.written > 0);
  assert.ok(written.length > 0);
  const wrong = (billed: Billed): number => billOf({ ...billed, fresh: billed.fresh + billed.written, written: 0 });
  assert.notEqual(sum(written.map(wrong)), sum(written.map(billOf)));
});

test("where it is turned off, or the prices of cached tokens are not known, nothing is marked", async () => {
  const from = upstream.billed.length;
  for (const model of ["uncached", "unpriced"]) for (let turn = 0; turn < 3; turn++) await ask(acme, model, `Turn ${turn}?`);
  assert.ok(upstream.billed.slice(from).every(({ marks }) => marks === 0));
});

test("one tenant's calls are no reason to mark another's, and a short prompt is none for anybody", async () => {
  const from = upstream.billed.length;
  const system = { role: "system", content: SYSTEM };
  const send = async (): Promise<void> => {
    const messages = [system, { role: "user", content: "How high?" }];
    assert.equal((await weir.chat(beta, { model: "cached", max_tokens: 100, messages })).status, 200);
  };
  await send();
  assert.equal(upstream.billed.at(-1)?.marks, 0);
  for (let turn = 0; turn < 3; turn++) await ask(beta, "cached", "Short.");
  assert.ok(upstream.billed.slice(from).every(({ marks }) => marks === 0));
});
