import assert from "node:assert/strict";
import { afterAll, beforeAll, test } from "bun:test";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import { addDocument } from "./access-world.ts";
import { startWeir, type TestWeir } from "./server.ts";

/** Context trimmed by policy, never silently: what reached the model, and what the answer, its headers, the record and `weir explain` say. */

type Sent = { readonly role: string; readonly content: string | null; readonly tool_calls?: readonly unknown[] };
type Weir = { readonly trimmed?: { messages: number; passages?: number }; readonly tier: string; readonly citations?: readonly unknown[] };

let upstream: FakeUpstream;
let weir: TestWeir;
let key: string;
let strict: string;
beforeAll(async () => {
  upstream = await createFakeUpstream();
  weir = await startWeir({
    yaml: `
providers:
  own: { kind: openai, baseUrl: "${upstream.openaiBaseUrl}", trust: private }
  out: { kind: openai, baseUrl: "${upstream.openaiBaseUrl}", trust: external }
models:
  small: { provider: own, upstream: mock, contextTokens: 256 }
  large: { provider: own, upstream: mock, contextTokens: 1024 }
  api: { provider: out, upstream: mock, contextTokens: 1024, price: { inputPerMTok: 1, outputPerMTok: 2 } }
guard: { pii: mask }
routes:
  auto: [{ use: [small, large] }]
  trims: [{ use: [small, large], context: trim }]
  refuses: [{ use: [small, large], context: refuse }]
  abroad: [{ use: [api] }]
`,
  });
  ({ key } = await weir.tenant("acme", { context: "trim", systemPrompt: "Tenant rules." }));
  ({ key: strict } = await weir.tenant("plain"));
  await weir.call("POST", "/v1/vector_stores", { name: "house" }, { key });
  for (const name of ["one", "two", "three", "four"])
    await addDocument(weir, key, "house", [`${name}.txt`, `Lunch ${name}. ${"The canteen serves lunch from eleven to two. ".repeat(20)}`]);
});
afterAll(async () => {
  await weir.close();
  await upstream.close();
});

const turns = (count: number, more = ""): { role: string; content: string }[] =>
  Array.from({ length: count }, (_, at) => [
    { role: "user", content: `old question ${String(at)} ${more}${"x".repeat(200)}` },
    { role: "assistant", content: `old answer ${String(at)}` },
  ]).flat();
const system = { role: "system", content: "Caller rules." };
const question = { role: "user", content: "parts=2 and now?" };
async function ask(by: string, body: Record<string, unknown>) {
  const before = upstream.calls.length;
  const response = await weir.chat(by, { model: "auto", max_tokens: 100, ...body });
  const text = await response.text();
  const sent = (upstream.calls.at(before)?.body?.["messages"] ?? []) as readonly Sent[];
  return { status: response.status, headers: response.headers, text, sent, id: response.headers.get("x-weir-request-id") ?? "" };
}
const weirOf = (text: string): Weir => (JSON.parse(text) as { weir: Weir }).weir;

test("the oldest exchanges stay out of what the model gets, and answer, header, record and explanation say so", async () => {
  const messages = [system, ...turns(30), question];
  const { status, headers, text, sent, id } = await ask(key, { messages });
  assert.equal(status, 200);
  assert.match(sent[0]?.content ?? "", /^Tenant rules\.\n\nCaller rules\./);
  assert.deepEqual(sent.at(-1), question);
  const { trimmed } = weirOf(text);
  assert.equal(trimmed?.messages, messages.length - sent.length);
  assert.deepEqual(sent.slice(1), messages.slice(1 + trimmed.messages), "what is there is the newest, whole and in order");
  assert.equal(sent[1]?.role, "user");
  assert.equal(headers.get("x-weir-trimmed"), `messages=${String(trimmed.messages)}`);
  const explained = await weir.call<{ sentences: string[]; event: { trimmed?: unknown; model?: string } }>(
    "GET",
    `/admin/v1/explain/${id}`,
  );
  assert.deepEqual([explained.event.trimmed, explained.event.model], [trimmed, "large"]);
  assert.ok(
    explained.sentences.some((each) => each.includes(`the oldest ${String(trimmed.messages)} messages of the conversation stayed out`)),
  );
});

