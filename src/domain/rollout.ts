import type { PolicyId, PromptId, RolloutId, TenantId } from "../kernel/ids.ts";
import type { RolloutState, RolloutUnit } from "./rollout-words.ts";

/** What is going out. An adapter is a model of its own in the configuration. */
export type RolloutChange =
  /** Calls that ask for `model`, a model or a route, are sent to the model `to`. */
  | { readonly kind: "model"; readonly model: string; readonly to: string }
  /** A version of the tenant's system prompt takes the place of the one in production. */
  | { readonly kind: "prompt"; readonly version: PromptId }
  /** A version of the platform's routes, likewise. */
  | { readonly kind: "policy"; readonly version: PolicyId };

export type RolloutVariant = "candidate" | "baseline";

/** How much worse the candidate may be. undefined: this gate is not asked. */
export type RolloutGates = {
  /** Calls of the candidate at a step before it may go on. */
  readonly callsMin: number;
  /** Least time at a step. */
  readonly stepSeconds: number;
  /** By how much its share of failures may be above the baseline's: 0.02 is two in a hundred. */
  readonly failuresAbove: number | undefined;
  /** Its 95th percentile of latency over the baseline's. */
  readonly latencyRatio: number | undefined;
  /** Its mean cost of a call over the baseline's. */
  readonly costRatio: number | undefined;
  /** By how much its mean score, from 0 to 1, may be below the baseline's. */
  readonly scoreBelow: number | undefined;
};

export type Rollout = {
  readonly id: RolloutId;
  /** undefined: of the platform, so of every tenant's calls. */
  readonly tenantId: TenantId | undefined;
  readonly change: RolloutChange;
  readonly unit: RolloutUnit;
  /** Shares in percent, ascending; the last is 100. */
  readonly steps: readonly number[];
  /** Index into `steps`. */
  readonly step: number;
  readonly gates: RolloutGates;
  readonly state: RolloutState;
  /** From when on `step` counts. In the future: the step before it still does, so that every process changes at one moment. */
  readonly stepAtMs: number;
};

/** What a call's event says of the rollout that it took part in. */
export type RolloutMark = {
  readonly id: RolloutId;
  readonly variant: RolloutVariant;
  /** Percent of units that the candidate had: how likely this variant was. */
  readonly share: number;
};

/** What was counted of one variant at one step. Sums over calls, never about one of them. */
export type RolloutCounts = {
  readonly calls: number;
  readonly failures: number;
  /** Finished calls by bucket of latency (src/route/rollout/counts.ts). */
  readonly latency: Readonly<Record<string, number>>;
  /** Of finished calls. */
  readonly costMicroUsd: number;
  /** Sum of squares, for how far the mean may be off. */
  readonly costSquares: number;
  readonly scores: number;
  readonly scoreSum: number;
  readonly scoreSquares: number;
};

/** A call that takes part in a rollout. */
export type Trial = { readonly change: RolloutChange; readonly mark: RolloutMark };

/**
 * A model that stands before those of the rule that takes a call. `use` false: only whether it may serve the call is told. `keepsIn`: it is
 * external only where one of the rule's own models is.
 */
export type Ahead = { readonly model: string; readonly use: boolean; readonly keepsIn?: true | undefined };
