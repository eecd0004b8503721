import { test } from "bun:test";
import assert from "node:assert/strict";
import type { ChatCall, Message } from "../../domain/chat.ts";
import { assertOpenai, openaiSpecMissing } from "../../../test/spec/openai.ts";
import { askedOf, chatOf, configOf } from "../testing.ts";
import { createOpenAiWire } from "./index.ts";

type Body = Readonly<Record<string, unknown>>;
function write(chat: ChatCall, baseUrl = "http://127.0.0.1:8000/v1", trust: "private" | "external" = "private"): Body {
  const wire = createOpenAiWire(configOf("openai", baseUrl, { trust }), (tenantId) => `salt of ${tenantId.slice(0, 4)}`);
  const body = JSON.parse(wire.writeRequest(askedOf("openai", chat))) as Body;
  if (openaiSpecMissing === false) assertOpenai("CreateChatCompletionRequest", body);
  return body;
}
const own = "http://127.0.0.1:8000/v1";
const openai = "https://api.openai.com/v1";
if (openaiSpecMissing !== false) console.log(openaiSpecMissing);

const history: readonly Message[] = [
  { role: "system", content: "You work for Acme." },
  { role: "developer", content: "Be short." },
  {
    role: "user",
    content: [
      { type: "text", text: "What is this?" },
      { type: "image", url: "data:image/png;base64,AAAA", detail: "low" },
    ],
    name: "ann",
  },
  {
    role: "assistant",
    content: null,
    toolCalls: [
      { id: "call_1", name: "look", arguments: '{"at":1}' },
      { id: "call_2", name: "look", arguments: "{}" },
    ],
  },
  { role: "tool", content: "a gate", toolCallId: "call_1" },
  { role: "tool", content: [{ type: "text", text: "a wall" }], toolCallId: "call_2" },
  { role: "assistant", content: "A gate.", refusal: undefined, toolCalls: [] },
  { role: "user", content: [{ type: "raw", value: { type: "input_audio", input_audio: { data: "AAAA", format: "wav" } } }] },
];
const full: Partial<ChatCall> = {
  tools: [
    { name: "look", description: "Looks.", parameters: { type: "object", properties: { at: { type: "integer" } } }, strict: true },
    { name: "wait" },
  ],
  toolChoice: { name: "look" },
  parallelToolCalls: false,
  responseFormat: { type: "json-schema", name: "answer", schema: { type: "object" }, strict: true, description: "An answer." },
  sampling: {
    temperature: 0.5,
    topP: 0.9,
    n: 2,
    stop: ["END"],
    seed: 7,
    presencePenalty: 0.1,
    frequencyPenalty: -0.1,
    logprobs: true,
    topLogprobs: 3,
  },
  maxOutputTokens: 256,
  extra: { reasoning_effort: "low", metadata: { a: "b" }, guided_choice: ["x"] },
};

test("everything a call can say is written in the protocol's words, for a server that knows only the common ones", () => {
  const { messages, ...rest } = write(chatOf(history, full));
  assert.deepEqual(messages, [
    { role: "system", content: "You work for Acme.\n\nBe short." },
    {
      role: "user",
      name: "ann",
      content: [
        { type: "text", text: "What is this?" },
        { type: "image_url", image_url: { url: "data:image/png;base64,AAAA", detail: "low" } },
      ],
    },
    {
      role: "assistant",
      content: null,
      tool_calls: [
        { id: "call_1", type: "function", function: { name: "look", arguments: '{"at":1}' } },
        { id: "call_2", type: "function", function: { name: "look", arguments: "{}" } },
      ],
    },
    { role: "tool", content: "a gate", tool_call_id: "call_1" },
    { role: "tool", content: [{ type: "text", text: "a wall" }], tool_call_id: "call_2" },
    { role: "assistant", content: "A gate." },
    { role: "user", content: [{ type: "input_audio", input_audio: { data: "AAAA", format: "wav" } }] },
  ]);
  assert.deepEqual(rest, {
    reasoning_effort: "low",
    metadata: { a: "b" },
    guided_choice: ["x"],
    model: "fake-model",
    max_tokens: 256,
    temperature: 0.5,
    top_p: 0.9,
    n: 2,
    stop: ["END"],
    seed: 7,
    presence_penalty: 0.1,
    frequency_penalty: -0.1,
    logprobs: true,
    top_logprobs: 3,
    tools: [
      {
        type: "function",
        function: {
          name: "look",
          description: "Looks.",
          parameters: { type: "object", properties: { at: { type: "integer" } } },
          strict: true,
        },
      },
      { type: "function", function: { name: "wait" } },
    ],
    tool_choice: { type: "function", function: { name: "look" } },
    parallel_tool_calls: false,
    response_format: {
      type: "json_schema",
      json_schema: { name: "answer", description: "An answer.", schema: { type: "object" }, strict: true },
    },
    stream: true,
    stream_options: { include_usage: true },
    cache_salt: "salt of ten_",
  });
});

