import type { CallHead } from "../domain/chat.ts";
import type { BudgetScope, CallEvent, Operation, Reservation } from "../domain/event.ts";
import type { Embedded, EmbeddingCall, EmbeddingInput } from "../domain/embedding.ts";
import type { Standing } from "../domain/guard-policy.ts";
import type { CheckedInputs } from "../domain/guard.ts";
import type { Course } from "../domain/course.ts";
import type { Reranked, RerankCall } from "../domain/rerank.ts";
import type { Plan, Target } from "../domain/target.ts";
import type { Fault, FaultCode } from "../kernel/fault.ts";

/** A call that may run, as admission made it. */
export type Admitted = {
  readonly budgeted: boolean;
  readonly budgets: readonly BudgetScope[];
  readonly budgetLeft?: number | undefined;
  reserve(microUsd: number): void | Promise<void>;
  settle(used: { readonly microUsd: number; readonly tokens: number }): void;
};

/** A call whose texts are read and not answered: for vectors, or for a ranking. */
export type InputsCall = CallHead & {
  readonly wish: {
    readonly model: string;
    readonly inputs: readonly EmbeddingInput[];
    readonly endUser: string | undefined;
    readonly inputBytes: number;
  };
};

/** What came of it: how much of the call was read, and what it was read for. */
export type Made = { readonly inputTokens: number; readonly counted?: true; readonly searches?: number | undefined };

export type Ask<Call extends InputsCall> = {
  readonly call: Call;
  readonly target: Target;
  /** As they leave for it. */
  readonly inputs: readonly EmbeddingInput[];
  /** Set by whoever traces the call. */
  readonly traceparent?: string | undefined;
};

/** What tells one operation from another on the same path. */
export type Kind<Call extends InputsCall, Result extends Made> = {
  readonly operation: Extract<Operation, "embeddings" | "rerank">;
  /** Why a whole answer is none for this call; undefined: it is one. */
  whyUnfit(made: Result, call: Call): Fault | undefined;
  /** Most tokens that a target reads. `bytesAdded`: by masking, over all inputs. */
  tokensMax(call: Call, bytesAdded: number): number;
  /** Most searches that it bills. */
  searchesMax(call: Call): number;
  /** What a target read of inputs whose answer did not come, or was not to be used. */
  countInputs(inputs: readonly EmbeddingInput[], countTokens: (text: string) => number): number;
};

/** What the path needs, and nothing more. */
export type PathStages<Call extends InputsCall, Result extends Made> = {
  /** What may go in, and where to. Throws where the content is refused, or could not be looked at. */
  check(call: Call): CheckedInputs | Promise<CheckedInputs>;
  plan(wanted: {
    readonly wish: Call["wish"];
    readonly who: Call["who"];
    readonly budgeted: boolean;
    readonly content: Standing;
    readonly findingTypes: () => readonly string[];
    readonly feature: string | undefined;
    readonly budgetLeft: number | undefined;
  }): Plan;
  /** Which attempts are made, one after the other. */
  course(plan: Plan, call: Pick<CallHead, "startedAtMs" | "timeoutMs"> & { readonly stream: boolean }): Course;
  ask(asked: Ask<Call>, signal: AbortSignal): Promise<Result>;
  /** Written before the first upstream call. */
  open(reservation: Reservation): Promise<void>;
  /** Written before the first byte of the answer. */
  close(event: CallEvent): Promise<{ readonly hash: string }>;
  refuse(call: CallHead, code: FaultCode): void;
  countTokens(text: string): number;
  /** The caller's end user under its tenant's salt; undefined where that cannot be had. */
  endUserDigest(call: CallHead, endUser: string): Promise<string | undefined>;
  readonly configHash: string;
  monotonicMs(): number;
};

export type EmbedStages = PathStages<EmbeddingCall, Embedded>;
export type RerankStages = PathStages<RerankCall, Reranked>;
