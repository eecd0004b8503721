import { type CallEvent, toEventHead } from "../domain/event.ts";
import { FINDING_TYPES, type FindingType } from "../domain/finding.ts";
import { toldInjection, type Guarded } from "../domain/guard-policy.ts";
import type { Moderation, ModerationCall } from "../domain/moderation.ts";
import { Fault, type FaultCode } from "../kernel/fault.ts";

export type ModerateStages = {
  judge(text: string): Moderation;
  /** Written before the answer. */
  close(event: CallEvent): Promise<{ readonly hash: string }>;
  refuse(call: ModerationCall, code: FaultCode): void;
  /** Resolves when others have had a turn. */
  pause(): Promise<void>;
  readonly configHash: string;
  monotonicMs(): number;
};

/** A call that may run, as admission made it. */
export type Admitted = { settle(used: { readonly microUsd: number; readonly tokens: number }): void };

export type Moderated = { readonly results: readonly Moderation[]; readonly receipt: string };

/** Judges the texts of one admitted call, one after another. No model is asked and nothing is spent, so nothing is reserved: one event tells of it. */
export async function moderate(stages: ModerateStages, call: ModerationCall, admitted: Admitted, signal: AbortSignal): Promise<Moderated> {
  const startedMs = stages.monotonicMs();
  try {
    const results: Moderation[] = [];
    for (const text of call.texts) {
      if (signal.aborted) throw Fault.ofAbort(signal);
      results.push(judged(stages, text));
      await stages.pause();
    }
    const { hash } = await stages.close(toEvent(stages, call, results, stages.monotonicMs() - startedMs));
    return { results, receipt: hash };
  } catch (error) {
    const fault = Fault.from(error);
    stages.refuse(call, fault.code);
    throw fault;
  } finally {
    admitted.settle({ microUsd: 0, tokens: 0 });
  }
}

/** A detector that throws has not found that a text is harmless. */
function judged({ judge }: ModerateStages, text: string): Moderation {
  try {
    return judge(text);
  } catch (error) {
    throw error instanceof Fault ? error : new Fault("guard_failed", {}, { cause: error });
  }
}

function toEvent(stages: ModerateStages, call: ModerationCall, results: readonly Moderation[], latencyMs: number): CallEvent {
  return {
    ...toEventHead(call),
    latencyMs: Math.round(latencyMs),
    outcome: "finished",
    stream: false,
    operation: "moderations",
    modelAsked: call.model,
    inputTokens: 0,
    outputTokens: 0,
    cachedTokens: 0,
    costMicroUsd: 0,
    usageSource: "none",
    attempts: [],
    candidates: [],
    tier: "model",
    guard: toGuarded(results),
    fingerprint: { prompt: "", policy: "", config: stages.configHash },
  };
}

function toGuarded(results: readonly Moderation[]): Guarded | undefined {
  const found: Partial<Record<FindingType, number>> = {};
  let injection = 0;
  for (const result of results) {
    injection = Math.max(injection, result.injection.score);
    for (const type of FINDING_TYPES) {
      const count = result.personalData[type];
      if (count !== undefined) found[type] = (found[type] ?? 0) + count;
    }
  }
  const isFound = Object.keys(found).length > 0;
  const told = toldInjection(injection);
  return isFound || told !== undefined ? { found: isFound ? found : undefined, injection: told } : undefined;
}
