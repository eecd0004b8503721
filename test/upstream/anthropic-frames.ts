import type { AnswerPlan, FakeTool, FakeUsage, Frame } from "./answer-plan.ts";
import type { Directives } from "./directives.ts";

const STOP = { stop: "end_turn", length: "max_tokens", tools: "tool_use" } as const;
const event = (type: string, rest: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
const frame = (text: string): Frame => ({ text, tokens: 0, isPart: false });
const part = (text: string): Frame => ({ text, tokens: 1, isPart: true });

/** What is read from the cache and written to it is not in `input_tokens`. */
const toUsage = (usage: FakeUsage, outputTokens: number) => ({
  input_tokens: usage.inputTokens - usage.cachedTokens,
  cache_creation_input_tokens: 0,
  cache_read_input_tokens: usage.cachedTokens,
  output_tokens: outputTokens,
  server_tool_use: null,
});
const toWholeUsage = (usage: FakeUsage, outputTokens: number) => ({
  ...toUsage(usage, outputTokens),
  cache_creation: null,
  inference_geo: null,
  service_tier: "standard",
});

const head = (plan: AnswerPlan) => ({ id: `msg_${plan.id}`, type: "message", role: "assistant", model: plan.model });

/** A streamed message: the prompt's usage first, then block by block, then the stop reason with the answer's usage. */
export function* anthropicFrames(plan: AnswerPlan, how: Directives): Generator<Frame> {
  const usage = plan.usage === undefined ? {} : { usage: toWholeUsage(plan.usage, plan.usage.outputTokens === 0 ? 0 : 1) };
  const nothing = { content: [], stop_reason: null, stop_sequence: null, stop_details: null, container: null };
  yield frame(event("message_start", { message: { ...head(plan), ...nothing, ...usage } }));
  yield frame(event("ping", {}));
  let index = 0;
  if (plan.reasoning.length > 0) {
    const deltas = plan.reasoning.map((thinking) => ({ type: "thinking_delta", thinking }));
    yield* blockFrames(index++, { type: "thinking", thinking: "", signature: "" }, deltas, {
      type: "signature_delta",
      signature: "sig-fake",
    });
  }
  if (plan.text.length > 0) {
    yield* blockFrames(
      index++,
      { type: "text", text: "", citations: null },
      plan.text.map((text) => ({ type: "text_delta", text })),
    );
  }
  for (const tool of plan.tools) yield* toolFrames(index++, tool);
  const delta = { stop_reason: how.finish ?? STOP[plan.finish], stop_sequence: null, stop_details: null, container: null };
  yield frame(
    event("message_delta", { delta, ...(plan.usage === undefined ? {} : { usage: toUsage(plan.usage, plan.usage.outputTokens) }) }),
  );
  yield frame(event("message_stop", {}));
}

function* blockFrames(index: number, block: object, deltas: readonly object[], last?: object): Generator<Frame> {
  yield frame(event("content_block_start", { index, content_block: block }));
  for (const delta of deltas) yield part(event("content_block_delta", { index, delta }));
  if (last !== undefined) yield frame(event("content_block_delta", { index, delta: last }));
  yield frame(event("content_block_stop", { index }));
}

function* toolFrames(index: number, tool: FakeTool): Generator<Frame> {
  const block = { type: "tool_use", id: tool.id, name: tool.name, input: {}, caller: { type: "direct" } };
  yield part(event("content_block_start", { index, content_block: block }));
  for (const text of tool.pieces)
    yield part(event("content_block_delta", { index, delta: { type: "input_json_delta", partial_json: text } }));
  yield frame(event("content_block_stop", { index }));
}

/** A whole message. */
export function anthropicAnswer(plan: AnswerPlan, how: Directives): unknown {
  return {
    ...head(plan),
    content: [
      ...(plan.reasoning.length === 0 ? [] : [{ type: "thinking", thinking: plan.reasoning.join(""), signature: "sig-fake" }]),
      ...(plan.text.length === 0 ? [] : [{ type: "text", text: plan.text.join(""), citations: null }]),
      ...plan.tools.map(({ id, name, pieces }) => ({
        type: "tool_use",
        id,
        name,
        input: JSON.parse(pieces.join("")) as unknown,
        caller: { type: "direct" },
      })),
    ],
    stop_reason: how.fault === "end" ? null : (how.finish ?? STOP[plan.finish]),
    stop_sequence: null,
    stop_details: null,
    container: null,
    ...(plan.usage === undefined ? {} : { usage: toWholeUsage(plan.usage, plan.usage.outputTokens) }),
  };
}

export const anthropicErrorEvent = event("error", { error: { type: "api_error", message: "internal: secret words" } });
export const anthropicMalformedEvent =
  'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_de\n\n';
export const anthropicCutEvent =
  'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"水';
