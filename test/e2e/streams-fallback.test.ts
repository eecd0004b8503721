import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import { BODY_FAULTS, createFakeUpstream, POSITIONS, prose, refusedUrl, type FakeUpstream } from "../upstream/index.ts";
import { eventsOf, rawCall, textOf, wrongsOfBroken, type RawAnswer } from "./raw-call.ts";
import { startWeir, WITHOUT_BREAKERS, type TestWeir } from "./server.ts";

const PARTS = 9;
const WHOLE = prose(PARTS).join("");
const KINDS = ["openai", "anthropic"] as const;

/** Each way to break, as directives in the upstream's name of a model, so that only that model breaks. */
const HEADS = ["status=429", "status=500", "status=529", "fault=reset-head", "fault=slow-first-byte"] as const;
const BODIES = POSITIONS.flatMap((at) => BODY_FAULTS.map((fault) => `fault=${fault};at=${at}`));
const WAYS = KINDS.flatMap((kind) => [...HEADS, ...BODIES].map((words) => ({ kind, words, name: `${kind}-${slugOf(words)}` })));
function slugOf(words: string): string {
  return words.replaceAll(/[^a-z0-9]+/g, "-");
}

let upstream: FakeUpstream;
let gullible: ReturnType<typeof startRepeater>;
let weir: TestWeir;
let key: string;
beforeAll(async () => {
  upstream = await createFakeUpstream();
  gullible = startRepeater(upstream.url);
  const gone = await refusedUrl();
  const timeouts = "{ firstByteMs: 500, idleMs: 500, totalMs: 8000 }";
  const provider = (name: string, kind: string, baseUrl: string): string =>
    `  ${name}: { kind: ${kind}, baseUrl: "${baseUrl}", apiKey: "k", trust: private, timeouts: ${timeouts} }`;
  const model = (name: string, at: string, name2 = "mock"): string =>
    `  ${name}: { provider: ${at}, upstream: "${name2}", price: { inputPerMTok: 1, outputPerMTok: 2 } }`;
  weir = await startWeir({
    yaml: `
${WITHOUT_BREAKERS}
providers:
${provider("openai", "openai", upstream.openaiBaseUrl)}
${provider("anthropic", "anthropic", upstream.anthropicBaseUrl)}
${provider("gone", "openai", `${gone}/v1`)}
${provider("repeater", "openai", `${gullible.url}/v1`)}
models:
${WAYS.map(({ name, kind, words }) => model(name, kind, `mock@${words}`)).join("\n")}
${model("gone", "gone")}
${model("planted", "repeater", "mock@status=500")}
${model("good-openai", "openai")}
${model("good-anthropic", "anthropic")}
routes:
${[...WAYS.map(({ name }) => name), "gone", "planted"].map((name, at) => `  to-${name}: [{ use: [${name}, good-${KINDS[at % 2]}] }]`).join("\n")}
  three: [{ use: [gone, openai-status-500, anthropic-status-529, good-openai] }]
  broken: [{ use: [openai-${slugOf("fault=end;at=first")}, openai-${slugOf("fault=truncate;at=first")}, anthropic-${slugOf("fault=reset;at=first")}] }]
`,
  });
  ({ key } = await weir.tenant("acme"));
});
afterAll(async () => {
  await weir.close();
  await gullible.stop();
  await upstream.close();
});

/** A planted fault: something on the way that asks the same upstream again by itself when it fails. */
function startRepeater(url: string) {
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      if (request.method === "GET") return Response.json({ object: "list", data: [] });
      const body = await request.text();
      const again = () => fetch(url + new URL(request.url).pathname, { method: "POST", body, headers: request.headers });
      const first = await again();
      return first.ok ? first : again();
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, stop: () => server.stop(true) };
}

const ask = (model: string, stream: boolean, name: string): Promise<RawAnswer> =>
  rawCall({
    url: `${weir.url}/v1/chat/completions`,
    key,
    body: { model, stream, messages: [{ role: "user", content: `Tell me. parts=${PARTS};call=${name}` }] },
  });

/** Upstream calls of one call, in order, by the upstream's model name. */
const asked = (name: string): string[] => upstream.calls.filter((call) => call.name === name).map((call) => call.model);

/** What is wrong with how the targets were asked. */
function wrongsOfAsking(models: readonly string[], answer: RawAnswer, stream: boolean): string[] {
  const wrongs: string[] = [];
  if (new Set(models).size !== models.length) wrongs.push("the same target was asked twice");
  if (models.length > 3) wrongs.push("more than three attempts");
  if (stream && answer.status === 200 && eventsOf(answer.body).data.at(-1) !== "[DONE]" && models.length > 1)
    wrongs.push("another target was asked after the first part had left");
  return wrongs;
}

