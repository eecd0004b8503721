import assert from "node:assert/strict";
import { afterAll, beforeAll, test } from "bun:test";
import OpenAI from "openai";
import { MODERATION_CHARACTERS_MAX, MODERATION_INPUTS_MAX } from "../../src/kernel/limits.ts";
import { openaiSpecMissing } from "../spec/openai.ts";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import { createExchange, watchFetch } from "./sdk-exchange.ts";
import { oneModel, startWeir, type TestWeir } from "./server.ts";
import { listRows } from "./usage-rows.ts";

if (openaiSpecMissing !== false) console.log(openaiSpecMissing);

let upstream: FakeUpstream;
let weir: TestWeir;
let key: string;
beforeAll(async () => {
  upstream = await createFakeUpstream();
  weir = await startWeir({ yaml: oneModel(upstream.openaiBaseUrl) });
  ({ key } = await weir.tenant("acme"));
});
afterAll(async () => {
  await weir.close();
  await upstream.close();
});

const post = (body: unknown, by = key): Promise<Response> =>
  fetch(`${weir.url}/v1/moderations`, {
    method: "POST",
    headers: { authorization: `Bearer ${by}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });

type Answer = {
  readonly results: readonly {
    readonly flagged: boolean;
    readonly categories: Readonly<Record<string, boolean>>;
    readonly category_applied_input_types: Readonly<Record<string, readonly string[]>>;
    readonly weir: { readonly injection: number; readonly personalData: Readonly<Record<string, number>> };
  }[];
  readonly weir: { readonly receipt: string; readonly imagesUnseen: number };
};
const trueOf = (result: Answer["results"][number] | undefined): readonly string[] =>
  Object.entries(result?.categories ?? {}).flatMap(([category, is]) => (is ? [category] : []));

test("the official client gets a result for each text, with OpenAI's categories", async () => {
  const exchange = createExchange();
  const pending: Promise<void>[] = [];
  const client = new OpenAI({ baseURL: `${weir.url}/v1`, apiKey: key, maxRetries: 0, fetch: watchFetch(exchange, pending) });
  const answer = await client.moderations.create({
    model: "omni-moderation-latest",
    input: ["How do I kill a Python process?", "I will kill you tonight.", "You are a worthless idiot.", "I want to kill myself."],
  });
  await Promise.all(pending);
  assert.deepEqual(
    answer.results.map((result) => result.flagged),
    [false, true, true, true],
  );
  const { results } = answer as unknown as Answer;
  assert.deepEqual(results.map(trueOf), [[], ["harassment/threatening", "violence"], ["harassment"], ["self-harm", "self-harm/intent"]]);
  // What nothing looks for says so.
  assert.deepEqual(results[0]?.category_applied_input_types["sexual"], []);
  assert.deepEqual(results[0]?.category_applied_input_types["hate"], ["text"]);
  assert.equal(answer.model, "weir-moderation-1");
});

test("parts of one message have one result, images are counted and not looked at, and personal data is named", async () => {
  const response = await post({
    input: [
      { type: "text", text: "Write to bob.smith@corp-mail.com:" },
      { type: "image_url", image_url: { url: "https://images.test/a.png" } },
      { type: "text", text: "you are an idiot." },
    ],
  });
  const answer = (await response.json()) as Answer;
  assert.equal(answer.results.length, 1);
  assert.deepEqual(trueOf(answer.results[0]), ["harassment"]);
  assert.deepEqual(answer.results[0]?.weir.personalData, { EMAIL: 1 });
  assert.equal(answer.weir.imagesUnseen, 1);
  assert.equal(response.headers.get("x-weir-receipt"), answer.weir.receipt);
});

test("a call asks no model, costs nothing, and stands in usage without a word of its texts", async () => {
  const before = (await listRows(weir.url, "acme")).rows.length;
  const secret = "the-zebra-sleeps@corp-mail.com";
  assert.equal((await post({ input: secret })).status, 200);
  const { rows } = await listRows(weir.url, "acme");
  const [row] = rows;
  assert.equal(rows.length, before + 1);
  assert.deepEqual(
    { ...row },
    {
      ...row,
      operation: "moderations",
      outcome: "finished",
      inputTokens: 0,
      outputTokens: 0,
      costMicroUsd: 0,
      usageSource: "none",
      attempts: [],
    },
  );
  assert.ok(!JSON.stringify(rows).includes("zebra"));
  assert.equal(upstream.calls.length, 0);
  const { key: poor } = await weir.tenant("poor", { budgetUsd: 0 });
  assert.equal((await post({ input: "a" }, poor)).status, 200);
});

test("requests count in the rates", async () => {
  const { key: slow } = await weir.tenant("slow", { rpm: 2 });
  const statuses = [];
  for (let turn = 0; turn < 3; turn++) statuses.push((await post({ input: "a" }, slow)).status);
  assert.deepEqual(statuses, [200, 200, 429]);
});

test("each wrong body is told with its place, and the limits hold on both sides", async () => {
  const most = "a ".repeat(MODERATION_CHARACTERS_MAX / 2);
  const cases: readonly (readonly [input: unknown, status: number])[] = [
    ["", 200],
    [most, 200],
    [`${most}a`, 400],
    [Array.from({ length: MODERATION_INPUTS_MAX }, () => "a"), 200],
    [Array.from({ length: MODERATION_INPUTS_MAX + 1 }, () => "a"), 400],
    [[], 400],
    [5, 400],
    [null, 400],
    [[{ type: "audio" }], 400],
    [["a", { type: "text", text: "b" }], 400],
  ];
  for (const [input, status] of cases) {
    const response = await post({ input });
    const text = await response.text();
    assert.equal(response.status, status, text.slice(0, 300));
    if (status === 400) assert.match(text, /"param":"input/);
  }
  assert.equal((await post({ input: "a", more: 1 })).status, 400);
  console.log(`# moderations, inputs at their limits and wrong ones: ${cases.length + 1}`);
});
