import type { HealthView } from "../../domain/target-health.ts";
import type { Target } from "../../domain/target.ts";
import { certain, type Order } from "./order.ts";

/**
 * Power of two choices: of two targets drawn, the one with the lower cost, peak EWMA of the time to the first part times the calls under
 * way there and this one (as in Finagle). Always taking the best of all would send every call of a moment to the same target.
 */
export function byLatency(targets: readonly Target[], view: HealthView, dice: () => number): Order {
  const count = targets.length;
  if (count < 2) return certain(targets);
  const seen = targets.map((target) => ({ target, health: view.of(target) }));
  // Not known yet counts as the fastest known: it is tried, and its calls under way still count.
  const fastest = seen.reduce(
    (least, { health }) => Math.min(least, health.latencyMs ?? Number.POSITIVE_INFINITY),
    Number.POSITIVE_INFINITY,
  );
  const otherwise = Number.isFinite(fastest) ? fastest : 1;
  const sorted = seen
    .map(({ target, health }) => ({ target, cost: Math.max(health.latencyMs ?? otherwise, 0.001) * (health.inFlight + 1) }))
    .toSorted((a, b) => a.cost - b.cost)
    .map(({ target }) => target);
  const one = Math.min(count - 1, Math.floor(dice() * count));
  const other = Math.min(count - 2, Math.floor(dice() * (count - 1)));
  const first = Math.min(one, other >= one ? other + 1 : other);
  const chosen = sorted[first];
  return {
    targets: chosen === undefined ? sorted : [chosen, ...sorted.filter((target) => target !== chosen)],
    // Of all pairs, those in which it is the better one.
    chanceOf: (target) => (count - 1 - sorted.indexOf(target)) / ((count * (count - 1)) / 2),
  };
}
