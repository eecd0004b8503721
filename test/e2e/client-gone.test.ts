import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import { createFakeUpstream, prose, type FakeUpstream } from "../upstream/index.ts";
import { openRawCall, textOf } from "./raw-call.ts";
import { oneModel, startWeir, type TestWeir } from "./server.ts";
import { listRows } from "./usage-rows.ts";

const EACH = process.env["WEIR_TEST_LONG"] === "1" ? 500 : 20;
/** Of each state and protocol. Clients, server and provider are one process here: more of them would measure how they wait for each other. */
const AT_ONCE = 4;
/** The promise: an upstream call ends within a second of its client's going. */
const ABORT_MS_MAX = 1000;
const READ_PARTS = 150;
const PROMPT = prose(200).join("");

let upstream: FakeUpstream;
let deaf: ReturnType<typeof startDeafGateway>;
let weir: TestWeir;
let key: string;
beforeAll(async () => {
  upstream = await createFakeUpstream();
  deaf = startDeafGateway(`${upstream.openaiBaseUrl}/chat/completions`);
  const timeouts = "{ firstByteMs: 20000, idleMs: 20000, totalMs: 30000 }";
  weir = await startWeir({
    yaml: `
providers:
  openai: { kind: openai, baseUrl: "${upstream.openaiBaseUrl}", apiKey: k, trust: private, timeouts: ${timeouts} }
  anthropic: { kind: anthropic, baseUrl: "${upstream.anthropicBaseUrl}", apiKey: k, trust: private, timeouts: ${timeouts} }
models:
  openai: { provider: openai, upstream: mock, price: { inputPerMTok: 1, outputPerMTok: 2 } }
  anthropic: { provider: anthropic, upstream: mock, price: { inputPerMTok: 1, outputPerMTok: 2 } }
`,
  });
  ({ key } = await weir.tenant("acme"));
});
afterAll(async () => {
  await weir.close();
  await deaf.stop();
  await upstream.close();
});

/** A planted fault: a gateway that reads on after its client has gone. */
function startDeafGateway(url: string) {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    idleTimeout: 0,
    async fetch(request) {
      const response = await fetch(url, { method: "POST", body: await request.text(), timeout: false });
      return new Response(await response.text());
    },
  });
  return { url: `http://127.0.0.1:${server.port}/`, stop: () => server.stop(true) };
}

/** Where a call stands when its client goes. */
const STATES = {
  "stream, after parts": { stream: true, words: "gate=NAME;parts=400" },
  "stream, head came, no part": { stream: true, words: "fault=stall;at=first" },
  "stream, nothing came": { stream: true, words: "fault=slow-first-byte" },
  "whole, nothing came": { stream: false, words: "fault=slow-first-byte" },
  "whole, half came": { stream: false, words: "fault=stall;at=middle;parts=50" },
} as const;
type State = keyof typeof STATES;
type Left = { readonly name: string; readonly state: State; readonly model: string; readonly abortMs: number };

async function leave(name: string, state: State, model: "openai" | "anthropic", url = `${weir.url}/v1/chat/completions`): Promise<Left> {
  const { stream, words } = STATES[state];
  const content = `${PROMPT} ${words.replace("NAME", name)};call=${name}`;
  const call = openRawCall(
    { url, key, body: { model, stream, messages: [{ role: "user", content }] }, headers: { "x-weir-feature": name } },
    25_000,
  );
  const isAsked = (): boolean => upstream.calls.some((each) => each.name === name);
  await upstream.until(isAsked, 10_000);
  if (state === "stream, after parts") {
    upstream.gate(name).step(READ_PARTS);
    const text = prose(READ_PARTS).join("");
    await call.until((body) => textOf(body) === text);
  }
  const asked = upstream.find(name);
  const goneMs = call.leave(asked.id % 2 === 0 ? "fin" : "reset");
  await upstream.until(() => asked.state !== "open", ABORT_MS_MAX + 1_000).catch(() => undefined);
  return { name, state, model, abortMs: asked.state === "aborted" ? asked.changedAtMs - goneMs : Number.POSITIVE_INFINITY };
}

const late = (all: readonly Left[]): Left[] => all.filter(({ abortMs }) => abortMs > ABORT_MS_MAX);
const quantile = (sorted: readonly number[], q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;

const all: Left[] = [];
test("an upstream call is aborted within a second of its client's going, streamed or not", async () => {
  for (let round = 0; round < EACH; round += AT_ONCE) {
    const starting: Promise<Left>[] = [];
    for (let n = round; n < Math.min(round + AT_ONCE, EACH); n++)
      for (const model of ["openai", "anthropic"] as const)
        for (const [at, state] of (Object.keys(STATES) as State[]).entries())
          starting.push(leave(`gone-${model}-${at}-${n}`, state, model));
    all.push(...(await Promise.all(starting)));
  }
  const times = all.map(({ abortMs }) => abortMs).toSorted((a, b) => a - b);
  console.log(
    `# client gone: ${all.length} calls, aborted after p50 ${quantile(times, 0.5).toFixed(0)} ms, p99 ${quantile(times, 0.99).toFixed(0)} ms, at most ${times.at(-1)?.toFixed(0)} ms`,
  );
  assert.equal(all.length, EACH * 2 * 5);
  assert.deepEqual(late(all), []);
});

test("each has one row, aborted, and is billed for its prompt and for the parts that came", async () => {
  const { rows, totals } = await listRows(weir.url);
  assert.deepEqual([totals.calls, rows.length], [all.length, all.length]);
  const byName = new Map(rows.map((row) => [row.feature, row]));
  for (const { name, state } of all) {
    const row = byName.get(name);
    assert.ok(row, name);
    assert.deepEqual([row.outcome, row.code], ["aborted", "client_gone"], name);
    const call = upstream.find(name);
    within(row.inputTokens, call.inputTokens, `${name} input`);
    if (state === "stream, after parts") within(row.outputTokens, READ_PARTS, `${name} output`);
    assert.equal(row.costMicroUsd, row.inputTokens + 2 * row.outputTokens, name);
    assert.equal(row.usageSource, state === "stream, head came, no part" && name.includes("anthropic") ? "reported" : "counted", name);
  }
}, 60_000);

function within(counted: number, real: number, about: string): void {
  assert.ok(Math.abs(counted - real) <= Math.max(2, real * 0.05), `${about}: counted ${counted}, really ${real}`);
}

test("planted: a gateway that reads on after its client has gone is caught", async () => {
  const left = await leave("planted-deaf", "whole, nothing came", "openai", deaf.url);
  assert.deepEqual(late([left]), [left]);
}, 20_000);

test("after all of it the server takes calls, and holds none", async () => {
  const answer = await weir.chat(key, { model: "openai", messages: [{ role: "user", content: "parts=3" }] });
  assert.equal(answer.status, 200);
  const metrics = await (await fetch(`${weir.url}/metrics`)).text();
  assert.match(metrics, /^weir_calls_in_flight(\{[^}]*\})? 0$/m);
});

test("a server of one model ends no call whose client stays", async () => {
  const other = await startWeir({ yaml: oneModel(upstream.openaiBaseUrl) });
  try {
    const tenant = await other.tenant("acme");
    const body = { model: "m", stream: true, messages: [{ role: "user", content: "parts=30;pace=100;call=stays" }] };
    const answer = await openRawCall({ url: `${other.url}/v1/chat/completions`, key: tenant.key, body }).answer;
    assert.deepEqual([answer.end, upstream.find("stays").state], ["whole", "finished"]);
  } finally {
    await other.close();
  }
});
