import { CHAT_FIELDS, type ChatCompletionRequest } from "../contract/chat-completions.ts";
import type { ChatCall, Content, ContentBlock, Message, ResponseFormat, Sampling, ToolChoice } from "../domain/chat.ts";
import { Fault } from "../kernel/fault.ts";
import { IMAGE_TOKENS_MAX, TOP_K_DEFAULT } from "../kernel/limits.ts";
import { checkText } from "./body.ts";
import { toPreference } from "./provider-wish.ts";

export type OutputLimits = { readonly defaultTokens: number; readonly capTokens: number | undefined };

/** OpenAI's request in domain form. `bodyBytes` is the UTF-8 length of the body it came in. */
export function toChatCall(body: ChatCompletionRequest, bodyBytes: number, limits: OutputLimits): ChatCall {
  const asked = body.max_completion_tokens ?? body.max_tokens ?? undefined;
  if (asked !== undefined && limits.capTokens !== undefined && asked > limits.capTokens)
    throw new Fault("body_invalid", {
      param: body.max_completion_tokens == null ? "max_tokens" : "max_completion_tokens",
      say: `At most ${limits.capTokens} output tokens may be asked for here.`,
    });
  const images = { bytes: 0, count: 0 };
  const messages = body.messages.map((message) => toMessage(message, images));
  return {
    model: body.model,
    messages,
    tools: (body.tools ?? []).map(({ function: it }) => ({ ...it, strict: it.strict ?? undefined })),
    toolChoice: toToolChoice(body.tool_choice),
    parallelToolCalls: body.parallel_tool_calls ?? undefined,
    responseFormat: toResponseFormat(body.response_format),
    sampling: toSampling(body),
    maxOutputTokens: asked ?? limits.defaultTokens,
    maxOutputAsked: asked !== undefined,
    stream: body.stream ?? false,
    rag: toRag(body.rag),
    prefer: toPreference(body),
    extra: toExtra(body),
    endUser: body.safety_identifier ?? body.user ?? undefined,
    inputBytes: Math.max(0, bodyBytes - images.bytes) + images.count * IMAGE_TOKENS_MAX,
  };
}

type Wire = ChatCompletionRequest["messages"][number];
type WireContent = Exclude<Wire["content"], null | undefined>;

function toMessage(wire: Wire, images: { bytes: number; count: number }): Message {
  switch (wire.role) {
    case "system":
    case "developer":
    case "user":
      return { role: wire.role, content: toContent(wire.content, images), name: wire.name };
    case "tool":
      return { role: "tool", content: toContent(wire.content, images), toolCallId: wire.tool_call_id };
    case "assistant":
      return {
        role: "assistant",
        content: wire.content == null ? null : toContent(wire.content, images),
        name: wire.name,
        refusal: wire.refusal ?? undefined,
        toolCalls: wire.tool_calls?.map(({ id, function: it }) => ({ id, name: it.name, arguments: it.arguments })),
      };
  }
}

function toContent(content: WireContent, images: { bytes: number; count: number }): Content {
  if (typeof content === "string") return content;
  return content.map((block): ContentBlock => {
    if (block.type === "text") return block;
    if (block.type !== "image_url") return { type: "raw", value: block };
    const { url, detail } = typeof block.image_url === "string" ? { url: block.image_url, detail: undefined } : block.image_url;
    images.count++;
    images.bytes += url.length;
    return { type: "image", url, detail };
  });
}

function toSampling(body: ChatCompletionRequest): Sampling {
  return {
    temperature: body.temperature ?? undefined,
    topP: body.top_p ?? undefined,
    n: body.n ?? undefined,
    stop: typeof body.stop === "string" ? [body.stop] : (body.stop ?? undefined),
    seed: body.seed ?? undefined,
    presencePenalty: body.presence_penalty ?? undefined,
    frequencyPenalty: body.frequency_penalty ?? undefined,
    logprobs: body.logprobs ?? undefined,
    topLogprobs: body.top_logprobs ?? undefined,
  };
}

function toToolChoice(choice: ChatCompletionRequest["tool_choice"]): ToolChoice | undefined {
  if (choice == null) return undefined;
  return typeof choice === "string" ? choice : { name: choice.function.name };
}

function toResponseFormat(format: ChatCompletionRequest["response_format"]): ResponseFormat | undefined {
  switch (format?.type) {
    case undefined:
      return undefined;
    case "text":
      return { type: "text" };
    case "json_object":
      return { type: "json-object" };
    case "json_schema": {
      const { name, schema, strict, description } = format.json_schema;
      return { type: "json-schema", name, schema, strict: strict ?? undefined, description };
    }
  }
}

function toRag(rag: ChatCompletionRequest["rag"]): ChatCall["rag"] {
  if (rag == null || !rag.enabled) return undefined;
  if (rag.collection === undefined)
    throw new Fault("body_invalid", { param: "rag.collection", say: "rag.collection: name the collection to answer from." });
  const { topK = TOP_K_DEFAULT, filters, mode, hops, compress } = rag;
  const how = {
    ...(filters == null ? {} : { filter: filters }),
    ...(mode === undefined || mode === "fast" ? {} : { mode }),
    ...(hops === 2 ? { hops } : {}),
    ...(compress === undefined ? {} : { compress }),
  };
  return { enabled: true, collection: checkText(rag.collection, "rag.collection"), topK, ...how };
}

const NO_EXTRA: ChatCall["extra"] = Object.freeze({});

function toExtra(body: ChatCompletionRequest): ChatCall["extra"] {
  let extra: Record<string, unknown> | undefined;
  for (const key in body) if (!CHAT_FIELDS.has(key) && key !== "__proto__") (extra ??= {})[key] = body[key];
  return extra ?? NO_EXTRA;
}
