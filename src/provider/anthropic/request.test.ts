import { test } from "bun:test";
import assert from "node:assert/strict";
import type { ChatCall, Message } from "../../domain/chat.ts";
import { Fault } from "../../kernel/fault.ts";
import { anthropicSpecMissing, assertAnthropic } from "../../../test/spec/anthropic.ts";
import { askedOf, chatOf } from "../testing.ts";
import { createPrefixBook } from "./prefix-book.ts";
import { writeRequest } from "./request.ts";

type Body = Readonly<Record<string, unknown>>;
function write(said: string | readonly Message[], more: Partial<ChatCall> = {}): Body {
  const body = JSON.parse(
    writeRequest(
      askedOf("anthropic", chatOf(said, more)),
      createPrefixBook(() => 0),
    ),
  ) as Body;
  if (anthropicSpecMissing === false) assertAnthropic("CreateMessageParams", body);
  return body;
}
if (anthropicSpecMissing !== false) console.log(anthropicSpecMissing);

const text = (said: string) => ({ type: "text", text: said });

test("everything a call can say is written in the protocol's words", () => {
  const history: readonly Message[] = [
    { role: "system", content: "You work for Acme." },
    {
      role: "user",
      content: [
        { type: "text", text: "What is this?" },
        { type: "image", url: "data:image/png;base64,AAAA" },
      ],
      name: "ann",
    },
    {
      role: "developer",
      content: [
        { type: "text", text: "Be short." },
        { type: "text", text: "Be kind." },
      ],
    },
    { role: "user", content: [{ type: "image", url: "https://example.com/a.png" }] },
    {
      role: "assistant",
      content: "Let me look.",
      toolCalls: [
        { id: "call.1:a", name: "look", arguments: '{"at":1}' },
        { id: "c2", name: "wait", arguments: "" },
      ],
    },
    { role: "user", content: "Hurry." },
    { role: "tool", content: "a gate", toolCallId: "call.1:a" },
    { role: "tool", content: "", toolCallId: "c2" },
    { role: "assistant", content: "A gate. " },
  ];
  const body = write(history, {
    tools: [{ name: "look", description: "Looks.", parameters: { properties: { at: { type: "integer" } } } }, { name: "wait" }],
    toolChoice: "required",
    parallelToolCalls: false,
    sampling: { temperature: 1.7, topP: 0.9, stop: ["END"], seed: 7, presencePenalty: 1, frequencyPenalty: 1, logprobs: true },
    maxOutputTokens: 256,
    stream: false,
    endUser: "ann@example.com",
    extra: { top_k: 5, metadata: { user_id: "ann@example.com" }, reasoning_effort: "low", cache_salt: "x" },
  });
  assert.deepEqual(body, {
    model: "fake-model",
    max_tokens: 256,
    system: "You work for Acme.\n\nBe short.\nBe kind.",
    messages: [
      {
        role: "user",
        content: [
          text("What is this?"),
          { type: "image", source: { type: "base64", media_type: "image/png", data: "AAAA" } },
          { type: "image", source: { type: "url", url: "https://example.com/a.png" } },
        ],
      },
      {
        role: "assistant",
        content: [
          text("Let me look."),
          { type: "tool_use", id: "call_1_a", name: "look", input: { at: 1 } },
          { type: "tool_use", id: "c2", name: "wait", input: {} },
        ],
      },
      {
        role: "user",
        content: [
          { type: "tool_result", tool_use_id: "call_1_a", content: [text("a gate")] },
          { type: "tool_result", tool_use_id: "c2" },
          text("Hurry."),
        ],
      },
      { role: "assistant", content: [text("A gate.")] },
    ],
    stream: false,
    top_k: 5,
    stop_sequences: ["END"],
    temperature: 1,
    tools: [
      { name: "look", description: "Looks.", input_schema: { type: "object", properties: { at: { type: "integer" } } } },
      { name: "wait", input_schema: { type: "object" } },
    ],
    tool_choice: { type: "any", disable_parallel_tool_use: true },
  });
});

