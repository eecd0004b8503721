import type { AnswerPlan, FakeTool, FakeUsage, Frame } from "./answer-plan.ts";
import type { Directives } from "./directives.ts";

const CREATED = 1_760_000_000;
const FINISH = { stop: "stop", length: "length", tools: "tool_calls" } as const;
const event = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;

const toUsage = (usage: FakeUsage): unknown => ({
  prompt_tokens: usage.inputTokens,
  completion_tokens: usage.outputTokens,
  total_tokens: usage.inputTokens + usage.outputTokens,
  prompt_tokens_details: { cached_tokens: usage.cachedTokens },
  completion_tokens_details: { reasoning_tokens: usage.reasoningTokens },
});

const toLogprobs = (tokens: readonly string[]): unknown => ({
  content: tokens.map((token) => ({ token, logprob: -0.25, bytes: [...new TextEncoder().encode(token)], top_logprobs: [] })),
  refusal: null,
});

/** A streamed chat completion, as vLLM sends it: choices by turns, then the ends, the usage, and `[DONE]`. */
export function* openAiFrames(plan: AnswerPlan, how: Directives): Generator<Frame> {
  const head = {
    id: `chatcmpl-${plan.id}`,
    object: "chat.completion.chunk",
    created: CREATED,
    model: plan.model,
    system_fingerprint: "fp_fake",
  };
  const chunk = (index: number, delta: unknown, finish: string | null = null, logprobs: unknown = null): string =>
    event({ ...head, choices: [{ index, delta, logprobs, finish_reason: finish }] });
  const choices = Array.from({ length: plan.choices }, (_, index) => index);
  for (const index of choices) yield { text: chunk(index, { role: "assistant", content: "" }), tokens: 0, isPart: false };
  for (const text of plan.reasoning)
    for (const index of choices) yield { text: chunk(index, { reasoning_content: text }), tokens: 1, isPart: true };
  for (const text of plan.text) {
    const logprobs = plan.logprobs ? toLogprobs([text]) : null;
    for (const index of choices) yield { text: chunk(index, { content: text }, null, logprobs), tokens: 1, isPart: true };
  }
  for (const [at, tool] of plan.tools.entries()) for (const index of choices) yield* toolFrames(at, tool, (delta) => chunk(index, delta));
  for (const index of choices) yield { text: chunk(index, {}, how.finish ?? FINISH[plan.finish]), tokens: 0, isPart: false };
  if (plan.usage !== undefined) yield { text: event({ ...head, choices: [], usage: toUsage(plan.usage) }), tokens: 0, isPart: false };
  if (how.done === "yes") yield { text: "data: [DONE]\n\n", tokens: 0, isPart: false };
}

function* toolFrames(at: number, tool: FakeTool, chunk: (delta: unknown) => string): Generator<Frame> {
  const start = { index: at, id: tool.id, type: "function", function: { name: tool.name, arguments: "" } };
  yield { text: chunk({ tool_calls: [start] }), tokens: 1, isPart: true };
  for (const text of tool.pieces)
    yield { text: chunk({ tool_calls: [{ index: at, function: { arguments: text } }] }), tokens: 1, isPart: true };
}

/** A whole chat completion. */
export function openAiAnswer(plan: AnswerPlan, how: Directives): unknown {
  const text = plan.text.join("");
  const message = {
    role: "assistant",
    content: text === "" ? null : text,
    refusal: null,
    ...(plan.reasoning.length === 0 ? {} : { reasoning_content: plan.reasoning.join("") }),
    ...(plan.tools.length === 0
      ? {}
      : {
          tool_calls: plan.tools.map(({ id, name, pieces }) => ({ id, type: "function", function: { name, arguments: pieces.join("") } })),
        }),
  };
  const choice = (index: number): unknown => ({
    index,
    message,
    logprobs: plan.logprobs ? toLogprobs(plan.text) : null,
    finish_reason: how.fault === "end" ? null : (how.finish ?? FINISH[plan.finish]),
  });
  return {
    id: `chatcmpl-${plan.id}`,
    object: "chat.completion",
    created: CREATED,
    model: plan.model,
    system_fingerprint: "fp_fake",
    choices: Array.from({ length: plan.choices }, (_, index) => choice(index)),
    ...(plan.usage === undefined ? {} : { usage: toUsage(plan.usage) }),
  };
}

/** As vLLM tells of an error in a stream: an error object, and `[DONE]` all the same. */
export const openAiErrorEvent = `${event({ error: { message: "the engine died: secret words", type: "InternalServerError", param: null, code: 500 } })}data: [DONE]\n\n`;
export const openAiMalformedEvent = 'data: {"id":"chatcmpl-0","choices":[{"index":0,"delta":{"content":"brok\n\n';
export const openAiCutEvent = 'data: {"id":"chatcmpl-0","choices":[{"index":0,"delta":{"content":"水';
