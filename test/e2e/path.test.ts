import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import { callEvent, explanation } from "../../src/contract/call-event.ts";
import { modelList } from "../../src/contract/answer-call.ts";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import { addDocument } from "./access-world.ts";
import { startWeir, WITHOUT_BREAKERS, type TestWeir } from "./server.ts";

/** What a caller can learn of the path that its call took. */

let weir: TestWeir;
let upstream: FakeUpstream;
let key: string;
const HANDBOOK = "# Handbook\n\n## Vacation\n\nFull-time employees have 30 vacation days a year.\n";

beforeAll(async () => {
  upstream = await createFakeUpstream({
    steer: (model) => (model === "broken" ? "status=503" : undefined),
    say: () => ["Full-time employees have 30 ", "vacation days a year [1]."],
  });
  const up = `kind: openai, baseUrl: "${upstream.openaiBaseUrl}", apiKey: k, trust: private, region: eu-west-1`;
  weir = await startWeir({
    yaml: `${WITHOUT_BREAKERS}
providers:
  up: { ${up} }
models:
  down: { provider: up, upstream: broken, price: { inputPerMTok: 1, outputPerMTok: 2 } }
  m: { provider: up, upstream: mock, contextTokens: 8192, price: { inputPerMTok: 1, outputPerMTok: 2 }, capabilities: { images: false } }
  hidden: { provider: up, upstream: mock }
  vectors: { kind: embedding, provider: up, upstream: e }
routes:
  auto:
    - { use: [down, m] }
`,
  });
  ({ key } = await weir.tenant("acme", { models: ["down", "m", "vectors"] }));
  await weir.call("POST", "/v1/vector_stores", { name: "house" }, { key });
  await addDocument(weir, key, "house", ["handbook.md", HANDBOOK]);
});
afterAll(async () => {
  await weir.close();
  await upstream.close();
});

test("a member's receipt tells of its own call the time of each step, both attempts, and the passages by id", async () => {
  const messages = [{ role: "user", content: "How many vacation days do full-time employees have?" }];
  const response = await weir.chat(key, { model: "auto", stream: true, messages, rag: { enabled: true, collection: "house" } });
  await response.text();
  const id = response.headers.get("x-weir-request-id");
  const receipt = await weir.call<{ event: unknown }>("GET", `/v1/receipts/${id}`, undefined, { key });
  const event = callEvent.parse(receipt.event);
  const { timings, attempts, found, collection } = event;
  assert.ok(timings !== undefined && found !== undefined);
  const { checkedUs, retrievedUs, siftedUs, routedUs, openedUs } = timings;
  const marks = [checkedUs, retrievedUs, siftedUs, routedUs, openedUs].map((mark) => mark ?? -1);
  assert.deepEqual(
    marks.toSorted((a, b) => a - b),
    marks,
    "steps follow each other",
  );
  assert.ok(marks.every((mark) => mark >= 0));
  assert.deepEqual(
    attempts.map(({ model, outcome }) => [model, outcome]),
    [
      ["down", "failed"],
      ["m", "finished"],
    ],
  );
  assert.deepEqual(
    timings.attempts.map(({ firstUs }) => firstUs !== undefined),
    [false, true],
  );
  assert.deepEqual(
    found.map(({ fate }) => fate),
    ["cited"],
  );
  const stores = await weir.call<{ data: { id: string; name: string }[] }>("GET", "/v1/vector_stores", undefined, { key });
  assert.equal(collection, stores.data.find(({ name }) => name === "house")?.id);
  // The ids are addresses, as they are.
  assert.equal((await weir.call<{ filename: string }>("GET", `/v1/files/${found[0]?.fileId}`, undefined, { key })).filename, "handbook.md");
  const told = explanation.parse(await weir.call("GET", `/admin/v1/explain/${id}`));
  assert.equal(told.event?.type, "call");
  console.log(`# 5 steps, ${timings.attempts.length} attempts, ${found.length} passage read from one receipt`);
});

test("a list of models tells what a chooser needs, of the models that the key may use and of no other", async () => {
  const { data } = modelList.parse(await weir.call("GET", "/v1/models", undefined, { key }));
  const of = (id: string) => data.find((model) => model.id === id)?.weir;
  assert.deepEqual(of("m"), {
    kind: "model",
    trust: "private",
    region: "eu-west-1",
    contextTokens: 8192,
    price: { inputPerMTok: 1, outputPerMTok: 2 },
    capabilities: { chat: true, embeddings: false, rerank: false, tools: true, jsonSchema: true, images: false, manyChoices: true },
  });
  assert.deepEqual(of("auto"), { kind: "route" });
  assert.deepEqual([of("vectors")?.capabilities?.embeddings, of("vectors")?.capabilities?.chat], [true, false]);
  assert.deepEqual([of("extractive")?.kind, of("extractive")?.capabilities?.images], ["model", false]);
  assert.equal(of("hidden"), undefined);
});

test("an image that no model reads is refused in words that say what to do", async () => {
  const content = [
    { type: "text", text: "What is this?" },
    { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=" } },
  ];
  const response = await weir.chat(key, { model: "m", messages: [{ role: "user", content }] });
  const body = (await response.json()) as { error: { message: string; param: string } };
  assert.deepEqual([response.status, body.error.param], [400, "messages"]);
  assert.match(body.error.message, /reads images: m\. Leave the image out/);
});
