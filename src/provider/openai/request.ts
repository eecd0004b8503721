import type { ChatCall, Content, ContentBlock, Message, ResponseFormat, Tool, ToolChoice } from "../../domain/chat.ts";
import { isRecord } from "../json.ts";
import type { ProviderCall } from "../spec.ts";
import { promptCacheKey } from "./cache-key.ts";
import type { Dialect } from "./dialect.ts";

/**
 * Fields that a caller cannot pass through, beside those that are written below. They would loosen the bound that was reserved
 * (other limits, more answers, another price) or reach beyond the caller's own call (other callers' cache, the queue, the server).
 */
const WITHHELD: ReadonlySet<string> = new Set([
  "max_tokens",
  "max_completion_tokens",
  "max_new_tokens",
  "num_predict",
  "n_predict",
  "best_of",
  "use_beam_search",
  "service_tier",
  "cache_salt",
  "prompt_cache_retention",
  "prompt_cache_options",
  "kv_transfer_params",
  "id_slot",
  "slot_id",
  "priority",
  "request_id",
  "keep_alive",
  "chat_template",
  "user",
]);

/** A chat call as the body of `POST /chat/completions`. The end user's name stays here. */
export function writeRequest(asked: ProviderCall, dialect: Dialect, cacheSalt: () => string): string {
  const { chat, target } = asked;
  const { sampling } = chat;
  const body: Record<string, unknown> = {};
  let streamOptions: Readonly<Record<string, unknown>> | undefined;
  for (const key in chat.extra) {
    if (key === "stream_options" && isRecord(chat.extra[key])) streamOptions = chat.extra[key];
    else if (!WITHHELD.has(key)) body[key] = chat.extra[key];
  }
  body["model"] = target.upstream;
  body["messages"] = toMessages(chat.messages, dialect);
  body[dialect.limitField] = chat.maxOutputTokens;
  if (sampling.temperature !== undefined) body["temperature"] = sampling.temperature;
  if (sampling.topP !== undefined) body["top_p"] = sampling.topP;
  body["n"] = sampling.n === 1 ? undefined : sampling.n;
  if (sampling.stop !== undefined && sampling.stop.length > 0) body["stop"] = sampling.stop;
  if (sampling.seed !== undefined) body["seed"] = sampling.seed;
  if (sampling.presencePenalty !== undefined) body["presence_penalty"] = sampling.presencePenalty;
  if (sampling.frequencyPenalty !== undefined) body["frequency_penalty"] = sampling.frequencyPenalty;
  if (sampling.logprobs !== undefined) body["logprobs"] = sampling.logprobs;
  if (sampling.topLogprobs !== undefined) body["top_logprobs"] = sampling.topLogprobs;
  writeTools(body, chat);
  if (chat.responseFormat !== undefined) body["response_format"] = toResponseFormat(chat.responseFormat);
  body["stream"] = chat.stream;
  // Without its usage an answer could only be billed by a count.
  body["stream_options"] = chat.stream ? { ...streamOptions, include_usage: true } : undefined;
  if (dialect.salted()) body["cache_salt"] = cacheSalt();
  // Of what the caller sent: passages and masks are others in the next turn.
  if (dialect.cacheKeyed)
    body["prompt_cache_key"] = target.promptCache === "off" ? undefined : promptCacheKey(cacheSalt(), asked.call.chat);
  const priority = dialect.priorityOf(asked.call.who.tenant.tier);
  // vLLM's engine dies of a call for several answers under priority scheduling (its issue 29747, open).
  if (priority !== undefined && (sampling.n ?? 1) === 1) body["priority"] = priority;
  return JSON.stringify(body);
}

/** OpenAI refuses `tool_choice` and `parallel_tool_calls` where there are no tools. */
function writeTools(body: Record<string, unknown>, chat: ChatCall): void {
  if (chat.tools.length === 0) return;
  body["tools"] = chat.tools.map(toTool);
  if (chat.toolChoice !== undefined) body["tool_choice"] = toToolChoice(chat.toolChoice);
  if (chat.parallelToolCalls !== undefined) body["parallel_tool_calls"] = chat.parallelToolCalls;
}

const toTool = (tool: Tool): unknown => ({
  type: "function",
  function: { name: tool.name, description: tool.description, parameters: tool.parameters, strict: tool.strict },
});

const toToolChoice = (choice: ToolChoice): unknown =>
  typeof choice === "string" ? choice : { type: "function", function: { name: choice.name } };

function toResponseFormat(format: ResponseFormat): unknown {
  if (format.type === "text") return { type: "text" };
  if (format.type === "json-object") return { type: "json_object" };
  const { name, description, schema, strict } = format;
  return { type: "json_schema", json_schema: { name, description, schema, strict } };
}

function toMessages(messages: readonly Message[], dialect: Dialect): unknown[] {
  if (dialect.developerRole) return messages.map((message) => toMessage(message));
  const written: unknown[] = [];
  for (const message of joinInstructions(messages)) written.push(toMessage(message));
  return written;
}

/** Instructions that follow one another become one `system` message, because many chat templates refuse a second. */
function joinInstructions(messages: readonly Message[]): readonly Message[] {
  const joined: Message[] = [];
  for (const message of messages) {
    if (message.role !== "system" && message.role !== "developer") {
      joined.push(message);
      continue;
    }
    const last = joined.at(-1);
    if (last?.role === "system" && last.name === message.name)
      joined[joined.length - 1] = { ...last, content: join(last.content, message.content) };
    else joined.push(message.role === "system" ? message : { ...message, role: "system" });
  }
  return joined;
}

function join(first: Content, second: Content): Content {
  if (typeof first === "string" && typeof second === "string") return `${first}\n\n${second}`;
  return [...toBlocks(first), ...toBlocks(second)];
}
const toBlocks = (content: Content): readonly ContentBlock[] => (typeof content === "string" ? [{ type: "text", text: content }] : content);

function toMessage(message: Message): unknown {
  switch (message.role) {
    case "system":
    case "developer":
    case "user":
      return { role: message.role, content: toContent(message.content), name: message.name };
    case "tool":
      return { role: "tool", content: toContent(message.content), tool_call_id: message.toolCallId };
    case "assistant": {
      const toolCalls = message.toolCalls?.map(({ id, name, arguments: input }) => ({
        id,
        type: "function",
        function: { name, arguments: input },
      }));
      const content = message.content === null ? null : toContent(message.content);
      return {
        role: "assistant",
        content,
        name: message.name,
        refusal: message.refusal,
        tool_calls: toolCalls?.length === 0 ? undefined : toolCalls,
      };
    }
  }
}

const toContent = (content: Content): unknown => (typeof content === "string" ? content : content.map(toBlock));

function toBlock(block: ContentBlock): unknown {
  if (block.type === "text") return { type: "text", text: block.text };
  if (block.type === "image") return { type: "image_url", image_url: { url: block.url, detail: block.detail } };
  return block.value;
}
