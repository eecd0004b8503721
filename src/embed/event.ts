import {
  type Attempt,
  type CallEvent,
  type Reservation,
  toEventChoice,
  toEventHead,
  toReservationHead,
  usageSourceOf,
} from "../domain/event.ts";
import type { Guarded } from "../domain/guard-policy.ts";
import type { Plan, Target } from "../domain/target.ts";
import type { FaultCode } from "../kernel/fault.ts";
import type { Admitted, InputsCall, Kind, Made } from "./stages.ts";

type Operation = Kind<InputsCall, Made>["operation"];

/** What is known of a call when it ends, however it ends. */
export type InputsRun = {
  readonly call: InputsCall;
  readonly operation: Operation;
  readonly plan: Plan;
  readonly attempts: readonly Attempt[];
  readonly target: Target | undefined;
  readonly latencyMs: number;
  readonly configHash: string;
  readonly endUserDigest: string | undefined;
  readonly budgets: Admitted["budgets"];
  readonly guarded: Guarded | undefined;
};

export function toInputsEvent(run: InputsRun, outcome: CallEvent["outcome"], code?: FaultCode): CallEvent {
  const { call, operation, attempts, target, plan } = run;
  return {
    ...toEventHead(call),
    endUserDigest: run.endUserDigest,
    latencyMs: Math.round(run.latencyMs),
    outcome,
    code,
    stream: false,
    operation,
    modelAsked: call.wish.model,
    model: target?.model,
    provider: target?.provider,
    trust: target?.trust,
    inputTokens: attempts.reduce((sum, attempt) => sum + attempt.inputTokens, 0),
    outputTokens: 0,
    cachedTokens: 0,
    costMicroUsd: attempts.reduce((sum, attempt) => sum + attempt.costMicroUsd, 0),
    usageSource: usageSourceOf(attempts),
    attempts,
    budgets: run.budgets.length > 0 ? run.budgets : undefined,
    ...toEventChoice(plan),
    tier: "model",
    guard: run.guarded,
    fingerprint: { prompt: "", policy: plan.policyHash, config: run.configHash },
  };
}

type Set = Pick<Reservation, "microUsd" | "inputTokensMax"> & {
  readonly call: InputsCall;
  readonly admitted: Admitted;
  readonly operation: Operation;
};

export function toReservation({ call, admitted, microUsd, inputTokensMax, operation }: Set): Reservation {
  return {
    ...toReservationHead(call, admitted),
    microUsd,
    inputTokensMax,
    outputTokensMax: 0,
    modelAsked: call.wish.model,
    stream: false,
    operation,
  };
}
