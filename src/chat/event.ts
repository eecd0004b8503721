import type { CascadeMark } from "../domain/cascade.ts";
import type { Call, Form, Retrieved } from "../domain/chat.ts";
import { type Attempt, type BudgetScope, type CallEvent, toEventChoice, toEventHead, usageSourceOf } from "../domain/event.ts";
import type { Grounding } from "../domain/grounding.ts";
import type { Guarded } from "../domain/guard-policy.ts";
import type { FoundPassage, Timings } from "../domain/timings.ts";
import type { Plan, Target } from "../domain/target.ts";
import type { FaultCode } from "../kernel/fault.ts";

/** What is known of a call when it ends, however it ends. */
export type CallRun = {
  readonly call: Call;
  readonly plan: Plan;
  readonly retrieved: Retrieved | undefined;
  readonly attempts: readonly Attempt[];
  readonly target: Target | undefined;
  readonly firstPartMs: number | undefined;
  readonly latencyMs: number;
  readonly promptDigest: string;
  readonly configHash: string;
  readonly endUserDigest: string | undefined;
  readonly budgets: readonly BudgetScope[];
  readonly guarded: Guarded | undefined;
  readonly form: Form | undefined;
  readonly grounding: Grounding | undefined;
  readonly cascade: CascadeMark | undefined;
  readonly found: readonly FoundPassage[] | undefined;
  readonly timings: Timings;
};

export function toCallEvent(run: CallRun, outcome: CallEvent["outcome"], code?: FaultCode): CallEvent {
  const { call, attempts } = run;
  return {
    ...toEventHead(call),
    ...(call.shadow === undefined ? {} : ({ operation: "shadow", shadow: call.shadow } as const)),
    endUserDigest: run.endUserDigest,
    latencyMs: Math.round(run.latencyMs),
    firstPartMs: run.firstPartMs === undefined ? undefined : Math.round(run.firstPartMs),
    outcome,
    code,
    stream: call.chat.stream,
    modelAsked: call.chat.model,
    model: run.target?.model,
    provider: run.target?.provider,
    trust: run.target?.trust,
    inputTokens: sum(attempts, "inputTokens"),
    outputTokens: sum(attempts, "outputTokens"),
    cachedTokens: sum(attempts, "cachedTokens"),
    costMicroUsd: sum(attempts, "costMicroUsd"),
    usageSource: usageSourceOf(attempts),
    attempts,
    budgets: run.budgets.length > 0 ? run.budgets : undefined,
    ...toEventChoice(run.plan),
    tier: run.target?.kind === "extractive" ? "extractive" : "model",
    passages: run.retrieved?.passages.length,
    ...(run.found === undefined ? {} : { collection: run.retrieved?.collectionId, found: run.found }),
    guard: run.guarded,
    ...(run.form === undefined ? {} : { form: run.form }),
    ...(run.grounding === undefined ? {} : { grounding: run.grounding }),
    ...(run.cascade === undefined ? {} : { cascade: run.cascade }),
    timings: run.timings,
    fingerprint: {
      prompt: run.promptDigest,
      policy: run.plan.policyHash,
      config: run.configHash,
      index: run.retrieved?.indexVersion,
    },
  };
}

function sum(attempts: readonly Attempt[], field: "inputTokens" | "outputTokens" | "cachedTokens" | "costMicroUsd"): number {
  let total = 0;
  for (const attempt of attempts) total += attempt[field];
  return total;
}
