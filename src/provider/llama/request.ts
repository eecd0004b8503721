import type { ChatCall, Content, Message, Tool, ToolCall } from "../../domain/chat.ts";
import { Fault } from "../../kernel/fault.ts";
import type { ProviderCall } from "../spec.ts";
import { jsonObjectGrammar, toGrammar, toToolGrammar } from "./json-grammar.ts";
import type { ChatOrder, Sampler, TemplateMessage, TemplateTool, TemplateToolCall } from "./lines.ts";
import { TOOL_CALL, TOOL_CALL_END } from "./markup.ts";

/** llama.cpp's own defaults. */
const TEMPERATURE_DEFAULT = 0.8;
const TOP_P_DEFAULT = 0.95;

/** A call as the model's process is told it. Throws `target_refused` for what a model in this server cannot do. */
export function toChatOrder({ call, chat }: ProviderCall, adapter: string | undefined): Omit<ChatOrder, "id"> {
  checkSampling(chat);
  const tools = chat.toolChoice === "none" ? [] : chat.tools;
  return {
    type: "chat",
    adapter,
    owner: call.who.tenant.id,
    messages: chat.messages.map(toTemplateMessage),
    tools: tools.map(toTemplateTool),
    grammar: grammarOf(chat, tools),
    stop: chat.sampling.stop?.filter((stop) => stop !== "") ?? [],
    sampler: samplerOf(chat),
    maxTokens: chat.maxOutputTokens,
  };
}

const refuse = (param: string, say: string): Fault => new Fault("target_refused", { param, say });

function checkSampling({ sampling }: ChatCall): void {
  if (sampling.logprobs === true) throw refuse("logprobs", "A model in this server reports no logprobs.");
  if ((sampling.n ?? 1) > 1) throw refuse("n", "A model in this server gives one answer to a call.");
}

function samplerOf({ sampling }: ChatCall): Sampler {
  return {
    temperature: sampling.temperature ?? TEMPERATURE_DEFAULT,
    topP: sampling.topP ?? TOP_P_DEFAULT,
    // llama.cpp's seed is 32 bits without a sign.
    seed: sampling.seed === undefined ? undefined : sampling.seed >>> 0,
    presencePenalty: sampling.presencePenalty ?? 0,
    frequencyPenalty: sampling.frequencyPenalty ?? 0,
  };
}

function grammarOf({ responseFormat, toolChoice }: ChatCall, tools: readonly Tool[]): string | undefined {
  const must = toolChoice === "required" || typeof toolChoice === "object";
  const formatted = responseFormat !== undefined && responseFormat.type !== "text";
  if (tools.length > 0 && formatted)
    throw refuse("response_format", "A model in this server takes either tools or a response format: ask for one of them.");
  if (must) return toolGrammar(tools, toolChoice);
  if (!formatted) return undefined;
  if (responseFormat.type === "json-object" || responseFormat.schema === undefined) return jsonObjectGrammar();
  return toGrammar(responseFormat.schema, { param: "response_format.json_schema.schema", strict: responseFormat.strict === true });
}

function toolGrammar(tools: readonly Tool[], choice: "required" | { readonly name: string }): string {
  const allowed = choice === "required" ? tools : tools.filter((tool) => tool.name === choice.name);
  if (allowed.length === 0) throw refuse("tool_choice", "Expected a tool of the list.");
  const shapes = allowed.map(({ name, parameters }) => ({ name, parameters }));
  return toToolGrammar(shapes, `${TOOL_CALL}\n`, `\n${TOOL_CALL_END}`);
}

function toTemplateTool({ name, description, parameters }: Tool): TemplateTool {
  const known = description === undefined ? {} : { description };
  return { type: "function", function: { name, ...known, parameters: parameters ?? { type: "object", properties: {} } } };
}

function toTemplateMessage(message: Message, at: number): TemplateMessage {
  const content = textOf(message.content, `messages[${String(at)}].content`);
  switch (message.role) {
    case "system":
    case "developer":
      return { role: "system", content };
    case "user":
      return { role: "user", content };
    case "tool":
      return { role: "tool", content, tool_call_id: message.toolCallId };
    case "assistant": {
      const said = content === "" ? (message.refusal ?? "") : content;
      const { toolCalls } = message;
      return { role: "assistant", content: said, ...(toolCalls === undefined ? {} : { tool_calls: toolCalls.map(toTemplateCall) }) };
    }
  }
}

/** Templates write arguments as JSON themselves, so they get them as values. */
function toTemplateCall({ id, name, arguments: text }: ToolCall): TemplateToolCall {
  let value: unknown = text;
  try {
    value = JSON.parse(text);
  } catch {
    // As the model wrote it.
  }
  return { id, type: "function", function: { name, arguments: value } };
}

function textOf(content: Content | null, param: string): string {
  if (content === null || typeof content === "string") return content ?? "";
  return content
    .map((block, at) => {
      if (block.type === "text") return block.text;
      throw refuse(`${param}[${String(at)}]`, "A model in this server reads text only.");
    })
    .join("\n");
}