test("OpenAI's own hosts get max_completion_tokens, the developer role and no salt", () => {
  for (const baseUrl of [openai, "https://eu.api.openai.com/v1", "https://acme.openai.azure.com/openai/v1"]) {
    const body = write(chatOf(history, full), baseUrl, "external");
    assert.equal(body["max_completion_tokens"], 256);
    assert.ok(!("max_tokens" in body));
    assert.ok(!("cache_salt" in body));
    assert.deepEqual((body["messages"] as Body[]).slice(0, 2), [
      { role: "system", content: "You work for Acme." },
      { role: "developer", content: "Be short." },
    ]);
  }
  for (const baseUrl of ["https://api.openai.com.example.net/v1", "https://notopenai.azure.com/v1", own]) {
    assert.equal(write(chatOf("hi"), baseUrl, "external")["max_tokens"], 4096, baseUrl);
  }
});

test("the least call says its limit, and asks for usage only where it streams", () => {
  assert.deepEqual(write(chatOf("hi", { stream: false }), own, "external"), {
    model: "fake-model",
    messages: [{ role: "user", content: "hi" }],
    max_tokens: 4096,
    stream: false,
  });
});

test("a caller's fields cannot loosen the bound, take another's cache, or name the end user", () => {
  const extra = {
    max_tokens: 1e6,
    max_completion_tokens: 1e6,
    n: 50,
    best_of: 20,
    service_tier: "priority",
    cache_salt: "another's",
    kv_transfer_params: {},
    user: "ann@example.com",
    model: "other",
    stream: false,
    stream_options: { include_usage: false, continuous_usage_stats: true },
  };
  assert.deepEqual(write(chatOf("hi", { extra, endUser: "ann@example.com" })), {
    model: "fake-model",
    messages: [{ role: "user", content: "hi" }],
    max_tokens: 4096,
    stream: true,
    stream_options: { include_usage: true, continuous_usage_stats: true },
    cache_salt: "salt of ten_",
  });
});

test("a server that says it is not vLLM gets no salt, one that says nothing does", () => {
  const wire = createOpenAiWire(configOf("openai", own), () => "salt");
  const salted = (): boolean => "cache_salt" in (JSON.parse(wire.writeRequest(askedOf("openai", chatOf("hi")))) as Body);
  for (const unknown of [
    undefined,
    {},
    { data: [] },
    { data: [{ id: "x" }] },
    { data: [{ owned_by: "vllm" }] },
    { data: [{ owned_by: "acme" }] },
  ]) {
    wire.readProbe(unknown);
    assert.equal(salted(), true);
  }
  wire.readProbe({ data: [{ id: "x", owned_by: "llamacpp" }] });
  assert.equal(salted(), false);
});

test("instructions join only with their neighbours, and tool settings need tools", () => {
  const messages: readonly Message[] = [
    { role: "developer", content: [{ type: "text", text: "a" }] },
    { role: "system", content: "b" },
    { role: "user", content: "c" },
    { role: "developer", content: "d" },
  ];
  const body = write(chatOf(messages, { toolChoice: "none", parallelToolCalls: true }));
  assert.deepEqual(body["messages"], [
    {
      role: "system",
      content: [
        { type: "text", text: "a" },
        { type: "text", text: "b" },
      ],
    },
    { role: "user", content: "c" },
    { role: "system", content: "d" },
  ]);
  assert.ok(!("tool_choice" in body) && !("parallel_tool_calls" in body));
});
