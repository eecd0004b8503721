import type { RolloutCounts, RolloutVariant } from "../../domain/rollout.ts";
import { NO_COUNTS, sumCounts } from "./counts.ts";

/** What one process counted of one variant at one step. */
export type CountedStep = { readonly step: number; readonly variant: RolloutVariant; readonly counts: RolloutCounts };
export type Window = { readonly candidate: RolloutCounts; readonly baseline: RolloutCounts };

/**
 * What is compared at a step: the candidate as it is now, with the baseline as it is now and, where that has too few calls, as it was at
 * the steps before, the newest first. At the last step nobody has the baseline any more.
 */
export function windowOf(rows: readonly CountedStep[], step: number, callsMin: number): Window {
  const sumOf = (variant: RolloutVariant, at: number): RolloutCounts =>
    sumCounts(rows.filter((row) => row.variant === variant && row.step === at).map(({ counts }) => counts));
  let baseline = NO_COUNTS;
  for (let at = step; at >= 0 && baseline.calls < callsMin; at--) baseline = sumCounts([baseline, sumOf("baseline", at)]);
  return { candidate: sumOf("candidate", step), baseline };
}
