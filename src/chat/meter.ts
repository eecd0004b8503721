import type { ChatCall, Part, Usage } from "../domain/chat.ts";
import type { Attempt } from "../domain/event.ts";
import type { Target } from "../domain/target.ts";
import type { FaultCode } from "../kernel/fault.ts";
import { costMicroUsd } from "../kernel/money.ts";
import type { AttemptMarks } from "./stopwatch.ts";

/** Text kept for counting before it is counted and let go: a long answer must not stay in memory for its bill. */
const HELD_CHARS_MAX = 65_536;

/** Watches one attempt's parts and says in the end what it used. */
export type Meter = {
  readonly target: Target;
  saw(part: Part): void;
  end(outcome: Attempt["outcome"], code?: FaultCode): void;
  readonly attempt: Attempt;
  readonly usage: Usage;
  readonly marks: AttemptMarks;
};

const NOTHING: Usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0, source: "none" };

type MeterDeps = { countTokens(text: string): number; monotonicMs(): number };

export function createMeter(deps: MeterDeps, target: Target, chat: ChatCall, as?: Attempt["as"]): Meter {
  const startedMs = deps.monotonicMs();
  let reported: Usage | undefined;
  let held = "";
  let counted = 0;
  let produced = false;
  let firstMs: number | undefined;
  let ended: { attempt: Attempt; usage: Usage; endedMs: number } | undefined;

  const produce = (text: string): void => {
    produced = true;
    held += text;
    if (held.length < HELD_CHARS_MAX) return;
    counted += deps.countTokens(held);
    held = "";
  };

  /** A whole answer is billed as the upstream reported it; a broken one as far as it came. */
  const settle = (whole: boolean): Usage => {
    if (whole && reported !== undefined) return reported;
    if (!produced) return reported ?? NOTHING;
    const outputTokens = counted + (held === "" ? 0 : deps.countTokens(held));
    if (reported !== undefined && reported.outputTokens >= outputTokens) return reported;
    const inputTokens = reported !== undefined && reported.inputTokens > 0 ? reported.inputTokens : deps.countTokens(promptText(chat));
    return { ...(reported ?? NOTHING), inputTokens, outputTokens, source: "counted" };
  };

  const atEnd = () => {
    if (ended === undefined) throw new TypeError("the attempt has not ended");
    return ended;
  };
  return {
    target,
    saw(part) {
      firstMs ??= deps.monotonicMs();
      if (part.type === "usage") reported = part.usage;
      const text = madeBy(part);
      if (text !== undefined) produce(text);
    },
    end(outcome, code) {
      if (ended !== undefined) return;
      const usage = settle(outcome === "finished");
      const endedMs = deps.monotonicMs();
      const attempt = toAttempt(target, usage, { outcome, code, latencyMs: Math.round(endedMs - startedMs) });
      ended = { usage, attempt: as === undefined ? attempt : { ...attempt, as }, endedMs };
    },
    get attempt() {
      return atEnd().attempt;
    },
    get usage() {
      return atEnd().usage;
    },
    get marks() {
      return { beganMs: startedMs, firstMs, endedMs: atEnd().endedMs };
    },
  };
}

/** What of a part a model has made, and is paid for. */
function madeBy(part: Part): string | undefined {
  switch (part.type) {
    case "text-delta":
    case "reasoning-delta":
    case "refusal-delta":
    case "tool-input-delta":
      return part.text;
    case "tool-input-start":
      return part.name;
    case "usage":
    case "choice-finish":
    case "citation":
    case "finish":
      return undefined;
  }
}

function toAttempt(target: Target, usage: Usage, end: Pick<Attempt, "outcome" | "code" | "latencyMs">): Attempt {
  return {
    provider: target.provider,
    model: target.model,
    trust: target.trust,
    outcome: end.outcome,
    code: end.code,
    inputTokens: usage.inputTokens,
    outputTokens: usage.outputTokens,
    cachedTokens: usage.cachedTokens,
    cacheWriteTokens: usage.cacheWriteTokens,
    usageSource: usage.source,
    costMicroUsd: target.price === undefined ? 0 : costMicroUsd(target.price, usage),
    priceUnknown: target.price === undefined ? true : undefined,
    priceVersion: target.priceVersion,
    latencyMs: end.latencyMs,
  };
}

/** All text of a prompt, for counting where the upstream did not say. */
export function promptText(chat: ChatCall): string {
  const texts: string[] = [];
  for (const message of chat.messages) {
    if (typeof message.content === "string") texts.push(message.content);
    else for (const block of message.content ?? []) if (block.type === "text") texts.push(block.text);
    if (message.role === "assistant") for (const call of message.toolCalls ?? []) texts.push(call.name, call.arguments);
  }
  for (const tool of chat.tools) texts.push(tool.name, tool.description ?? "", JSON.stringify(tool.parameters ?? {}));
  return texts.join("\n");
}
