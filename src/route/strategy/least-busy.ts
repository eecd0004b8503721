import type { HealthView, TargetHealth } from "../../domain/target-health.ts";
import type { Target } from "../../domain/target.ts";
import type { Order } from "./order.ts";

/**
 * Who can start soonest first: by what the providers themselves tell where all do, then by the calls that are under way or wait, which
 * holds the balance from one reading of theirs to the next. Among equal ones the dice decide, or all would go to the first.
 */
export function leastBusy(targets: readonly Target[], view: HealthView, dice: () => number): Order {
  const seen = targets.map((target) => ({ target, health: view.of(target) }));
  const allTell = seen.every(({ health }) => health.startsInMs !== undefined);
  const waitOf = (health: TargetHealth): number => (allTell ? (health.startsInMs ?? 0) : 0);
  const sorted = seen
    .map(({ target, health }) => ({ target, wait: waitOf(health), busy: busyOf(health), tie: dice() }))
    .toSorted((a, b) => a.wait - b.wait || a.busy - b.busy || a.tie - b.tie);
  const equal = sorted.filter(({ wait, busy }) => wait === sorted[0]?.wait && busy === sorted[0]?.busy).map(({ target }) => target);
  return { targets: sorted.map(({ target }) => target), chanceOf: (target) => (equal.includes(target) ? 1 / equal.length : 0) };
}

const busyOf = ({ inFlight, queueDepth }: TargetHealth): number => inFlight + (queueDepth ?? 0);
