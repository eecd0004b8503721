import type { ChatCall, ResponseFormat, Tool } from "../../domain/chat.ts";
import { Fault } from "../../kernel/fault.ts";
import { isRecord } from "../json.ts";
import type { ProviderCall } from "../spec.ts";
import type { PrefixBook } from "./prefix-book.ts";
import { markStable, toMark } from "./prompt-cache.ts";
import { toClosedSchema } from "./closed-schema.ts";
import { historyTools, toTurns } from "./turns.ts";
import { textOfContent } from "./blocks.ts";

/** Fields that only this protocol knows, written by callers into an OpenAI body and passed on. */
const PASSED = ["thinking", "top_k"] as const;

/** A chat call as the body of `POST /v1/messages`. The end user's name stays here. */
export function writeRequest(asked: ProviderCall, book: PrefixBook): string {
  const { chat, target } = asked;
  checkSayable(chat);
  const body: Record<string, unknown> = { model: target.upstream, max_tokens: chat.maxOutputTokens };
  const system = toSystem(chat);
  if (system !== "") body["system"] = system;
  body["messages"] = toTurns(chat.messages);
  body["stream"] = chat.stream;
  for (const field of PASSED) if (chat.extra[field] !== undefined) body[field] = chat.extra[field];
  const mark = toMark(chat.extra["cache_control"]);
  if (mark !== undefined) body["cache_control"] = mark;
  writeSampling(body, chat);
  writeTools(body, chat);
  const config = toOutputConfig(chat);
  if (config !== undefined) body["output_config"] = config;
  markStable(body, asked, book);
  return JSON.stringify(body);
}

/** What the capabilities of a target rule out before; here for a target that was declared to have them. */
function checkSayable(chat: ChatCall): void {
  const { n, stop } = chat.sampling;
  if (n !== undefined && n > 1) throw refused("n", "This provider gives one answer to a call.");
  if (stop?.some((text) => text.trim() === "") === true)
    throw refused("stop", "This provider takes no stop sequence of white space alone.");
}

const refused = (param: string, say: string): Fault => new Fault("target_refused", { param, say });

/**
 * Temperature goes to 2 in OpenAI's protocol and to 1 here. Current models refuse it beside `top_p`, and clients that send both mean
 * the temperature; they refuse both beside thinking. Penalties, seed and log probabilities have no counterpart.
 */
function writeSampling(body: Record<string, unknown>, chat: ChatCall): void {
  const { temperature, topP, stop } = chat.sampling;
  if (stop !== undefined && stop.length > 0) body["stop_sequences"] = stop;
  const { thinking } = chat.extra;
  if (isRecord(thinking) && thinking["type"] !== "disabled") return;
  if (temperature !== undefined) body["temperature"] = Math.min(1, temperature);
  else if (topP !== undefined) body["top_p"] = topP;
}

/** All instructions, wherever they stand: this protocol has one place for them. */
function toSystem(chat: ChatCall): string {
  const texts: string[] = [];
  for (const [at, message] of chat.messages.entries()) {
    if (message.role === "system" || message.role === "developer") texts.push(textOfContent(message.content, `messages[${at}].content`));
  }
  if (chat.responseFormat !== undefined && isAnyJson(chat.responseFormat))
    texts.push("Answer with one JSON object and nothing else: no words around it and no code fence.");
  return texts.filter((text) => text.trim() !== "").join("\n\n");
}

/** There is no JSON mode without a schema, so it is asked for in words. */
const isAnyJson = (format: ResponseFormat): boolean =>
  format.type === "json-object" || (format.type === "json-schema" && format.schema === undefined);

/** Structured output is part of `output_config`, where a caller's `effort` may stand too. */
function toOutputConfig(chat: ChatCall): Record<string, unknown> | undefined {
  const given = chat.extra["output_config"];
  const effort = isRecord(given) ? given["effort"] : undefined;
  const format = chat.responseFormat;
  const schema = format?.type === "json-schema" ? format.schema : undefined;
  if (schema === undefined && effort === undefined) return undefined;
  return {
    ...(effort === undefined ? {} : { effort }),
    ...(schema === undefined ? {} : { format: { type: "json_schema", schema: toClosedSchema(schema) } }),
  };
}

function writeTools(body: Record<string, unknown>, chat: ChatCall): void {
  if (chat.tools.length === 0) {
    // A history that calls tools is refused unless they are declared.
    const tools = historyTools(chat.messages);
    if (tools.length === 0) return;
    body["tools"] = tools;
    body["tool_choice"] = { type: "none" };
    return;
  }
  body["tools"] = chat.tools.map(toTool);
  const choice = toToolChoice(chat);
  if (choice !== undefined) body["tool_choice"] = choice;
}

function toTool(tool: Tool): Record<string, unknown> {
  const { name, description, parameters, strict } = tool;
  const schema = { ...parameters, type: "object" };
  return {
    name,
    ...(description === undefined ? {} : { description }),
    input_schema: strict === true ? toClosedSchema(schema) : schema,
    ...(strict === true ? { strict } : {}),
  };
}

function toToolChoice(chat: ChatCall): Record<string, unknown> | undefined {
  const { toolChoice, parallelToolCalls } = chat;
  const single = parallelToolCalls === false ? { disable_parallel_tool_use: true } : {};
  if (toolChoice === "none") return { type: "none" };
  if (toolChoice === "required") return { type: "any", ...single };
  if (typeof toolChoice === "object") return { type: "tool", name: toolChoice.name, ...single };
  return toolChoice === "auto" || parallelToolCalls === false ? { type: "auto", ...single } : undefined;
}
