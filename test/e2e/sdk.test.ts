import assert from "node:assert/strict";
import { afterAll, beforeAll, test } from "bun:test";
import OpenAI, {
  APIError,
  AuthenticationError,
  BadRequestError,
  ConflictError,
  InternalServerError,
  NotFoundError,
  PermissionDeniedError,
  RateLimitError,
  toFile,
} from "openai";
import { openaiSpecMissing } from "../spec/openai.ts";
import { createFakeUpstream, prose, type FakeUpstream } from "../upstream/index.ts";
import { createExchange, watchFetch } from "./sdk-exchange.ts";
import { ADMIN_KEY, oneModel, startWeir, WITHOUT_BREAKERS, type TestWeir } from "./server.ts";

/** The official JavaScript client, with nothing but its address changed. */
let weir: TestWeir;
let upstream: FakeUpstream;
let client: OpenAI;
const exchange = createExchange();
const pending: Promise<void>[] = [];
let cases = 0;

const clientFor = (apiKey: string, settings: object = {}): OpenAI =>
  new OpenAI({ baseURL: `${weir.url}/v1`, apiKey, maxRetries: 0, fetch: watchFetch(exchange, pending), ...settings });
/** The same body to the upstream, by name. */
const sentFor = (name: string): Readonly<Record<string, unknown>> => upstream.find(name).body ?? {};
const user = (content: string) => [{ role: "user" as const, content }];
const said = (count: number): string => prose(count).join("");
const each = (name: string, body: () => Promise<void>): void => {
  test(`the official JavaScript client: ${name}`, async () => {
    cases++;
    await body();
  });
};

beforeAll(async () => {
  upstream = await createFakeUpstream();
  weir = await startWeir({ yaml: `${WITHOUT_BREAKERS}${oneModel(upstream.openaiBaseUrl)}` });
  client = clientFor((await weir.tenant("acme")).key);
});
afterAll(async () => {
  await weir.close();
  await upstream.close();
});

const TOOLS = [
  {
    type: "function" as const,
    function: {
      name: "weather",
      description: "of a city",
      parameters: { type: "object", properties: { city: { type: "string" } } },
      strict: true,
    },
  },
];

each("an answer, whole", async () => {
  const answer = await client.chat.completions.create({ model: "m", messages: user("parts=7") });
  assert.equal(answer.choices[0]?.message.content, said(7));
  assert.equal(answer.choices[0]?.finish_reason, "stop");
  assert.equal(answer.usage?.completion_tokens, 7);
});

each("an answer, streamed, with and without usage", async () => {
  for (const include_usage of [true, false]) {
    const stream = await client.chat.completions.create({
      model: "m",
      messages: user("parts=9"),
      stream: true,
      stream_options: { include_usage },
    });
    let text = "";
    const usages: unknown[] = [];
    for await (const chunk of stream) {
      text += chunk.choices[0]?.delta.content ?? "";
      if (chunk.usage != null) usages.push(chunk.usage.completion_tokens);
    }
    assert.equal(text, said(9));
    assert.deepEqual(usages, include_usage ? [9] : []);
  }
});

each("tools: whole, streamed by the client's own helper, and run by it", async () => {
  const whole = await client.chat.completions.create({ model: "m", messages: user("tools=2"), tools: TOOLS, tool_choice: "required" });
  const calls = whole.choices[0]?.message.tool_calls ?? [];
  assert.deepEqual(
    calls.map((call) => (call.type === "function" ? [call.function.name, JSON.parse(call.function.arguments)] : [])),
    [
      ["weather", { city: "Oslo", days: 3 }],
      ["weather", { city: "Oslo", days: 3 }],
    ],
  );
  assert.equal(whole.choices[0]?.finish_reason, "tool_calls");
  const runner = client.chat.completions.stream({ model: "m", messages: user("tools=2"), tools: TOOLS });
  const deltas: string[] = [];
  runner.on("tool_calls.function.arguments.done", (done) => void deltas.push(`${done.index} ${done.name} ${done.arguments}`));
  const final = await runner.finalChatCompletion();
  assert.deepEqual(deltas, ['0 weather {"city":"Oslo","days":3}', '1 weather {"city":"Oslo","days":3}']);
  assert.equal(final.choices[0]?.message.tool_calls?.length, 2);
  // The helper runs the tool, sends its result back, and gets the answer.
  const ran: unknown[] = [];
  const run = client.chat.completions.runTools({
    model: "m",
    messages: user("call=loop"),
    tools: [
      {
        type: "function",
        function: {
          name: "weather",
          description: "of a city",
          parameters: { type: "object", properties: {} },
          parse: JSON.parse,
          function: (sent: unknown) => {
            ran.push(sent);
            return "rain";
          },
        },
      },
    ],
    tool_choice: { type: "function", function: { name: "weather" } },
  });
  await run.finalChatCompletion();
  assert.deepEqual(ran, [{ city: "Oslo", days: 3 }]);
});

