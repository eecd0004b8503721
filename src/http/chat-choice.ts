import type { AnswerPart } from "../chat/index.ts";
import type { FinishReason, Usage } from "../domain/chat.ts";

const FINISH: Readonly<Record<FinishReason, string>> = {
  stop: "stop",
  length: "length",
  "tool-calls": "tool_calls",
  filter: "content_filter",
  // OpenAI has no word for it, and clients refuse unknown ones.
  other: "stop",
};
export const toFinishReason = (reason: FinishReason): string => FINISH[reason];

export function toUsage(usage: Usage) {
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: { cached_tokens: usage.cachedTokens, audio_tokens: 0 },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoningTokens,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}

/** One choice of a JSON answer, gathered from its parts. */
export type Choice = {
  text: string;
  reasoning: string;
  refusal: string;
  tools: { id: string; name: string; arguments: string }[];
  logprobs: { content: unknown[]; refusal: unknown[] } | undefined;
  /** Fields of the message that Weir does not know. */
  messageExtra: Readonly<Record<string, unknown>> | undefined;
  finish: FinishReason;
  extra: Readonly<Record<string, unknown>> | undefined;
};

export function gatherPart(choices: Choice[], part: Exclude<AnswerPart, { type: "finish" | "citation" }>): void {
  const choice = (choices[part.choice] ??= emptyChoice());
  switch (part.type) {
    case "text-delta":
      choice.text += part.text;
      if (part.extra !== undefined) choice.messageExtra = { ...choice.messageExtra, ...part.extra };
      if (part.logprobs != null) choice.logprobs = addLogprobs(choice.logprobs, part.logprobs);
      break;
    case "reasoning-delta":
      choice.reasoning += part.text;
      break;
    case "refusal-delta":
      choice.refusal += part.text;
      break;
    case "tool-input-start":
      choice.tools[part.tool] = { id: part.id, name: part.name, arguments: "" };
      break;
    case "tool-input-delta": {
      const tool = choice.tools[part.tool];
      if (tool !== undefined) tool.arguments += part.text;
      break;
    }
    case "choice-finish":
      choice.finish = part.reason;
      choice.extra = part.extra;
      break;
  }
}

function emptyChoice(): Choice {
  return {
    text: "",
    reasoning: "",
    refusal: "",
    tools: [],
    logprobs: undefined,
    messageExtra: undefined,
    finish: "other",
    extra: undefined,
  };
}

function addLogprobs(sofar: Choice["logprobs"], more: unknown): NonNullable<Choice["logprobs"]> {
  const { content, refusal } = typeof more === "object" && more !== null ? (more as { content?: unknown; refusal?: unknown }) : {};
  const known = sofar ?? { content: [], refusal: [] };
  if (Array.isArray(content)) known.content.push(...content);
  if (Array.isArray(refusal)) known.refusal.push(...refusal);
  return known;
}

/** OpenAI's form of a gathered choice. */
export function toWireChoice(choice: Choice, index: number, annotations: readonly unknown[]) {
  const tools = choice.tools.filter((tool) => tool !== undefined);
  const content = choice.text === "" && (tools.length > 0 || choice.refusal !== "") ? null : choice.text;
  return {
    ...choice.extra,
    index,
    message: {
      ...choice.messageExtra,
      role: "assistant",
      content,
      refusal: choice.refusal === "" ? null : choice.refusal,
      ...(choice.reasoning === "" ? {} : { reasoning_content: choice.reasoning }),
      ...(tools.length === 0
        ? {}
        : { tool_calls: tools.map(({ id, name, arguments: input }) => ({ id, type: "function", function: { name, arguments: input } })) }),
      annotations,
    },
    logprobs: choice.logprobs === undefined ? null : { content: choice.logprobs.content, refusal: nullIfEmpty(choice.logprobs.refusal) },
    finish_reason: toFinishReason(choice.finish),
  };
}

const nullIfEmpty = (list: readonly unknown[]): readonly unknown[] | null => (list.length === 0 ? null : list);
