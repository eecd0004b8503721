import type { Rollout, RolloutCounts, RolloutGates } from "../../domain/rollout.ts";
import { rolloutIds } from "../../kernel/ids.ts";
import { createTally, type CountedCall } from "./counts.ts";

export const GATES: RolloutGates = {
  callsMin: 50,
  stepSeconds: 0,
  failuresAbove: 0.02,
  latencyRatio: 1.5,
  costRatio: 1.25,
  scoreBelow: 0.05,
};

/** The same on every run, so that what chance has to do with is, too. */
export const idOf = (at: number) => rolloutIds.parse(`rol_${String(at).padStart(26, "0")}`);

/** For tests: a running rollout of the model `new` in the place of `old`. */
export const makeRollout = (change: Partial<Rollout> = {}): Rollout => ({
  id: idOf(1),
  tenantId: undefined,
  change: { kind: "model", model: "old", to: "new" },
  unit: "end-user",
  steps: [5, 20, 50, 100],
  step: 0,
  gates: GATES,
  state: "running",
  stepAtMs: 0,
  ...change,
});

/** Counts of these calls, and of these scores. */
export function countsOf(calls: readonly CountedCall[], scores: readonly number[] = []): RolloutCounts {
  const tally = createTally();
  calls.forEach(tally.call);
  scores.forEach(tally.score);
  return tally.read();
}
