import assert from "node:assert/strict";
import { test } from "bun:test";
import type { Part } from "../../domain/chat.ts";
import { createMarkupReader } from "./markup.ts";

function read(text: string, size: number, { thinking = false, tools = true } = {}): string[] {
  let ids = 0;
  const reader = createMarkupReader({ thinking, tools, makeId: () => `call_${String(ids++)}` });
  const parts: Part[] = [];
  for (let at = 0; at < text.length; at += size) parts.push(...reader.push(text.slice(at, at + size)));
  parts.push(...reader.end());
  const said: string[] = [];
  for (const part of parts) {
    const line = lineOf(part);
    const last = said.at(-1);
    if (last !== undefined && line.startsWith("text:") && last.startsWith("text:")) said[said.length - 1] = last + line.slice(5);
    else if (last !== undefined && line.startsWith("thought:") && last.startsWith("thought:")) said[said.length - 1] = last + line.slice(8);
    else said.push(line);
  }
  return said;
}

function lineOf(part: Part): string {
  if (part.type === "text-delta") return `text:${part.text}`;
  if (part.type === "reasoning-delta") return `thought:${part.text}`;
  if (part.type === "tool-input-start") return `call:${part.id}:${part.name}`;
  if (part.type === "tool-input-delta") return `arguments:${part.text}`;
  return part.type;
}

const everySize = (text: string, expected: readonly string[], options?: { thinking?: boolean; tools?: boolean }): void => {
  for (let size = 1; size <= text.length; size++) assert.deepEqual(read(text, size, options), expected, `pieces of ${String(size)}`);
};

test("thoughts and tool calls are told from text, however they are cut into pieces", () => {
  everySize(
    'I look.\n<tool_call>\n{"name": "weather", "arguments": {"city": "Oslo"}}\n</tool_call>\n<tool_call>{"name":"now"}</tool_call>',
    ["text:I look.\n", "call:call_0:weather", 'arguments:{"city":"Oslo"}', "call:call_1:now", "arguments:{}"],
  );
  everySize("<think>a < b</think>\n\nyes", ["thought:a < b", "text:yes"]);
  everySize("so it is</think>yes", ["thought:so it is", "text:yes"], { thinking: true });
});

test("what is no call stays text: without tools, without an end, without a name", () => {
  everySize('<tool_call>{"name":"now"}</tool_call>', ['text:<tool_call>{"name":"now"}</tool_call>'], { tools: false });
  everySize("<tool_call>{}</tool_call>", ["text:<tool_call>{}</tool_call>"]);
  everySize("a <tool_call>{", ["text:a <tool_call>{"]);
  everySize("1 < 2 <tool", ["text:1 < 2 <tool"]);
  // The end mark may have been a control token.
  everySize('<tool_call>{"name":"now"}', ["call:call_0:now", "arguments:{}"]);
});
