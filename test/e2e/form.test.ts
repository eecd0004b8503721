import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import OpenAI from "openai";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import { startWeir, type TestWeir } from "./server.ts";
import { listRows } from "./usage-rows.ts";

const WRONG = ['{"where', '":"x"}'];
/** What each model says, call by call; afterwards what fits. `weak` never does. */
const script = new Map<string, (readonly string[] | undefined)[]>();
const heard: { readonly model: string; readonly messages: readonly { readonly role: string; readonly content: string }[] }[] = [];
let warming = true;
let upstream: FakeUpstream;
let weir: TestWeir;
let key: string;
let client: OpenAI;

beforeAll(async () => {
  upstream = await createFakeUpstream({
    say({ model, body }) {
      const { messages } = JSON.parse(JSON.stringify(body)) as { messages: (typeof heard)[number]["messages"] };
      heard.push({ model, messages });
      return model === "weak" && !warming ? WRONG : script.get(model)?.shift();
    },
  });
  weir = await startWeir({
    yaml: `
providers:
  own: { kind: openai, baseUrl: "${upstream.openaiBaseUrl}", apiKey: k, trust: private }
  far: { kind: openai, baseUrl: "${upstream.openaiBaseUrl}", apiKey: k, trust: external }
models:
  weak: { provider: own, upstream: weak, price: { inputPerMTok: 1, outputPerMTok: 2 } }
  good: { provider: own, upstream: good, price: { inputPerMTok: 10, outputPerMTok: 20 } }
  cloud: { provider: far, upstream: cloud, price: { inputPerMTok: 10, outputPerMTok: 20 } }
routes:
  up: [{ use: [weak, good] }]
`,
  });
  ({ key } = await weir.tenant("acme"));
  client = new OpenAI({ baseURL: `${weir.url}/v1`, apiKey: key, maxRetries: 0 });
});
afterAll(async () => {
  await weir.close();
  await upstream.close();
});

const SCHEMA = {
  type: "object",
  properties: { name: { type: "string" }, mail: { type: "string" } },
  required: ["name", "mail"],
  additionalProperties: false,
};
const form = (strict: boolean) => ({ type: "json_schema" as const, json_schema: { name: "person", strict, schema: SCHEMA } });
const ask = (model: string, strict: boolean, content = "Who is it?") =>
  client.chat.completions.create({ model, messages: [{ role: "user", content }], response_format: form(strict) });
type Told = { readonly weir: { readonly form?: string; readonly model: string; readonly requestId: string } };
const told = (answer: object): Told["weir"] => (answer as Told).weir;

test("a model that forgets the form is shown what is wrong, and its second answer is the caller's; both are in the ledger", async () => {
  // A fifth of a model's calls may be asked twice: these pay for what follows.
  for (const model of ["good", "weak", "cloud"]) for (let time = 0; time < 25; time++) await ask(model, false);
  warming = false;
  const fits = await ask("good", true);
  assert.deepEqual(
    [told(fits).form, Object.keys(JSON.parse(fits.choices[0]?.message.content ?? "") as object)],
    ["fits", ["name", "mail"]],
  );
  script.set("good", [WRONG]);
  heard.length = 0;
  const mended = await ask("good", true);
  assert.deepEqual([told(mended).form, JSON.parse(mended.choices[0]?.message.content ?? "")], ["mended", { name: "some", mail: "some" }]);
  assert.deepEqual(
    heard.map(({ messages }) => messages.length),
    [1, 3],
  );
  assert.deepEqual(heard[1]?.messages[1], { role: "assistant", content: WRONG.join("") });
  const row = (await listRows(weir.url, "acme")).rows.find(({ requestId }) => requestId === told(mended).requestId);
  const calls = upstream.calls.slice(-2);
  assert.equal(row?.attempts.length, 2);
  assert.equal(
    row?.outputTokens,
    calls.reduce((sum, { outputTokens }) => sum + outputTokens, 0),
  );
  assert.equal(
    row?.costMicroUsd,
    calls.reduce((sum, { inputTokens, outputTokens }) => sum + inputTokens * 10 + outputTokens * 20, 0),
  );
});

test("a form that was promised is had from the next model, or the call fails and says not to repeat it", async () => {
  const up = await ask("up", true);
  assert.deepEqual([told(up).form, told(up).model], ["fits", "good"]);
  const lax = await ask("weak", false);
  assert.deepEqual([told(lax).form, lax.choices[0]?.message.content], ["misfit", WRONG.join("")]);
  const failed = await weir.chat(key, { model: "weak", messages: [{ role: "user", content: "Who?" }], response_format: form(true) });
  const { error } = (await failed.json()) as { error: { code: string; message: string } };
  assert.deepEqual([failed.status, error.code, failed.headers.get("x-should-retry")], [502, "answer_invalid", "false"]);
  const stream = await client.chat.completions.create({
    model: "weak",
    messages: [{ role: "user", content: "Who?" }],
    response_format: form(true),
    stream: true,
  });
  let last: object = {};
  for await (const chunk of stream) last = chunk;
  assert.equal(told(last).form, "misfit");
});

test("what is given back to an external model holds pseudonyms, and the caller reads originals", async () => {
  script.set("cloud", [WRONG]);
  heard.length = 0;
  const answer = await ask("cloud", true, "It is Ingrid Lindqvist, ingrid.lindqvist@example.com. Who is it?");
  assert.equal(told(answer).form, "mended");
  assert.equal(heard.length, 2);
  assert.ok(!JSON.stringify(heard).includes("ingrid.lindqvist") && JSON.stringify(heard[1]).includes("[EMAIL_"));
});
