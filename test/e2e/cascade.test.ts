import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import { createFakeUpstream, type Asked, type FakeUpstream } from "../upstream/index.ts";
import { startWeir, type TestWeir } from "./server.ts";

const GOOD = "Good words.";
const LOGPROBS_MIN = { sure: -0.3, unsure: -0.2 };

/** The small model is good at what is easy, and its judge can tell; every token is given with a log probability of -0.25. */
function say({ model, lastUserText }: Asked): readonly string[] | undefined {
  if (model.startsWith("judge"))
    return lastUserText.includes("judge breaks") ? ["Well", "…"] : [lastUserText.includes(GOOD) ? "yes" : "no"];
  if (lastUserText.includes("tell my mail")) return ["Your mail is ", MAIL];
  return model === "small" && !lastUserText.includes("easy") ? ["Bad ", "words."] : ["Good ", "words."];
}
const MAIL = "ada.lovelace@example.com";

let upstream: FakeUpstream;
let weir: TestWeir;
let key: string;
beforeAll(async () => {
  upstream = await createFakeUpstream({ say });
  const price = "price: { inputPerMTok: 100, outputPerMTok: 200 }";
  weir = await startWeir({
    yaml: `
providers:
  up: { kind: openai, baseUrl: "${upstream.openaiBaseUrl}", trust: private }
  far: { kind: openai, baseUrl: "${upstream.openaiBaseUrl}", trust: external }
models:
  small: { provider: up, upstream: small, ${price} }
  large: { provider: up, upstream: large, ${price} }
  judge: { provider: up, upstream: judge, ${price} }
  judge-far: { provider: far, upstream: judge-far, ${price} }
routes:
  auto: [{ use: [small, large], strategy: cascade, gate: { kind: judge, model: judge, min: 0.7 } }]
  far: [{ use: [small, large], strategy: cascade, gate: { kind: judge, model: judge-far, min: 0.7 } }]
  kept: [{ use: [small, large], trust: private, strategy: cascade, gate: { kind: judge, model: judge-far, min: 0.7 } }]
  sure: [{ use: [small, large], strategy: cascade, gate: { kind: logprobs, min: ${LOGPROBS_MIN.sure} } }]
  unsure: [{ use: [small, large], strategy: cascade, gate: { kind: logprobs, min: ${LOGPROBS_MIN.unsure} } }]
`,
  });
  ({ key } = await weir.tenant("acme", { budgetUsd: 100 }));
});
afterAll(async () => {
  await weir.close();
  await upstream.close();
});

type Answer = {
  readonly choices: readonly { readonly message: { readonly content: string }; readonly logprobs: unknown }[];
  readonly weir: { readonly model: string; readonly requestId: string; readonly degraded: boolean; readonly costMicroUsd: number };
};
const body = (content: string, model = "auto", more = {}) => ({ model, max_tokens: 50, messages: [{ role: "user", content }], ...more });
async function ask(content: string, model = "auto", more = {}): Promise<Answer> {
  const response = await weir.chat(key, body(content, model, more));
  const text = await response.text();
  assert.equal(response.status, 200, text);
  return JSON.parse(text) as Answer;
}
const textOf = ({ choices }: Answer): string | undefined => choices[0]?.message.content;
const modelsSince = (from: number): readonly string[] => upstream.calls.slice(from).map(({ model }) => model);
type Usage = {
  readonly data: readonly {
    readonly costMicroUsd: number;
    readonly attempts: readonly { readonly model: string; readonly as?: string }[];
  }[];
  readonly totals: { readonly calls: number; readonly inputTokens: number; readonly outputTokens: number; readonly costMicroUsd: number };
};