test("the first turn is the user's, whatever came first", () => {
  const opening = { role: "user", content: [text("Begin.")] };
  assert.deepEqual(write([{ role: "system", content: "s" }])["messages"], [opening]);
  assert.deepEqual(
    write([
      { role: "assistant", content: "Hello!" },
      { role: "user", content: "Hi" },
    ])["messages"],
    [opening, { role: "assistant", content: [text("Hello!")] }, { role: "user", content: [text("Hi")] }],
  );
});

test("blank texts and empty turns are left out, and turns that then meet are joined", () => {
  const messages = write([
    { role: "user", content: "a" },
    { role: "assistant", content: "  " },
    {
      role: "user",
      content: [
        { type: "text", text: "" },
        { type: "text", text: "b" },
      ],
    },
  ])["messages"];
  assert.deepEqual(messages, [{ role: "user", content: [text("a"), text("b")] }]);
});

test("arguments that are no JSON object are kept, so that the conversation goes on", () => {
  const input = (given: string): unknown => {
    const body = write([
      { role: "user", content: "a" },
      { role: "assistant", content: null, toolCalls: [{ id: "c", name: "look", arguments: given }] },
      { role: "tool", content: "b", toolCallId: "c" },
    ]);
    return (body["messages"] as { content: { input: unknown }[] }[])[1]?.content[0]?.input;
  };
  assert.deepEqual(input('{"city":"Os'), { arguments: '{"city":"Os' });
  assert.deepEqual(input("[1]"), { arguments: "[1]" });
  assert.deepEqual(input(" "), {});
});

test("a history that calls tools declares them where the call has none", () => {
  const body = write([
    { role: "user", content: "a" },
    { role: "assistant", content: null, toolCalls: [{ id: "c", name: "look", arguments: "{}" }] },
    { role: "tool", content: "b", toolCallId: "c" },
  ]);
  assert.deepEqual(body["tools"], [{ name: "look", input_schema: { type: "object" } }]);
  assert.deepEqual(body["tool_choice"], { type: "none" });
});

test("each tool choice has its counterpart", () => {
  const choice = (more: Partial<ChatCall>): unknown => write("a", { tools: [{ name: "look" }], ...more })["tool_choice"];
  assert.equal(choice({}), undefined);
  assert.deepEqual(choice({ toolChoice: "auto" }), { type: "auto" });
  assert.deepEqual(choice({ toolChoice: "none", parallelToolCalls: false }), { type: "none" });
  assert.deepEqual(choice({ toolChoice: "required" }), { type: "any" });
  assert.deepEqual(choice({ toolChoice: { name: "look" }, parallelToolCalls: true }), { type: "tool", name: "look" });
  assert.deepEqual(choice({ parallelToolCalls: false }), { type: "auto", disable_parallel_tool_use: true });
});

test("a schema of the answer becomes structured output, closed, with what the API cannot enforce told in words", () => {
  const schema = {
    type: "object",
    properties: {
      minimum: { type: "integer", minimum: 1, maximum: 5, description: "A count." },
      rows: {
        type: "array",
        minItems: 1,
        maxItems: 3,
        items: { type: "object", properties: { id: { type: ["string", "null"], minLength: 2 } } },
      },
      kind: { oneOf: [{ const: "a" }, { $ref: "#/$defs/other" }] },
    },
    required: ["rows"],
    $defs: { other: { type: "object", additionalProperties: true } },
  };
  const body = write("a", { responseFormat: { type: "json-schema", name: "answer", schema }, extra: { output_config: { effort: "low" } } });
  assert.deepEqual(body["output_config"], {
    effort: "low",
    format: {
      type: "json_schema",
      schema: {
        type: "object",
        properties: {
          minimum: { type: "integer", description: "A count. (minimum: 1, maximum: 5)" },
          rows: {
            type: "array",
            minItems: 1,
            items: {
              type: "object",
              properties: { id: { type: ["string", "null"], description: "(minLength: 2)" } },
              additionalProperties: false,
            },
            description: "(maxItems: 3)",
          },
          kind: { anyOf: [{ const: "a" }, { $ref: "#/$defs/other" }] },
        },
        required: ["rows"],
        $defs: { other: { type: "object", additionalProperties: false } },
        additionalProperties: false,
      },
    },
  });
});

