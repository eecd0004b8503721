import assert from "node:assert/strict";
import { test } from "bun:test";
import { assertOpenai, openaiChecked, openaiSpecMissing } from "../../test/spec/openai.ts";
import { delta, play, wholeAnswer, witness } from "../chat/testing.ts";
import { Fault, FAULTS, type FaultCode } from "../kernel/fault.ts";
import type { Part } from "../domain/chat.ts";
import { dataLines, hello, postChat, testHandler } from "./testing.ts";

if (openaiSpecMissing !== false) console.log(openaiSpecMissing);
const specTest = openaiSpecMissing === false ? test : test.skip;

const logprobs = { content: [{ token: "he", logprob: -0.1, bytes: [104, 101], top_logprobs: [] }], refusal: null };
const answers: [string, readonly Part[]][] = [
  ["text", wholeAnswer],
  ["text with logprobs", [{ type: "text-delta", choice: 0, text: "he", logprobs }, ...wholeAnswer.slice(1)]],
  ["reasoning", [{ type: "reasoning-delta", choice: 0, text: "hm" }, ...wholeAnswer]],
  ["a refusal", [{ type: "refusal-delta", choice: 0, text: "no" }, ...wholeAnswer.slice(1)]],
  [
    "a tool call",
    [
      { type: "tool-input-start", choice: 0, tool: 0, id: "t", name: "f" },
      { type: "tool-input-delta", choice: 0, tool: 0, text: "{}" },
      ...wholeAnswer.slice(1),
    ],
  ],
  [
    "two choices",
    [
      delta("a"),
      { type: "text-delta", choice: 1, text: "b" },
      ...wholeAnswer.slice(1, 3),
      { type: "choice-finish", choice: 1, reason: "length", rawReason: "length" },
      ...wholeAnswer.slice(3),
    ],
  ],
];

for (const [name, parts] of answers) {
  specTest(`${name}: the JSON answer keeps OpenAI's schema`, async () => {
    const response = await testHandler(witness({ ask: () => play(parts) }))(postChat(hello));
    assertOpenai("CreateChatCompletionResponse", await response.json());
  });
  specTest(`${name}: every event of the stream keeps OpenAI's schema`, async () => {
    const body = { ...hello, stream: true, stream_options: { include_usage: true } };
    const lines = dataLines(await (await testHandler(witness({ ask: () => play(parts) }))(postChat(body))).text());
    assert.equal(lines.at(-1), "[DONE]");
    for (const line of lines.slice(0, -1)) assertOpenai("CreateChatCompletionStreamResponse", line);
  });
}

specTest("every fault keeps OpenAI's error schema, before a stream and inside it", async () => {
  for (const code of Object.keys(FAULTS) as FaultCode[]) {
    const before = await testHandler(witness({ ask: () => play([], new Fault(code)) }))(postChat(hello));
    assertOpenai("ErrorResponse", await before.json());
    const inside = await testHandler(witness({ ask: () => play([delta("x")], new Fault(code)) }))(postChat({ ...hello, stream: true }));
    assertOpenai("ErrorResponse", dataLines(await inside.text()).at(-1));
  }
});

specTest("the check itself finds a violation", () => {
  assert.throws(() => assertOpenai("CreateChatCompletionResponse", {}), /required property/);
  assert.throws(() => assertOpenai("CreateChatCompletionStreamResponse", { id: 5 }));
  console.log(`values checked against OpenAI's schemas: ${openaiChecked()}`);
});
