import type { HealthView, TargetHealth } from "../../domain/target-health.ts";
import type { Target } from "../../domain/target.ts";
import type { Order } from "./order.ts";

/**
 * Who can start soonest first: by what the providers themselves tell where all do, else by the calls that are under way or wait. Among
 * equal ones the dice decide, or all would go to the first.
 */
export function leastBusy(targets: readonly Target[], view: HealthView, dice: () => number): Order {
  const seen = targets.map((target) => ({ target, health: view.of(target) }));
  const allTell = seen.every(({ health }) => health.startsInMs !== undefined);
  const waitOf = (health: TargetHealth): number => (allTell ? (health.startsInMs ?? 0) : busyOf(health));
  const sorted = seen
    .map(({ target, health }) => ({ target, wait: waitOf(health), tie: dice() }))
    .toSorted((a, b) => a.wait - b.wait || a.tie - b.tie);
  const equal = sorted.filter(({ wait }) => wait === sorted[0]?.wait).map(({ target }) => target);
  return { targets: sorted.map(({ target }) => target), chanceOf: (target) => (equal.includes(target) ? 1 / equal.length : 0) };
}

const busyOf = ({ inFlight, queueDepth }: TargetHealth): number => inFlight + (queueDepth ?? 0);