test("JSON without a schema is asked for in words", () => {
  assert.match(String(write("a", { responseFormat: { type: "json-object" } })["system"]), /one JSON object/);
  assert.equal(write("a", { responseFormat: { type: "text" } })["system"], undefined);
});

test("with thinking, temperature and top_p stay away; without, temperature wins over top_p", () => {
  const thinking = { type: "enabled", budget_tokens: 1024 };
  const thought = write("a", { extra: { thinking }, sampling: { temperature: 0.2, topP: 0.5 } });
  assert.deepEqual(thought["thinking"], thinking);
  assert.ok(!("temperature" in thought) && !("top_p" in thought));
  const both = write("a", { sampling: { temperature: 0.2, topP: 0.5 } });
  assert.ok(both["temperature"] === 0.2 && !("top_p" in both));
  assert.equal(write("a", { sampling: { topP: 0.5 } })["top_p"], 0.5);
});

test("thinking that a caller sends back, and a PDF, pass as blocks", () => {
  const thinking = { type: "thinking", thinking: "hm", signature: "sig" };
  const body = write([
    {
      role: "user",
      content: [{ type: "raw", value: { type: "file", file: { filename: "a.pdf", file_data: "data:application/pdf;base64,AAAA" } } }],
    },
    {
      role: "assistant",
      content: [
        { type: "raw", value: thinking },
        { type: "text", text: "b" },
      ],
    },
    { role: "user", content: "c" },
  ]);
  const turns = body["messages"] as { content: unknown[] }[];
  assert.deepEqual(turns[0]?.content, [
    { type: "document", source: { type: "base64", media_type: "application/pdf", data: "AAAA" }, title: "a.pdf" },
  ]);
  assert.deepEqual(turns[1]?.content, [thinking, text("b")]);
});

test("what this protocol cannot say is refused with the field that says it", () => {
  const refusals: readonly (readonly [param: string, said: string | readonly Message[], more: Partial<ChatCall>])[] = [
    ["n", "a", { sampling: { n: 2 } }],
    ["stop", "a", { sampling: { stop: ["x", "\n"] } }],
    ["messages[0].content[0].type", [{ role: "user", content: [{ type: "raw", value: { type: "input_audio" } }] }], {}],
    [
      "messages[0].content[1].image_url.url",
      [
        {
          role: "user",
          content: [
            { type: "text", text: "a" },
            { type: "image", url: "http://example.com/a.png" },
          ],
        },
      ],
      {},
    ],
    ["messages[0].content[0].image_url.url", [{ role: "user", content: [{ type: "image", url: "data:image/tiff;base64,AAAA" }] }], {}],
    [
      "messages[0].content[0].file",
      [{ role: "user", content: [{ type: "raw", value: { type: "file", file: { file_id: "file-1" } } }] }],
      {},
    ],
    [
      "messages[1].content[0].type",
      [
        { role: "user", content: "a" },
        { role: "system", content: [{ type: "image", url: "https://example.com/a.png" }] },
      ],
      {},
    ],
  ];
  for (const [param, said, more] of refusals) {
    assert.throws(
      () =>
        writeRequest(
          askedOf("anthropic", chatOf(said, more)),
          createPrefixBook(() => 0),
        ),
      (error) => error instanceof Fault && error.code === "target_refused" && error.detail.param === param,
      param,
    );
  }
});
