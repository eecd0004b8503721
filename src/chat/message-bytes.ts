import type { Content, ContentBlock, Message } from "../domain/chat.ts";
import { IMAGE_TOKENS_MAX } from "../kernel/limits.ts";

/** JSON around a message, a block and a tool's call without what stands in it, as short as it can be written. */
const MESSAGE_BYTES = '{"role":""},'.length;
const CONTENT_BYTES = '"content":"",'.length;
const TEXT_BYTES = '{"type":"text","text":""},'.length;
const TOOL_CALL_BYTES = '{"id":"","function":{"name":"","arguments":""}},'.length;

/**
 * What a message adds to a call's `inputBytes`, at least: texts without the escapes that JSON may have for them. What is left of a prompt
 * when it is taken away is then never thought shorter than it is, and a reservation stays a bound.
 */
export function messageBytes(message: Message): number {
  let bytes = MESSAGE_BYTES + message.role.length;
  if (message.content !== null) bytes += CONTENT_BYTES + contentBytes(message.content);
  if (message.role === "assistant")
    for (const { id, name, arguments: text } of message.toolCalls ?? []) bytes += TOOL_CALL_BYTES + textBytes(id, name, text);
  if (message.role === "tool") bytes += textBytes(message.toolCallId);
  return bytes;
}

const textBytes = (...texts: readonly string[]): number => texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);

const contentBytes = (content: Content): number =>
  typeof content === "string" ? Buffer.byteLength(content) : content.reduce((sum, block) => sum + blockBytes(block), 0);

function blockBytes(block: ContentBlock): number {
  switch (block.type) {
    case "text":
      return TEXT_BYTES + Buffer.byteLength(block.text);
    case "image":
      return IMAGE_TOKENS_MAX;
    case "raw":
      return stringBytes(block.value);
  }
}

/** Of a file or a recording nearly all is in its strings. */
function stringBytes(value: unknown): number {
  if (typeof value === "string") return Buffer.byteLength(value);
  if (typeof value !== "object" || value === null) return 0;
  return Object.values(value).reduce((sum: number, each: unknown) => sum + stringBytes(each), 0);
}