test("a further target answers where nothing has been sent, and none is asked once something was", async () => {
  const all = WAYS.flatMap((way) => [true, false].map((stream) => ({ ...way, stream, call: `two-${way.name}-${stream}` })));
  const answers = await Promise.all(all.map(async (each) => ({ each, answer: await ask(`to-${each.name}`, each.stream, each.call) })));
  let moved = 0;
  for (const { each, answer } of answers) {
    const models = asked(each.call);
    assert.deepEqual(wrongsOfAsking(models, answer, each.stream), [], each.call);
    const isLate = each.stream && /at=(middle|last)/.test(each.words);
    if (isLate && models.length === 1) {
      assert.deepEqual(wrongsOfBroken(answer, true, WHOLE), [], each.call);
      continue;
    }
    // A reset may take with it what was sent before: then nothing had left, and moving on is right.
    assert.ok(!isLate || /reset|truncate/.test(each.words), `${each.call}: ${models.join()}`);
    moved++;
    assert.deepEqual([answer.status, answer.end, models], [200, "whole", [`mock@${each.words}`, "mock"]], each.call);
    if (each.stream) assert.deepEqual([textOf(answer.body), eventsOf(answer.body).data.at(-1)], [WHOLE, "[DONE]"], each.call);
    else assert.ok(answer.body.includes(JSON.stringify(WHOLE)), each.call);
  }
  assert.ok(moved > all.length / 2 && moved < all.length);
  console.log(`# fallback: ${all.length} calls with two targets, ${moved} moved before the first part, 0 after it, 0 repeats at a target`);
});

test("every attempt is in the one row, with what it cost, and the answer says that another target answered", async () => {
  const call = "attempts";
  const answer = await ask(`to-openai-${slugOf("fault=end;at=last")}`, false, call);
  const { weir: about } = JSON.parse(answer.body) as { weir: { requestId: string; degraded: boolean; costMicroUsd: number } };
  const { data } = await weir.call<{
    data: { requestId: string; costMicroUsd: number; attempts: { costMicroUsd: number; code?: string }[] }[];
  }>("GET", "/admin/v1/usage?limit=1000");
  const rows = data.filter(({ requestId }) => requestId === about.requestId);
  assert.equal(rows.length, 1);
  assert.deepEqual(
    rows[0]?.attempts.map(({ code }) => code),
    ["target_broken", undefined],
  );
  assert.ok(about.degraded && rows[0]?.attempts.every(({ costMicroUsd }) => costMicroUsd > 0));
  const [first, second] = upstream.calls.filter(({ name }) => name === call);
  assert.ok(first && second);
  // Both answers were whole in tokens, and both reported them.
  assert.equal(about.costMicroUsd, first.inputTokens + second.inputTokens + 2 * (first.outputTokens + second.outputTokens));
});

test("at most three attempts, each target once; where tokens were spent the client is told not to repeat", async () => {
  for (const stream of [true, false]) {
    const name = `three-${stream}`;
    const answer = await ask("three", stream, name);
    assert.equal(answer.status, 429);
    assert.deepEqual(asked(name), ["mock@status=500", "mock@status=529"]);
    assert.equal(answer.headers.get("x-should-retry"), undefined);
    const broken = await ask("broken", stream, `broken-${stream}`);
    assert.equal(broken.status, 502);
    assert.equal(asked(`broken-${stream}`).length, 3);
    assert.equal(broken.headers.get("x-should-retry"), "false");
  }
});

test("the SDK does not repeat a call that cost tokens, and repeats one that cost none", async () => {
  const { default: OpenAI } = await import("openai");
  const client = new OpenAI({ baseURL: `${weir.url}/v1`, apiKey: key });
  const body = (model: string, call: string) => ({ model, messages: [{ role: "user" as const, content: `Tell me. call=${call}` }] });
  await assert.rejects(client.chat.completions.create(body("broken", "sdk-spent")));
  await assert.rejects(client.chat.completions.create(body("openai-status-500", "sdk-unspent")));
  assert.deepEqual([asked("sdk-spent").length, asked("sdk-unspent").length], [3, 3]);
});

test("planted: a repeat at the same target is caught by the upstream's own count", async () => {
  const answer = await ask("to-planted", true, "planted");
  assert.deepEqual(wrongsOfAsking(asked("planted"), answer, true), ["the same target was asked twice"]);
  // And an answer that broke, as if a second target had been asked all the same.
  const broken = await ask(`to-openai-${slugOf("fault=end;at=middle")}`, true, "planted-late");
  assert.deepEqual(wrongsOfAsking([...asked("planted-late"), "mock"], broken, true), [
    "another target was asked after the first part had left",
  ]);
});