test("a stream says it in its last chunk, and what fits says nothing", async () => {
  const streamed = await ask(key, { messages: [...turns(30), question], stream: true });
  assert.match(streamed.text, /"trimmed":\{"messages":\d+\}/);
  const { text, headers, sent } = await ask(key, { messages: [question] });
  assert.deepEqual([weirOf(text).trimmed, headers.get("x-weir-trimmed"), sent.length], [undefined, null, 2]);
});

test("nothing is trimmed for a tenant that did not ask, nor under a rule that refuses", async () => {
  const messages = [...turns(30), question];
  for (const [by, model, status] of [
    [strict, "auto", 400],
    [strict, "trims", 200],
    [key, "refuses", 400],
    [key, "trims", 200],
  ] as const) {
    const answer = await ask(by, { messages, model });
    assert.equal(answer.status, status, `${by === key ? "trims" : "plain"} ${model}`);
    if (status === 400) assert.match(answer.text, /context_length_exceeded/);
  }
});

test("tools and their results go together, and a question that is too long alone is refused with how much", async () => {
  const tool = (id: string): readonly object[] => [
    { role: "assistant", content: null, tool_calls: [{ id, type: "function", function: { name: "look", arguments: "{}" } }] },
    { role: "tool", tool_call_id: id, content: `found ${"y".repeat(300)}` },
  ];
  const old = Array.from({ length: 12 }, (_, at) => [
    { role: "user", content: "look it up" },
    ...tool(`call_${String(at)}`),
    { role: "assistant", content: "done" },
  ]).flat();
  const { sent, status } = await ask(key, { messages: [...old, question, ...tool("call_last")] });
  assert.equal(status, 200);
  const called = sent.flatMap((each) => each.tool_calls ?? []).map((each) => (each as { id: string }).id);
  const answered = sent.flatMap((each) => (each.role === "tool" ? [(each as unknown as { tool_call_id: string }).tool_call_id] : []));
  assert.deepEqual(called, answered);
  assert.ok(called.includes("call_last") && called.length > 1 && called.length < 13);
  const long = await ask(key, { messages: [...turns(3), { role: "user", content: "z".repeat(6000) }] });
  assert.equal(long.status, 400);
  assert.match(long.text, /about 6\d\d tokens longer/);
});

test("masking for an external model masks what was left in, and nothing that was left out leaves", async () => {
  const messages = [...turns(20, "mail old@example.org "), { role: "user", content: "write to ada@example.org" }];
  const { sent, status } = await ask(key, { messages, model: "abroad" });
  assert.equal(status, 200);
  const text = JSON.stringify(sent);
  assert.ok(!text.includes("@example.org"));
  assert.match(sent.at(-1)?.content ?? "", /^write to \[EMAIL\w*_[0-9a-f]{8}\]$/);
  assert.ok(sent.length > 3 && sent.length < messages.length);
});

test("over documents the exchanges go first and then the passages ranked last; the answer is a model's and cites what it saw", async () => {
  const rag = { enabled: true, collection: "house", topK: 4 };
  const messages = [...turns(10), { role: "user", content: "when is lunch in the canteen" }];
  const { text, sent, status } = await ask(key, { messages, rag });
  assert.equal(status, 200);
  const { trimmed, tier, citations } = weirOf(text);
  assert.deepEqual([trimmed, tier], [{ messages: 20, passages: trimmed?.passages }, "model"]);
  assert.ok((trimmed?.passages ?? 0) > 0);
  assert.equal(citations?.length, 4 - (trimmed?.passages ?? 0));
  assert.ok(!JSON.stringify(sent).includes("old question"));
  assert.match(sent.at(-1)?.content ?? "", /BEGIN DOCUMENTS/);
});

test("explaining a route tells what would be left out", async () => {
  const explained = await weir.call<{ trimmed?: { messages: number }; order: string[] }>("POST", "/admin/v1/routes/explain", {
    tenant: "acme",
    model: "auto",
    max_tokens: 100,
    messages: [...turns(30), question],
  });
  assert.deepEqual(explained.order, ["large"]);
  assert.ok((explained.trimmed?.messages ?? 0) > 10);
});
