import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import { createFakeUpstream, prose, type FakeCall, type FakeUpstream } from "../upstream/index.ts";
import { openRawCall, textOf } from "./raw-call.ts";
import { startWeir, WITHOUT_BREAKERS, type TestWeir } from "./server.ts";
import { listRows, type UsageRow } from "./usage-rows.ts";

const LONG = process.env["WEIR_TEST_LONG"] === "1";
const CALLS = LONG ? 100_000 : 2_000;
const WORKERS = 32;

/** Tenths of a micro-dollar a token, so that the expectation is integer arithmetic. */
const PRICES = {
  openai: { input: 10, cached: 1, output: 20 },
  anthropic: { input: 30, cached: 3, output: 150 },
} as const;
const PROMPT = prose(120).join("");
const TOOL = {
  type: "function",
  function: { name: "get_weather", parameters: { type: "object", properties: { city: { type: "string" } } } },
};

let upstream: FakeUpstream;
let liar: ReturnType<typeof startLiar>;
let cheap: ReturnType<typeof startCheap>;
let weir: TestWeir;
let key: string;
let liarKey: string;
beforeAll(async () => {
  upstream = await createFakeUpstream();
  liar = startLiar(upstream.url);
  cheap = startCheap();
  const timeouts = "timeouts: { firstByteMs: 10000, idleMs: 10000, totalMs: 60000 }";
  const dollars = ({ input, cached, output }: (typeof PRICES)["openai" | "anthropic"]): string =>
    `price: { inputPerMTok: ${input / 10}, cachedInputPerMTok: ${cached / 10}, outputPerMTok: ${output / 10} }`;
  weir = await startWeir({
    yaml: `
${WITHOUT_BREAKERS}
providers:
  openai: { kind: openai, baseUrl: "${upstream.openaiBaseUrl}", apiKey: k, trust: private, ${timeouts} }
  anthropic: { kind: anthropic, baseUrl: "${upstream.anthropicBaseUrl}", apiKey: k, trust: private, ${timeouts} }
  liar: { kind: openai, baseUrl: "${liar.url}/v1", apiKey: k, trust: private, ${timeouts} }
  cheap: { kind: openai, baseUrl: "${cheap.url}/v1", apiKey: k, trust: external, ${timeouts} }
models:
  openai: { provider: openai, upstream: mock, ${dollars(PRICES.openai)} }
  anthropic: { provider: anthropic, upstream: mock, ${dollars(PRICES.anthropic)} }
  down: { provider: openai, upstream: "mock@status=500", ${dollars(PRICES.openai)} }
  endless: { provider: anthropic, upstream: "mock@fault=end", ${dollars(PRICES.anthropic)} }
  liar: { provider: liar, upstream: mock, ${dollars(PRICES.openai)} }
  cheap: { provider: cheap, upstream: mock, price: { inputPerMTok: 1, outputPerMTok: 2 } }
  nameless: { provider: cheap, upstream: a-model-that-no-book-knows }
routes:
  after-down: [{ use: [down, openai] }]
  after-endless: [{ use: [endless, openai] }]
  all-down: [{ use: [down] }]
`,
  });
  ({ key } = await weir.tenant("acme"));
  ({ key: liarKey } = await weir.tenant("liar"));
});
afterAll(async () => {
  await weir.close();
  await Promise.all([liar.stop(), cheap.stop()]);
  await upstream.close();
});

/** A planted fault: tells one output token more than the upstream counted. */
function startLiar(url: string) {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      if (request.method === "GET") return Response.json({ object: "list", data: [] });
      const answer = await fetch(url + new URL(request.url).pathname, { method: "POST", body: await request.text() });
      const text = (await answer.text()).replace(
        /"completion_tokens":(\d+)/,
        (_, count: string) => `"completion_tokens":${Number(count) + 1}`,
      );
      return new Response(text, { headers: { "content-type": answer.headers.get("content-type") ?? "" } });
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, stop: () => server.stop(true) };
}

