import type { RolloutCounts, RolloutVariant } from "../../domain/rollout.ts";
import { finishedOf, latencyAtRank, NO_COUNTS, sumCounts } from "./counts.ts";
import { SLOW_QUANTILE } from "./judge.ts";
import type { CountedStep } from "./window.ts";

/** One variant at one step, as people read it. What there is nothing of is left out. */
export type VariantFigures = {
  readonly calls: number;
  readonly failures: number;
  readonly latencyP50Ms?: number;
  readonly latencyP95Ms?: number;
  /** Mean of a finished call. */
  readonly costMicroUsd?: number;
  readonly scores: number;
  readonly score?: number;
};

function toFigures(counts: RolloutCounts): VariantFigures {
  const { calls, failures, scores, scoreSum, costMicroUsd } = counts;
  const finished = finishedOf(counts);
  const at = (quantile: number): number => latencyAtRank(counts, Math.max(1, Math.ceil(quantile * finished)));
  return {
    calls,
    failures,
    ...(finished === 0 ? {} : { latencyP50Ms: at(0.5), latencyP95Ms: at(SLOW_QUANTILE), costMicroUsd: costMicroUsd / finished }),
    scores,
    ...(scores === 0 ? {} : { score: scoreSum / scores }),
  };
}

export type StepFigures = { readonly step: number } & Readonly<Record<RolloutVariant, VariantFigures>>;

/** Every step at which anything was counted, the first first, over all processes. */
export function figuresOf(rows: readonly CountedStep[]): StepFigures[] {
  const steps = [...new Set(rows.map(({ step }) => step))].toSorted((a, b) => a - b);
  const sumOf = (step: number, variant: RolloutVariant): VariantFigures =>
    toFigures(sumCounts([NO_COUNTS, ...rows.filter((row) => row.step === step && row.variant === variant).map(({ counts }) => counts)]));
  return steps.map((step) => ({ step, candidate: sumOf(step, "candidate"), baseline: sumOf(step, "baseline") }));
}
