import type { ChatCall, Part, Usage } from "../domain/chat.ts";
import type { Attempt } from "../domain/event.ts";
import type { Target } from "../domain/target.ts";
import type { FaultCode } from "../kernel/fault.ts";
import { costMicroUsd } from "../kernel/money.ts";

/** Text kept for counting before it is counted and let go: a long answer must not stay in memory for its bill. */
const HELD_CHARS_MAX = 65_536;

/** Watches one attempt's parts and says in the end what it used. */
export type Meter = {
  readonly target: Target;
  saw(part: Part): void;
  end(outcome: Attempt["outcome"], code?: FaultCode): void;
  readonly attempt: Attempt;
  readonly usage: Usage;
};

const NOTHING: Usage = { inputTokens: 0, outputTokens: 0, cachedTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0, source: "none" };

type MeterDeps = { countTokens(text: string): number; monotonicMs(): number };

export function createMeter(deps: MeterDeps, target: Target, chat: ChatCall, as?: Attempt["as"]): Meter {
  const startedMs = deps.monotonicMs();
  let reported: Usage | undefined;
  let held = "";
  let counted = 0;
  let produced = false;
  let ended: { attempt: Attempt; usage: Usage } | undefined;

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

  return {
    target,
    saw(part) {
      switch (part.type) {
        case "usage":
          reported = part.usage;
          break;
        case "text-delta":
        case "reasoning-delta":
        case "refusal-delta":
        case "tool-input-delta":
          produce(part.text);
          break;
        case "tool-input-start":
          produce(part.name);
          break;
        case "choice-finish":
        case "citation":
        case "finish":
          break;
      }
    },
    end(outcome, code) {
      if (ended !== undefined) return;
      const usage = settle(outcome === "finished");
      const attempt = toAttempt(target, usage, { outcome, code, latencyMs: Math.round(deps.monotonicMs() - startedMs) });
      ended = { usage, attempt: as === undefined ? attempt : { ...attempt, as } };
    },
    get attempt() {
      if (ended === undefined) throw new TypeError("the attempt has not ended");
      return ended.attempt;
    },
    get usage() {
      if (ended === undefined) throw new TypeError("the attempt has not ended");
      return ended.usage;
    },
  };
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