each("json_schema and json_object, whole and parsed", async () => {
  const schema = { type: "object", properties: { a: { type: "number" } }, required: ["a"], additionalProperties: false };
  const format = { type: "json_schema" as const, json_schema: { name: "thing", strict: true, schema } };
  await client.chat.completions.create({ model: "m", messages: user("call=schema"), response_format: format });
  assert.deepEqual(sentFor("schema")["response_format"], format);
  await client.chat.completions.create({ model: "m", messages: user("call=object"), response_format: { type: "json_object" } });
  assert.deepEqual(sentFor("object")["response_format"], { type: "json_object" });
});

each("n, stop, logprobs, seed and penalties reach the model, and several answers come back", async () => {
  const settings = {
    n: 3,
    stop: ["END", "FIN"],
    logprobs: true,
    top_logprobs: 2,
    seed: 7,
    temperature: 0.5,
    top_p: 0.9,
    presence_penalty: 0.1,
  };
  const answer = await client.chat.completions.create({ model: "m", messages: user("parts=4 call=several"), ...settings });
  assert.deepEqual(
    answer.choices.map((choice) => [choice.index, choice.message.content, choice.logprobs?.content?.length]),
    [0, 1, 2].map((index) => [index, said(4), 4]),
  );
  for (const [name, value] of Object.entries(settings)) assert.deepEqual(sentFor("several")[name], value, name);
  const stream = client.chat.completions.stream({ model: "m", messages: user("parts=4"), n: 2, logprobs: true });
  const final = await stream.finalChatCompletion();
  assert.deepEqual(
    final.choices.map((choice) => [choice.message.content, choice.logprobs?.content?.length]),
    [0, 1].map(() => [said(4), 4]),
  );
});

each("images, the developer role, a whole conversation", async () => {
  const png = "data:image/png;base64,iVBORw0KGgo=";
  const content = [
    { type: "text" as const, text: "call=image what is it?" },
    { type: "image_url" as const, image_url: { url: png, detail: "low" as const } },
  ];
  await client.chat.completions.create({
    model: "m",
    messages: [
      { role: "developer", content: "Be brief." },
      { role: "user", content },
    ],
  });
  const messages = sentFor("image")["messages"] as { role: string; content: unknown }[];
  assert.deepEqual(messages.at(-1)?.content, content);
  assert.ok(["developer", "system"].includes(messages[0]?.role ?? ""));
  assert.equal(messages[0]?.content, "Be brief.");
});

each("max_completion_tokens bounds the answer", async () => {
  const answer = await client.chat.completions.create({ model: "m", messages: user("parts=50 call=bound"), max_completion_tokens: 5 });
  assert.equal(answer.choices[0]?.finish_reason, "length");
  assert.equal(answer.usage?.completion_tokens, 5);
  const sent = sentFor("bound");
  assert.equal(sent["max_tokens"] ?? sent["max_completion_tokens"], 5);
});

