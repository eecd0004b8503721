import type { BudgetScope, CallEvent, Reservation } from "../domain/event.ts";
import type { Embedded, EmbeddingCall, EmbeddingInput, EmbeddingWish } from "../domain/embedding.ts";
import type { Standing } from "../domain/guard-policy.ts";
import type { CheckedInputs } from "../domain/guard.ts";
import type { Course } from "../domain/course.ts";
import type { Plan, Target } from "../domain/target.ts";
import type { FaultCode } from "../kernel/fault.ts";

/** A call that may run, as admission made it. */
export type Admitted = {
  readonly budgeted: boolean;
  readonly budgets: readonly BudgetScope[];
  readonly budgetLeft?: number | undefined;
  reserve(microUsd: number): void | Promise<void>;
  settle(used: { readonly microUsd: number; readonly tokens: number }): void;
};

export type Ask = {
  readonly call: EmbeddingCall;
  readonly target: Target;
  readonly inputs: readonly EmbeddingInput[];
  readonly dimensions: number | undefined;
  /** Set by whoever traces the call. */
  readonly traceparent?: string | undefined;
};

/** What `embed` needs, and nothing more. */
export type EmbedStages = {
  /** What may go in, and where to. Throws where the content is refused, or could not be looked at. */
  check(call: EmbeddingCall): CheckedInputs | Promise<CheckedInputs>;
  plan(wanted: {
    readonly wish: EmbeddingWish;
    readonly who: EmbeddingCall["who"];
    readonly budgeted: boolean;
    readonly content: Standing;
    readonly findingTypes: () => readonly string[];
    readonly feature: string | undefined;
    readonly budgetLeft: number | undefined;
  }): Plan;
  /** Which attempts are made, one after the other. */
  course(plan: Plan, call: Pick<EmbeddingCall, "startedAtMs" | "timeoutMs"> & { readonly stream: boolean }): Course;
  ask(asked: Ask, signal: AbortSignal): Promise<Embedded>;
  /** Written before the first upstream call. */
  open(reservation: Reservation): Promise<void>;
  /** Written before the first byte of the answer. */
  close(event: CallEvent): Promise<{ readonly hash: string }>;
  refuse(call: EmbeddingCall, code: FaultCode): void;
  countTokens(text: string): number;
  /** The caller's end user under its tenant's salt; undefined where that cannot be had. */
  endUserDigest(call: EmbeddingCall, endUser: string): Promise<string | undefined>;
  readonly configHash: string;
  monotonicMs(): number;
};
