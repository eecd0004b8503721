import { test } from "bun:test";
import assert from "node:assert/strict";
import type { Part, Usage } from "../domain/chat.ts";
import { prose } from "../../test/upstream/index.ts";
import { createTally, promptTokens } from "./tally.ts";
import { chatOf } from "./testing.ts";

const text = (said: string): Part => ({ type: "text-delta", choice: 0, text: said });
const usage = (inputTokens: number, outputTokens: number): Part => ({
  type: "usage",
  usage: { inputTokens, outputTokens, cachedTokens: 5, cacheWriteTokens: 0, reasoningTokens: 0, source: "reported" },
});
const chat = chatOf(prose(50).join(""));

function correct(...parts: readonly Part[]): Usage | undefined {
  const tally = createTally(chat);
  for (const part of parts) tally.see(part);
  return tally.correction();
}

test("usage that was reported after the last word stands", () => {
  assert.equal(correct(text("a"), text("b"), usage(50, 2)), undefined);
  assert.equal(correct(usage(50, 1), text("a"), usage(50, 2)), undefined);
});

test("without a report, prompt and answer are counted", () => {
  const counted = correct(...prose(100).map(text));
  assert.equal(counted?.source, "counted");
  assert.ok(Math.abs(counted.outputTokens - 100) <= 5);
  assert.ok(Math.abs(counted.inputTokens - 57) <= 3);
});

test("a report that the answer has outgrown is raised, never lowered, and keeps the prompt's count", () => {
  const raised = correct(usage(50, 1), ...prose(100).map(text));
  assert.deepEqual([raised?.source, raised?.inputTokens, raised?.cachedTokens], ["counted", 50, 5]);
  assert.ok((raised?.outputTokens ?? 0) >= 95);
  assert.equal(correct(usage(50, 900), text("a"))?.outputTokens, 900);
});

test("zeros are not believed where something was said", () => {
  const counted = correct(...prose(20).map(text), usage(0, 0));
  assert.equal(counted?.source, "counted");
  assert.ok(counted.inputTokens > 40 && counted.outputTokens >= 19);
  assert.equal(correct(...prose(20).map(text), usage(0, 20))?.outputTokens, 20);
});

test("log probabilities name every token, so their count is exact", () => {
  const logprobs = { content: [{ token: "a" }, { token: "b" }, { token: "c" }], refusal: null };
  assert.equal(correct({ type: "text-delta", choice: 0, text: "a text of many more words than that", logprobs })?.outputTokens, 3);
});

test("reasoning and tools are output, and a very long answer is counted piece by piece", () => {
  const reasoned = correct({ type: "reasoning-delta", choice: 0, text: prose(40).join("") }, text(" yes"));
  assert.ok(reasoned !== undefined && reasoned.reasoningTokens >= 38 && reasoned.outputTokens === reasoned.reasoningTokens + 1);
  const tool = correct(
    { type: "tool-input-start", choice: 0, tool: 0, id: "c", name: "get_weather" },
    { type: "tool-input-delta", choice: 0, tool: 0, text: '{"city":"Oslo"}' },
  );
  assert.ok((tool?.outputTokens ?? 0) >= 10 && (tool?.outputTokens ?? 0) <= 25);
  const long = correct(...prose(20_000).map(text));
  assert.ok(Math.abs((long?.outputTokens ?? 0) - 20_000) <= 1000, String(long?.outputTokens));
});

test("a prompt's count takes in tools, tool calls and images", () => {
  const plain = promptTokens(chat);
  const tools = promptTokens(chatOf(chat.messages, { tools: [{ name: "look", parameters: { type: "object" } }] }));
  const image = promptTokens(chatOf([{ role: "user", content: [{ type: "image", url: "https://example.com/a.png" }] }]));
  assert.ok(tools > plain + 10);
  assert.ok(image > 500);
});