each("fields that it does not know go to the upstream; cache_salt does not", async () => {
  const extra = { top_k: 40, repetition_penalty: 1.1, chat_template_kwargs: { enable_thinking: false }, cache_salt: "mine" };
  await client.chat.completions.create({
    model: "m",
    messages: user("call=extra"),
    ...extra,
  } as OpenAI.ChatCompletionCreateParamsNonStreaming);
  const sent = sentFor("extra");
  assert.equal(sent["top_k"], 40);
  assert.equal(sent["repetition_penalty"], 1.1);
  assert.deepEqual(sent["chat_template_kwargs"], { enable_thinking: false });
  assert.notEqual(sent["cache_salt"], "mine");
  assert.ok(!("rag" in sent));
});

each("models", async () => {
  const names: string[] = [];
  for await (const model of client.models.list()) names.push(model.id);
  assert.deepEqual(names.toSorted(), ["auto", "extractive", "m"]);
  assert.equal((await client.models.retrieve("m")).owned_by, "up");
});

each("files: made, listed page by page, read, deleted", async () => {
  const made: string[] = [];
  for (const at of [1, 2, 3, 4, 5]) {
    const file = await client.files.create({ file: await toFile(Buffer.from(`words ${at}`), `doc-${at}.txt`), purpose: "user_data" });
    assert.deepEqual([file.filename, file.bytes, file.purpose], [`doc-${at}.txt`, 7, "user_data"]);
    made.push(file.id);
  }
  for (const order of ["asc", "desc"] as const) {
    const listed: string[] = [];
    for await (const file of client.files.list({ limit: 2, order })) listed.push(file.id);
    assert.deepEqual(listed, order === "asc" ? made : made.toReversed(), order);
  }
  const [first = ""] = made;
  assert.equal((await client.files.retrieve(first)).id, first);
  assert.equal(await (await client.files.content(first)).text(), "words 1");
  for (const id of made) assert.deepEqual(await client.files.delete(id), { id, object: "file", deleted: true });
  await assert.rejects(client.files.retrieve(first), NotFoundError);
});

each("vector stores: made, filled, listed page by page, searched, emptied, deleted", async () => {
  const store = await client.vectorStores.create({ name: "sdk", metadata: { team: "it" } });
  assert.deepEqual([store.name, store.metadata, store.file_counts.total], ["sdk", { team: "it" }, 0]);
  const added: string[] = [];
  for (const animal of ["otter", "badger", "heron"]) {
    const file = await client.files.create({
      file: await toFile(Buffer.from(`The ${animal} lives by the river.`), `${animal}.md`),
      purpose: "assistants",
    });
    const inStore =
      animal === "otter"
        ? await client.vectorStores.files.create(store.id, { file_id: file.id, attributes: { animal } })
        : await client.vectorStores.files.createAndPoll(store.id, { file_id: file.id });
    assert.deepEqual([inStore.status, inStore.last_error, inStore.vector_store_id], ["completed", null, store.id]);
    added.push(file.id);
  }
  const uploaded = await client.vectorStores.files.uploadAndPoll(store.id, await toFile(Buffer.from([0, 1, 2, 0]), "blob.txt"));
  assert.equal(uploaded.status, "failed");
  assert.equal(uploaded.last_error?.code, "invalid_file");
  const listed: string[] = [];
  for await (const file of client.vectorStores.files.list(store.id, { limit: 1, order: "asc", filter: "completed" })) listed.push(file.id);
  assert.deepEqual(listed, added);
  const found = await client.vectorStores.search(store.id, { query: "Where does the otter live?", max_num_results: 1 });
  assert.deepEqual([found.data[0]?.file_id, found.data[0]?.attributes], [added[0], { animal: "otter" }]);
  assert.match(found.data[0]?.content[0]?.text ?? "", /otter/);
  await client.vectorStores.files.delete(added[0] ?? "", { vector_store_id: store.id });
  const after = await client.vectorStores.search(store.id, { query: "otter" });
  assert.ok(!after.data.some((hit) => hit.file_id === added[0]));
  const counts = (await client.vectorStores.retrieve(store.id)).file_counts;
  assert.deepEqual([counts.completed, counts.failed, counts.total], [2, 1, 3]);
  const second = await client.vectorStores.create({ name: "sdk two" });
  const stores: string[] = [];
  for await (const listedStore of client.vectorStores.list({ limit: 1 })) stores.push(listedStore.id);
  assert.deepEqual(stores, [second.id, store.id]);
  assert.equal((await client.vectorStores.delete(store.id)).deleted, true);
  await assert.rejects(client.vectorStores.retrieve(store.id), NotFoundError);
});

