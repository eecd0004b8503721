import type { ChatCall, Content, ContentBlock, Message, Tool, ToolCall } from "../../domain/chat.ts";
import type { ContentField } from "../../domain/guard-policy.ts";
import { mapJson, mapJsonText, mapPlain, type MapString } from "./map-json.ts";
import { mapPayload } from "./payload.ts";

/** Given a text, where it stands, and what it is called there; gives what shall stand there instead. */
export type MapText = (text: string, field: ContentField, name: string | undefined) => string;

/**
 * Every place of a chat where content can stand: messages and their names, text blocks, files, tool calls and their results, descriptions and
 * schemas of tools, the schema of the answer, stop words, and fields that Weir does not know. Looking and masking both go this way, so
 * that neither can forget a place that the other knows. What nothing changes is the same object as before.
 */
export function mapTexts(chat: ChatCall, map: MapText): ChatCall {
  const messages = mapList(chat.messages, (message) => mapMessage(message, map));
  const inSystem: MapString = (text, name) => map(text, "system", name);
  const inUser: MapString = (text, name) => map(text, "user", name);
  const tools = mapList(chat.tools, (tool) => mapTool(tool, inSystem));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the walk keeps the form of what it walks
  const responseFormat = (
    chat.responseFormat === undefined ? undefined : mapJson(chat.responseFormat, inSystem)
  ) as ChatCall["responseFormat"];
  const stop = chat.sampling.stop === undefined ? undefined : mapList(chat.sampling.stop, (word) => inUser(word, undefined));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same
  const extra = mapPayload(chat.extra, inUser) as ChatCall["extra"];
  const sampling = stop === chat.sampling.stop ? chat.sampling : { ...chat.sampling, stop };
  const same =
    messages === chat.messages &&
    tools === chat.tools &&
    responseFormat === chat.responseFormat &&
    sampling === chat.sampling &&
    extra === chat.extra;
  return same ? chat : { ...chat, messages, tools, responseFormat, sampling, extra };
}

export function fieldOf(role: Message["role"]): ContentField {
  return role === "developer" ? "system" : role;
}

function mapMessage(message: Message, map: MapText): Message {
  const field = fieldOf(message.role);
  const inField: MapString = (text, name) => map(text, field, name);
  const content = message.content === null ? null : mapContent(message.content, field, inField);
  const name = "name" in message && message.name !== undefined ? inField(message.name, "name") : undefined;
  if (message.role === "tool") return content === message.content || content === null ? message : { ...message, content };
  const hasName = name !== undefined && name !== message.name;
  if (message.role !== "assistant") {
    if (content === null || (content === message.content && !hasName)) return message;
    return { ...message, content, ...(hasName ? { name: toWireName(name) } : {}) };
  }
  const toolCalls = message.toolCalls === undefined ? undefined : mapList(message.toolCalls, (call) => mapToolCall(call, inField));
  const refusal = message.refusal === undefined ? undefined : inField(message.refusal, undefined);
  if (content === message.content && !hasName && toolCalls === message.toolCalls && refusal === message.refusal) return message;
  return { ...message, content, toolCalls, refusal, ...(hasName ? { name: toWireName(name) } : {}) };
}

/** Names of participants are letters, digits, `_` and `-` in OpenAI's protocol. */
const toWireName = (name: string): string => name.replaceAll(/[[\]]/g, "");

function mapContent(content: Content, field: ContentField, map: MapString): Content {
  if (typeof content === "string") return mapWhole(content, field, map);
  return mapList(content, (block) => mapBlock(block, field, map));
}

/** A tool answers in JSON more often than not, and its strings are escaped there. */
const mapWhole = (text: string, field: ContentField, map: MapString): string =>
  field === "tool" ? mapJsonText(text, map) : mapPlain(text, map);

function mapBlock(block: ContentBlock, field: ContentField, map: MapString): ContentBlock {
  switch (block.type) {
    case "text": {
      const text = mapWhole(block.text, field, map);
      return text === block.text ? block : { ...block, text };
    }
    case "image":
      return block;
    case "raw": {
      const value = mapPayload(block.value, map);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the walk keeps the form of what it walks
      return value === block.value ? block : { ...block, value: value as typeof block.value };
    }
  }
}

function mapToolCall(call: ToolCall, map: MapString): ToolCall {
  const text = mapJsonText(call.arguments, map);
  return text === call.arguments ? call : { ...call, arguments: text };
}

function mapTool(tool: Tool, map: MapString): Tool {
  const description = tool.description === undefined ? undefined : map(tool.description, "description");
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same
  const parameters = (tool.parameters === undefined ? undefined : mapJson(tool.parameters, map)) as Tool["parameters"];
  return description === tool.description && parameters === tool.parameters ? tool : { ...tool, description, parameters };
}

function mapList<Item>(list: readonly Item[], map: (item: Item) => Item): readonly Item[] {
  let changed = false;
  const mapped = list.map((item) => {
    const to = map(item);
    changed ||= to !== item;
    return to;
  });
  return changed ? mapped : list;
}