/** Says that its calls cost nothing, as some aggregators do. */
function startCheap() {
  const usage = {
    prompt_tokens: 100,
    completion_tokens: 50,
    total_tokens: 150,
    cost: 0,
    cost_details: { upstream_inference_cost: 0 },
    is_byok: true,
  };
  const head = { id: "c", created: 1, model: "mock" };
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      if (request.method === "GET") return Response.json({ object: "list", data: [] });
      const { stream } = (await request.json()) as { stream?: boolean };
      if (stream !== true) {
        const choices = [{ index: 0, message: { role: "assistant", content: "Free." }, finish_reason: "stop" }];
        return Response.json({ ...head, object: "chat.completion", choices, usage });
      }
      const chunk = (rest: object): string => `data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", ...rest })}\n\n`;
      const said = chunk({ choices: [{ index: 0, delta: { role: "assistant", content: "Free." }, finish_reason: null }] });
      const end = chunk({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
      return new Response(`${said}${end}${chunk({ choices: [], usage })}data: [DONE]\n\n`, {
        headers: { "content-type": "text/event-stream" },
      });
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, stop: () => server.stop(true) };
}

type Way = { readonly model: string; readonly stream: boolean; readonly words: string; readonly tools?: true; readonly leaves?: true };
const LEFT_AFTER = 120;

function ways(): Way[] {
  const found: Way[] = [];
  for (const model of ["openai", "anthropic"] as const) {
    const words = [
      "parts=7",
      "parts=40;cached=30",
      "parts=60;cached=77",
      "parts=30;reasoning=10",
      "parts=120;usage=none",
      "parts=90;usage=zero",
    ];
    for (const stream of [true, false]) {
      found.push(...words.map((each) => ({ model, stream, words: each })));
      found.push({ model, stream, words: "tools=2;parts=21", tools: true });
      found.push({ model, stream, words: "parts=160;fault=end;at=last" });
    }
    found.push({ model, stream: true, words: "parts=240;fault=error;at=middle" });
    found.push({ model, stream: true, words: "parts=400;gate=NAME", leaves: true });
    found.push({ model, stream: false, words: "fault=slow-first-byte", leaves: true });
  }
  for (const stream of [true, false]) for (const model of ["after-down", "all-down"]) found.push({ model, stream, words: "parts=25" });
  found.push({ model: "after-endless", stream: false, words: "parts=25" });
  return found;
}

type Made = { readonly name: string; readonly way: Way; readonly requestId: string | undefined };

function bodyOf({ model, stream, words, tools }: Way, name: string) {
  const content = `${PROMPT} ${words.replace("NAME", name)};call=${name}`;
  return { model, stream, messages: [{ role: "user", content }], ...(tools === true ? { tools: [TOOL] } : {}) };
}

async function make(name: string, way: Way, ofKey = key): Promise<Made> {
  if (way.leaves === true) return { name, way, requestId: await makeAndLeave(name, way) };
  const response = await weir.chat(ofKey, bodyOf(way, name));
  await response.text();
  return { name, way, requestId: response.headers.get("x-weir-request-id") ?? "" };
}

/** What the server knows a call by that never got a head: its feature. */
async function makeAndLeave(name: string, way: Way): Promise<undefined> {
  const url = `${weir.url}/v1/chat/completions`;
  const call = openRawCall({ url, key, body: bodyOf(way, name), headers: { "x-weir-feature": name } }, 30_000);
  // Among the newest only: over 100,000 calls a search of all of them would be the test.
  await upstream.until(() => upstream.calls.slice(-4 * WORKERS).some((each) => each.name === name), 20_000);
  if (way.stream) {
    upstream.gate(name).step(LEFT_AFTER);
    const text = prose(LEFT_AFTER).join("");
    await call.until((body) => textOf(body) === text);
  }
  call.leave("fin");
  const asked = upstream.find(name);
  await upstream.until(() => asked.state !== "open", 20_000);
}

type Sums = { exact: number; counted: number; countedTokens: number; realTokens: number };

/** Differences between the upstream's own count and the ledger's. Empty: every call has its one row, and every row is right. */
function differences(made: readonly Made[], rows: readonly UsageRow[], sums: Sums): string[] {
  const byId = Map.groupBy(rows, (row) => row.requestId);
  const byFeature = Map.groupBy(rows, (row) => row.feature ?? "");
  const upstreamBy = Map.groupBy(upstream.calls, (call) => call.name ?? "");
  const found: string[] = rows.length === made.length ? [] : [`${rows.length} rows for ${made.length} calls`];
  for (const { name, way, requestId } of made) {
    const own = (requestId === undefined ? byFeature.get(name) : byId.get(requestId)) ?? [];
    const [row] = own;
    if (row === undefined || own.length > 1) found.push(`${name}: ${own.length} rows`);
    else
      found.push(
        ...wrongsOfRow(row, way, upstreamBy.get(name) ?? [], sums).map(
          (what) => `${name} (${way.model} ${way.stream} ${way.words}): ${what}`,
        ),
      );
  }
  return found;
}

function wrongsOfRow(row: UsageRow, way: Way, calls: readonly FakeCall[], sums: Sums): string[] {
  const broken = way.words.includes("fault=") || way.model === "all-down";
  const outcome = way.leaves === true ? "aborted" : broken ? "failed" : "finished";
  const wrongs = row.outcome === outcome ? [] : [`${row.outcome} instead of ${outcome}`];
  if (row.attempts.length !== calls.length) return [...wrongs, `${row.attempts.length} attempts of ${calls.length}`];
  for (const [at, attempt] of row.attempts.entries()) {
    const call = calls[at];
    if (call !== undefined) wrongs.push(...wrongsOfAttempt(attempt, call, way, sums));
  }
  const sum = (field: "inputTokens" | "outputTokens" | "costMicroUsd"): number =>
    row.attempts.reduce((total, each) => total + each[field], 0);
  for (const field of ["inputTokens", "outputTokens", "costMicroUsd"] as const)
    if (row[field] !== sum(field)) wrongs.push(`${field} is not the sum of the attempts`);
  const counted = calls.some((call) => call.state !== "refused" && !isReported(call));
  const source = calls.every((call) => call.state === "refused") ? "none" : counted ? "counted" : "reported";
  if (row.usageSource !== source) wrongs.push(`marked ${row.usageSource} instead of ${source}`);
  return wrongs;
}

const isReported = (call: FakeCall): boolean => (call.reported?.outputTokens ?? 0) > 0;

function wrongsOfAttempt(attempt: UsageRow["attempts"][number], call: FakeCall, way: Way, sums: Sums): string[] {
  const { inputTokens, outputTokens, costMicroUsd } = attempt;
  const price = PRICES[call.protocol];
  const cachedAsked = Number(/cached=(\d+)/.exec(way.words)?.[1] ?? 0);
  const costOf = (input: number, cached: number, output: number): number =>
    Math.round(((input - cached) * price.input + cached * price.cached + output * price.output) / 10);
  if (call.state === "refused") return inputTokens + outputTokens + costMicroUsd === 0 ? [] : ["a refusal was billed"];
  if (isReported(call)) {
    sums.exact++;
    const cached = Math.min(cachedAsked, call.inputTokens);
    const real = [call.inputTokens, call.outputTokens, costOf(call.inputTokens, cached, call.outputTokens)];
    const billed = [inputTokens, outputTokens, costMicroUsd];
    return billed.join() === real.join() ? [] : [`billed ${billed.join()}, really ${real.join()}`];
  }
  sums.counted++;
  const produced = way.leaves === true ? (way.stream ? LEFT_AFTER : 0) : call.outputTokens;
  sums.countedTokens += inputTokens + outputTokens;
  sums.realTokens += call.inputTokens + produced;
  const wrongs = [inputTokens, outputTokens].flatMap((counted, at) => {
    const real = at === 0 ? call.inputTokens : produced;
    return Math.abs(counted - real) <= Math.max(2, real * 0.05) ? [] : [`counted ${counted}, really ${real}`];
  });
  if (costMicroUsd !== costOf(inputTokens, 0, outputTokens)) wrongs.push(`cost ${costMicroUsd} of what was counted`);
  // Anthropic tells the prompt's tokens first, so they are known however the answer ends.
  if (call.protocol === "anthropic" && way.stream && !/usage=/.test(way.words) && inputTokens !== call.inputTokens)
    wrongs.push(`prompt ${inputTokens}, reported ${call.inputTokens}`);
  return wrongs;
}

const made: Made[] = [];
let rows: readonly UsageRow[] = [];
const none = (): Sums => ({ exact: 0, counted: 0, countedTokens: 0, realTokens: 0 });

test(
  "the ledger is the upstream's own count to the token and the micro-dollar, one row a call, however the call ended",
  async () => {
    const all = ways();
    let next = 0;
    const work = async (): Promise<void> => {
      while (next < CALLS) {
        const n = next++;
        const way = all[n % all.length];
        if (way !== undefined) made.push(await make(`mixed-${n}`, way));
      }
    };
    const startedMs = performance.now();
    await Promise.all(Array.from({ length: WORKERS }, work));
    const seconds = (performance.now() - startedMs) / 1000;
    const listed = await listRows(weir.url, "acme");
    ({ rows } = listed);
    const sums = none();
    assert.deepEqual(differences(made, rows, sums).slice(0, 10), []);
    assert.equal(listed.totals.calls, CALLS);
    assert.equal(
      listed.totals.costMicroUsd,
      rows.reduce((total, row) => total + row.costMicroUsd, 0),
    );
    const off = Math.abs(sums.countedTokens / sums.realTokens - 1) * 100;
    console.log(
      `# ledger: ${CALLS} calls of ${all.length} kinds in ${seconds.toFixed(1)} s, ${upstream.calls.length} attempts; ${sums.exact} reported: 0 tokens and 0 micro-dollars off; ${sums.counted} counted: ${off.toFixed(2)} % off in sum, each within 5 %`,
    );
    const verdict = await weir.call<{ ok: boolean; entries: number }>("POST", "/admin/v1/audit/verify", { tenant: "acme" });
    assert.deepEqual([verdict.ok, verdict.entries], [true, CALLS]);
  },
  LONG ? 3_600_000 : 60_000,
);

test("planted: every way to be wrong about a row is caught", () => {
  const at = (outcome: string): number => rows.findIndex((row) => row.outcome === outcome && row.usageSource === "reported");
  const change = (index: number, by: (row: UsageRow) => UsageRow): UsageRow[] => rows.map((row, each) => (each === index ? by(row) : row));
  const change1 = (row: UsageRow, field: "inputTokens" | "outputTokens" | "costMicroUsd", add: number): UsageRow => ({
    ...row,
    [field]: row[field] + add,
    attempts: row.attempts.map((attempt, n) => (n === 0 ? { ...attempt, [field]: attempt[field] + add } : attempt)),
  });
  const finished = at("finished");
  const [first] = rows;
  assert.ok(first !== undefined && finished >= 0);
  const planted: Record<string, readonly UsageRow[]> = {
    "a row is lost": rows.slice(1),
    "a row is there twice": [...rows, first],
    "a row is another's": change(0, (row) => ({ ...row, requestId: "req_nobody", feature: "nobody" })),
    "a token more": change(finished, (row) => change1(row, "outputTokens", 1)),
    "a token less": change(finished, (row) => change1(row, "inputTokens", -1)),
    "a micro-dollar more": change(finished, (row) => change1(row, "costMicroUsd", 1)),
    "an attempt is missing": change(
      rows.findIndex((row) => row.attempts.length > 1),
      (row) => ({ ...row, attempts: row.attempts.slice(1) }),
    ),
    "counted and not marked": change(
      rows.findIndex((row) => row.usageSource === "counted"),
      (row) => ({ ...row, usageSource: "reported" }),
    ),
    "a broken call passes for a whole one": change(
      rows.findIndex((row) => row.outcome === "failed"),
      (row) => ({ ...row, outcome: "finished" }),
    ),
  };
  const unseen = Object.entries(planted).filter(([, tampered]) => differences(made, tampered, none()).length === 0);
  assert.deepEqual(
    unseen.map(([name]) => name),
    [],
  );
  console.log(`# ledger: ${Object.keys(planted).length} planted differences, all found`);
});

test("planted: an upstream that tells a token more than it counted is caught", async () => {
  const lied = [await make("lied", { model: "liar", stream: false, words: "parts=9" }, liarKey)];
  const { rows: of } = await listRows(weir.url, "liar");
  assert.match(differences(lied, of, none()).join(), /billed .* really/);
});

test("an upstream's word that its answer cost nothing is not believed", async () => {
  const { key: own } = await weir.tenant("cheap");
  for (const stream of [true, false]) {
    const response = await weir.chat(own, { model: "cheap", stream, messages: [{ role: "user", content: "Is it free?" }] });
    assert.match(await response.text(), /"costMicroUsd":200\b/);
  }
  const { rows: of } = await listRows(weir.url, "cheap");
  assert.deepEqual(
    of.map((row) => [row.costMicroUsd, row.inputTokens, row.outputTokens]),
    [
      [200, 100, 50],
      [200, 100, 50],
    ],
  );
});

test("an unknown price is said, and is not free where a budget counts", async () => {
  const { key: own } = await weir.tenant("unpriced");
  const ask = { model: "nameless", messages: [{ role: "user", content: "What is it?" }] };
  assert.equal((await weir.chat(own, ask)).status, 200);
  const { rows: of } = await listRows(weir.url, "unpriced");
  assert.equal((of[0]?.attempts[0] as { priceUnknown?: boolean } | undefined)?.priceUnknown, true);
  const budgeted = await weir.tenant("budgeted", { budgetUsd: 5 });
  assert.equal((await weir.chat(budgeted.key, ask)).status, 503);
});