each("vector stores: settings, attributes, filters, text and batches, as the client's own helpers ask for them", async () => {
  const file = (name: string, text: string) => toFile(Buffer.from(text), name);
  const store = await client.vectorStores.create({
    name: "rivers",
    expires_after: { anchor: "last_active_at", days: 7 },
    chunking_strategy: { type: "static", static: { max_chunk_size_tokens: 200, chunk_overlap_tokens: 50 } },
  });
  assert.equal(store.expires_at, (store.last_active_at ?? 0) + 7 * 86_400);
  const changed = await client.vectorStores.update(store.id, { name: "brooks", metadata: { team: "it" }, expires_after: null });
  assert.deepEqual([changed.name, changed.metadata, changed.expires_at], ["brooks", { team: "it" }, null]);
  const { id } = await client.vectorStores.files.uploadAndPoll(store.id, await file("otter.md", "The otter lives by the river."));
  const tagged = await client.vectorStores.files.update(id, { vector_store_id: store.id, attributes: { year: 2024, kind: "otter" } });
  assert.deepEqual([tagged.attributes, tagged.status], [{ year: 2024, kind: "otter" }, "completed"]);
  assert.deepEqual(tagged.chunking_strategy, { type: "static", static: { max_chunk_size_tokens: 200, chunk_overlap_tokens: 50 } });
  const text: string[] = [];
  for await (const page of client.vectorStores.files.content(id, { vector_store_id: store.id })) text.push(page.text ?? "");
  assert.equal(text.join(""), "The otter lives by the river.");
  const loose = [];
  for (const animal of ["heron", "badger"]) {
    loose.push(
      (await client.files.create({ file: await file(`${animal}.md`, `The ${animal} lives by the river.`), purpose: "assistants" })).id,
    );
  }
  const batch = await client.vectorStores.fileBatches.createAndPoll(store.id, { file_ids: loose, attributes: { year: 2025 } });
  assert.deepEqual([batch.status, batch.file_counts.completed, batch.file_counts.total], ["completed", 2, 2]);
  const inBatch: string[] = [];
  for await (const listed of client.vectorStores.fileBatches.listFiles(batch.id, { vector_store_id: store.id, limit: 1, order: "asc" }))
    inBatch.push(listed.id);
  assert.deepEqual(inBatch, loose);
  const uploaded = await client.vectorStores.fileBatches.uploadAndPoll(store.id, {
    files: [await file("eel.md", "The eel is in the river.")],
  });
  assert.equal(uploaded.file_counts.completed, 1);
  const found = await client.vectorStores.search(store.id, {
    query: ["who lives", "by the river"],
    filters: {
      type: "and",
      filters: [
        { type: "gte", key: "year", value: 2025 },
        { type: "ne", key: "kind", value: "otter" },
      ],
    },
    ranking_options: { ranker: "none", score_threshold: 0 },
    rewrite_query: false,
    max_num_results: 10,
  });
  assert.deepEqual(
    found.data.map((hit) => hit.filename).toSorted((a, b) => (a < b ? -1 : 1)),
    ["badger.md", "heron.md"],
  );
  const ended = await client.vectorStores.fileBatches.cancel(batch.id, { vector_store_id: store.id });
  assert.deepEqual([ended.status, ended.file_counts.completed], ["cancelled", 2]);
  assert.equal((await client.vectorStores.fileBatches.retrieve(batch.id, { vector_store_id: store.id })).status, "cancelled");
  await assert.rejects(client.vectorStores.fileBatches.create(store.id, { file_ids: ["file-nobody"] }), NotFoundError);
  await client.vectorStores.delete(store.id);
  await assert.rejects(client.vectorStores.fileBatches.retrieve(batch.id, { vector_store_id: store.id }), NotFoundError);
  // What it held is still there.
  assert.equal(await (await client.files.content(loose[0] ?? "")).text(), "The heron lives by the river.");
});