test("of a mix, what the judge finds bad and nothing else goes up, and the ledger has every attempt as the provider counted it", async () => {
  const from = upstream.calls.length;
  let up = 0;
  const count = 60;
  for (let at = 0; at < count; at++) {
    const easy = at % 3 !== 0;
    const answer = await ask(easy ? `easy ${at}` : `hard ${at}`);
    assert.equal(textOf(answer), GOOD);
    assert.equal(answer.weir.model, easy ? "small" : "large");
    assert.equal(answer.weir.degraded, false);
    if (!easy) up++;
  }
  const seen = upstream.calls.slice(from);
  assert.equal(seen.length, count * 2 + up, "the last answer is judged by nobody");
  const usage = await weir.call<Usage>("GET", "/admin/v1/usage?tenant=acme&limit=1000");
  const input = seen.reduce((sum, call) => sum + call.inputTokens, 0);
  const output = seen.reduce((sum, call) => sum + call.outputTokens, 0);
  assert.deepEqual(
    [usage.totals.calls, usage.totals.inputTokens, usage.totals.outputTokens, usage.totals.costMicroUsd],
    [count, input, output, input * 100 + output * 200],
  );
  const metrics = await (await fetch(`${weir.url}/metrics`)).text();
  assert.match(metrics, new RegExp(`weir_cascade_calls_total\\{route="auto",escalated="true"\\} ${up}\\b`));
  assert.match(metrics, new RegExp(`weir_cascade_calls_total\\{route="auto",escalated="false"\\} ${count - up}\\b`));
  console.log(
    `# ${count} calls, ${up} went up (${Math.round((100 * up) / count)} %), ${seen.length} attempts, 0 tokens and 0 micro-dollars apart`,
  );
});

test("explain says who was asked, who judged, and what came of it", async () => {
  const { weir: told } = await ask("hard to explain");
  const { sentences } = await weir.call<{ sentences: string[] }>("GET", `/admin/v1/explain/${told.requestId}`);
  const text = sentences.join("\n");
  assert.match(text, /Asked first: small at up/);
  assert.match(text, /Then, as a judge of that answer: judge at up/);
  assert.match(text, /Then: large at up/);
  assert.match(text, /2 models of it were asked\.\n1 answer did not pass; the one of large was given\./);
});

test("a stream is held until it is judged, and nothing of an answer that does not pass is in it", async () => {
  for (const [question, model] of [
    ["hard", "large"],
    ["easy", "small"],
  ] as const) {
    const text = await (await weir.chat(key, body(question, "auto", { stream: true }))).text();
    assert.ok(!text.includes("Bad"), text);
    assert.match(text, new RegExp(`"model":"${model}"`));
    assert.match(text, /\[DONE\]\s*$/);
  }
});

test("a judge that fails or says neither yes nor no sends the call up, and is counted", async () => {
  const from = upstream.calls.length;
  assert.equal((await ask("easy, but the judge breaks")).weir.model, "large");
  assert.deepEqual(modelsSince(from), ["small", "judge", "large"]);
  assert.match(await (await fetch(`${weir.url}/metrics`)).text(), /weir_cascade_unjudged_total\{route="auto"\} 1\b/);
});

test("log probabilities are asked for, decide, and reach only a caller who asked for them", async () => {
  const from = upstream.calls.length;
  const sure = await ask("easy", "sure");
  assert.deepEqual([sure.weir.model, sure.choices[0]?.logprobs ?? null], ["small", null]);
  assert.equal((await ask("easy", "unsure")).weir.model, "large");
  assert.deepEqual(modelsSince(from), ["small", "small", "large"]);
  assert.deepEqual(
    upstream.calls.slice(from).map((call) => call.body?.["logprobs"] ?? null),
    [true, true, null],
  );
  assert.ok((await ask("easy", "sure", { logprobs: true })).choices[0]?.logprobs !== null);
});

test("a judge elsewhere gets pseudonyms for what question and answer hold, and under a private rule it gets nothing", async () => {
  const from = upstream.calls.length;
  const answer = await ask("easy: tell my mail", "far");
  assert.match(textOf(answer) ?? "", new RegExp(MAIL));
  const asked = upstream.calls.slice(from).find(({ model }) => model === "judge-far");
  assert.ok(asked !== undefined, "it was asked");
  assert.ok(!JSON.stringify(asked.body).includes(MAIL), "an address that only the answer held is masked, too");
  const before = upstream.calls.length;
  assert.equal((await ask("easy: tell my mail", "kept")).weir.model, "large");
  assert.deepEqual(modelsSince(before), ["small", "large"]);
});
