import type { HealthView } from "../domain/target-health.ts";
import type { Candidate, Target } from "../domain/target.ts";
import { Fault } from "../kernel/fault.ts";

/**
 * What would be asked, had its provider not been taken out and were its breaker not open, falls by that. The last check of all: privacy never
 * depends on health.
 */
export function withoutOpen(candidates: readonly Candidate[], health: HealthView | undefined): readonly Candidate[] {
  if (health === undefined) return candidates;
  return candidates.map((each): Candidate => {
    if (each.fell !== undefined) return each;
    const { out, state } = health.of(each.target);
    if (out !== undefined) return { ...each, fell: `provider-${out}` };
    return state === "open" ? { ...each, fell: "breaker-open" } : each;
  });
}

/** Without fallback only the first model that a call may go to is asked: its open breaker does not make another one the first. */
export const isFirstOpen = (candidates: readonly Candidate[]): boolean =>
  candidates.find(({ fell }) => fell === undefined || fell === "breaker-open")?.fell === "breaker-open";

/** The refusal where only open breakers stand between a call and every model it may go to; undefined where something else does. */
export function whyAllOpen(candidates: readonly Candidate[], health: HealthView | undefined): Fault | undefined {
  const open = candidates.filter((each) => each.fell === "breaker-open").map((each) => each.target);
  return open.length === 0 || health === undefined ? undefined : openFault(open, (target) => health.of(target).opensInMs ?? 0);
}

/** Says when the first of them may be asked again. */
export function openFault(targets: readonly Target[], opensInMs: (target: Target) => number): Fault {
  const retryAfterMs = targets.reduce((least, target) => Math.min(least, opensInMs(target)), Number.POSITIVE_INFINITY);
  const say = `Every model that this call may go to failed of late and is not asked now: ${targets.map(({ model }) => model).join(", ")}.`;
  return new Fault("no_target", { say, retryAfterMs: Number.isFinite(retryAfterMs) ? Math.max(1000, Math.ceil(retryAfterMs)) : 1000 });
}