each("every refusal is the class that the client has for it", async () => {
  const chat = (by: OpenAI, body: object = {}) =>
    by.chat.completions.create({ model: "m", messages: user("hello"), ...body } as OpenAI.ChatCompletionCreateParamsNonStreaming);
  const limited = clientFor((await weir.tenant("slow", undefined, { rpm: 1 })).key);
  await chat(limited);
  const poor = clientFor((await weir.tenant("poor", { budgetUsd: 0 })).key);
  const is = (type: new (...args: never[]) => Error, code: string) => (error: unknown) =>
    error instanceof type && error instanceof APIError && error.code === code;
  await assert.rejects(chat(clientFor("weir-wrong")), is(AuthenticationError, "invalid_api_key"));
  await assert.rejects(chat(clientFor(ADMIN_KEY)), is(PermissionDeniedError, "forbidden"));
  await assert.rejects(chat(client, { model: "gpt-9" }), is(NotFoundError, "model_not_found"));
  await assert.rejects(chat(client, { temperature: 5 }), is(BadRequestError, "body_invalid"));
  await assert.rejects(chat(client, { messages: user("fault=context") }), is(BadRequestError, "context_length_exceeded"));
  await assert.rejects(chat(limited), is(RateLimitError, "rate_limit_exceeded"));
  await assert.rejects(chat(poor), is(RateLimitError, "insufficient_quota"));
  await assert.rejects(chat(client, { messages: user("status=500") }), is(InternalServerError, "target_failed"));
  await assert.rejects(chat(client, { messages: user("fault=stall"), stream: false }), is(InternalServerError, "target_timeout"));
  await client.vectorStores.create({ name: "taken" });
  await assert.rejects(client.vectorStores.create({ name: "taken" }), is(ConflictError, "conflict"));
  await assert.rejects(async () => {
    const broken = await client.chat.completions.create({ model: "m", messages: user("fault=reset parts=400"), stream: true });
    for await (const _ of broken);
  }, APIError);
});

test("every body and event that the JavaScript client has seen follows OpenAI's description", async () => {
  await Promise.all(pending);
  assert.deepEqual(exchange.violations, []);
  const { bodies, events } = exchange.counts();
  assert.ok(bodies > 60 && events > 50);
  console.log(
    `# sdk openai (js): ${cases} scenarios, ${bodies} bodies and ${events} stream events, 0 violations ${openaiSpecMissing || ""}`,
  );
});

test("an answer that leaves one required field out is a violation, whatever the endpoint", () => {
  if (openaiSpecMissing !== false) {
    console.log(`# ${openaiSpecMissing}`);
    return;
  }
  const planted: readonly (readonly [string, number, unknown])[] = [
    ["POST /v1/chat/completions", 200, {}],
    ["GET /v1/models", 200, { object: "list" }],
    ["POST /v1/files", 200, { id: "file-1", object: "file" }],
    ["GET /v1/files", 200, { data: [] }],
    ["DELETE /v1/files/x", 200, { id: "x" }],
    ["POST /v1/vector_stores", 200, { id: "vs_1", object: "vector_store" }],
    ["GET /v1/vector_stores/x/files", 200, { object: "list", data: [{}] }],
    ["POST /v1/vector_stores/x/search", 200, { object: "vector_store.search_results.page" }],
    ["GET /v1/models", 404, { error: "gone" }],
  ];
  const control = createExchange();
  for (const [ask, status, body] of planted) control.see(ask, status, "application/json", JSON.stringify(body));
  control.see("POST /v1/chat/completions", 200, "text/event-stream", 'data: {"id":"x","choices":[]}\n\n');
  assert.equal(control.violations.length, planted.length + 1);
  console.log(`# sdk: ${control.violations.length} of ${planted.length + 1} planted violations found`);
});
