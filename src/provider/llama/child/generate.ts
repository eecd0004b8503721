import { LlamaGrammarEvaluationState, type Llama, type LlamaContextSequence, type LlamaModel, type Token } from "node-llama-cpp";
import type { ChatOrder, EndReason, Report } from "../lines.ts";
import type { Contexts } from "./contexts.ts";
import { STEP_TOKENS } from "./contexts.ts";
import { toPrompt } from "./prompt.ts";
import { Refusal } from "./refusal.ts";
import { createStopCut } from "../stop-cut.ts";
import type { ChatTemplate } from "./template.ts";

export type Generator = {
  readonly llama: Llama;
  readonly model: LlamaModel;
  readonly template: ChatTemplate;
  readonly contexts: Contexts;
  readonly contextTokens: number;
  readonly report: (report: Report) => void;
};

/** llama.cpp's own defaults where the caller names none. */
const TOP_K = 40;
const MIN_P = 0.05;
/** How far back penalties look. */
const PENALTY_TOKENS = 64;
/** A character takes up to four bytes, and a token may be one. */
const PENDING_TOKENS_MAX = 8;
/** An answer shorter than this is of no use. */
const ROOM_MIN = 1;

/** Answers one call, and reports as it goes. The context is free again before the last report is made. */
export async function generate(parts: Generator, order: ChatOrder, signal: AbortSignal): Promise<void> {
  const { model, contextTokens, report } = parts;
  const { tokens, thinking } = toPrompt(model, parts.template, order);
  const room = contextTokens - tokens.length;
  if (room < ROOM_MIN)
    throw new Refusal(
      "context_too_long",
      `The prompt has ${String(tokens.length)} tokens; the model's context has ${String(contextTokens)}.`,
      "messages",
    );
  const grammar = order.grammar === undefined ? undefined : await createGrammar(parts, order.grammar);
  if (signal.aborted) return report({ type: "end", id: order.id, reason: "cancelled", outputTokens: 0 });
  const held = await parts.contexts.take(order.adapter, order.owner);
  let ended: { readonly reason: EndReason; readonly outputTokens: number } = { reason: "cancelled", outputTokens: 0 };
  try {
    const rest = await readPrompt(held.sequence, tokens, signal, (cachedTokens) =>
      report({ type: "prompt", id: order.id, inputTokens: tokens.length, cachedTokens, thinking }),
    );
    if (!signal.aborted) ended = await write(parts, { order, grammar, sequence: held.sequence, rest, room }, signal);
  } finally {
    held.release();
  }
  report({ type: "end", id: order.id, ...ended });
}

async function createGrammar({ llama, model }: Generator, text: string): Promise<LlamaGrammarEvaluationState> {
  try {
    const grammar = await llama.createGrammar({ grammar: text });
    return new LlamaGrammarEvaluationState({ model, grammar });
  } catch {
    throw new Refusal("target_refused", "llama.cpp cannot make a grammar of this JSON Schema.", "response_format");
  }
}

/** Reads the prompt but for its last step, which `evaluate` takes; what the context holds of it already is not read again. */
async function readPrompt(
  sequence: LlamaContextSequence,
  tokens: Token[],
  signal: AbortSignal,
  begin: (cachedTokens: number) => void,
): Promise<Token[]> {
  // The last token is always read: its result is the first of the answer.
  await sequence.adaptStateToTokens(tokens.slice(0, -1), false);
  let at = sequence.nextTokenIndex;
  begin(at);
  while (tokens.length - at > STEP_TOKENS) {
    if (signal.aborted) return [];
    await sequence.evaluateWithoutGeneratingNewTokens(tokens.slice(at, at + STEP_TOKENS));
    at += STEP_TOKENS;
  }
  return tokens.slice(at);
}

type Writing = {
  readonly order: ChatOrder;
  readonly grammar: LlamaGrammarEvaluationState | undefined;
  readonly sequence: LlamaContextSequence;
  readonly rest: Token[];
  /** Tokens that the context has left for the answer. */
  readonly room: number;
};

async function write(parts: Generator, writing: Writing, signal: AbortSignal): Promise<{ reason: EndReason; outputTokens: number }> {
  const { model, report } = parts;
  const { order, sequence, rest, room } = writing;
  const most = Math.min(order.maxTokens, room);
  const cut = createStopCut(order.stop);
  const text = createText(model);
  const said: Token[] = [];
  let reason: EndReason = "stop";
  const pass = (piece: string): void => {
    if (piece !== "") report({ type: "text", id: order.id, text: piece, outputTokens: said.length });
  };
  for await (const token of sequence.evaluate(rest, samplingOf(writing, said))) {
    said.push(token);
    pass(cut.push(text.push(token)));
    if (cut.stopped) break;
    if (signal.aborted) reason = "cancelled";
    else if (said.length >= most) reason = "length";
    if (reason !== "stop") break;
  }
  if (!cut.stopped) {
    pass(cut.push(text.rest()));
    pass(cut.rest());
  }
  return { reason: cut.stopped ? "stop" : reason, outputTokens: said.length };
}

function samplingOf({ order, grammar }: Writing, said: readonly Token[]): Parameters<LlamaContextSequence["evaluate"]>[1] {
  const { temperature, topP, seed, presencePenalty, frequencyPenalty } = order.sampler;
  const penalised = presencePenalty !== 0 || frequencyPenalty !== 0;
  return {
    temperature,
    topP,
    topK: TOP_K,
    minP: MIN_P,
    ...(seed === undefined ? {} : { seed }),
    ...(grammar === undefined ? {} : { grammarEvaluationState: grammar }),
    ...(penalised
      ? { repeatPenalty: { punishTokens: () => said.slice(-PENALTY_TOKENS), penalty: 1, presencePenalty, frequencyPenalty } }
      : {}),
  };
}

/** Tokens to text. A token may end within a character: what is not whole yet waits for the next. */
function createText(model: LlamaModel) {
  const before: Token[] = [];
  let pending: Token[] = [];
  const take = (): string => {
    const text = model.detokenize(pending, false, before.slice(-PENDING_TOKENS_MAX));
    before.push(...pending);
    pending = [];
    return text;
  };
  return {
    push(token: Token): string {
      pending.push(token);
      const text = model.detokenize(pending, false, before.slice(-PENDING_TOKENS_MAX));
      return text.endsWith("\uFFFD") && pending.length < PENDING_TOKENS_MAX ? "" : take();
    },
    rest: (): string => (pending.length === 0 ? "" : take()),
  };
}
