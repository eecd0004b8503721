import type { Part } from "../../domain/chat.ts";
import type { Json } from "../json.ts";
import { isRecord, textOf } from "../json.ts";

/** Turns content blocks into parts, whole or by deltas. Tools are numbered in the order they come. */
export function createBlockReader(parts: Part[]) {
  let tools = 0;
  return {
    start: (block: Json): OpenBlock => {
      if (block["type"] === "tool_use") return startTool(block, tools++, parts);
      if (block["type"] === "text") pushText(textOf(block["text"]), parts);
      else if (block["type"] === "thinking") pushThinking(block, parts);
      else if (block["type"] === "redacted_thinking") pushExtra({ redacted_thinking: block["data"] }, parts);
      // Results of the provider's own tools, which no call of ours asks for, are not the model's words.
      return { delta: (delta) => readDelta(delta, parts), stop: () => undefined };
    },
  };
}

/** A block between its start and its stop. */
export type OpenBlock = { delta(delta: Json): void; stop(): void };

function startTool(block: Json, tool: number, parts: Part[]): OpenBlock {
  let said = false;
  const say = (text: string): void => {
    if (text === "") return;
    said = true;
    parts.push({ type: "tool-input-delta", choice: 0, tool, text });
  };
  parts.push({ type: "tool-input-start", choice: 0, tool, id: textOf(block["id"]) || `call_0_${tool}`, name: textOf(block["name"]) });
  const { input } = block;
  return {
    delta: (delta) => say(textOf(delta["partial_json"])),
    stop: () => {
      // A tool without arguments gets no delta, or an empty one; clients parse the arguments as JSON.
      if (!said) say(isRecord(input) ? JSON.stringify(input) : "{}");
    },
  };
}

function readDelta(delta: Json, parts: Part[]): void {
  switch (delta["type"]) {
    case "text_delta":
      pushText(textOf(delta["text"]), parts);
      break;
    case "thinking_delta":
    case "signature_delta":
      pushThinking(delta, parts);
      break;
  }
}

function pushText(text: string, parts: Part[]): void {
  if (text !== "") parts.push({ type: "text-delta", choice: 0, text });
}

/** The signature proves the thinking when it is sent back, so it is kept beside the text. */
function pushThinking(from: Json, parts: Part[]): void {
  const text = textOf(from["thinking"]);
  if (text !== "") parts.push({ type: "reasoning-delta", choice: 0, text });
  const signature = textOf(from["signature"]);
  if (signature !== "") pushExtra({ thinking_signature: signature }, parts);
}

function pushExtra(extra: Json, parts: Part[]): void {
  parts.push({ type: "text-delta", choice: 0, text: "", extra });
}
