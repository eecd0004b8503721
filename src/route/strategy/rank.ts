import { assertNever } from "../../kernel/assert-never.ts";
import type { Ranking } from "../../domain/ranking.ts";
import type { HealthView } from "../../domain/target-health.ts";
import type { Target } from "../../domain/target.ts";
import { cheapest } from "./cheapest.ts";
import { byLatency } from "./latency.ts";
import { leastBusy } from "./least-busy.ts";
import { certain, type Order } from "./order.ts";
import { sticky } from "./sticky.ts";
import { weighted } from "./weighted.ts";

/** `chance`: with which the first was to be first. */
export type Ranked = { readonly targets: readonly Target[]; readonly chance: number };

/**
 * Eligible targets in the order of a strategy. The chance is over everything that the dice decide: recorded with the call, it lets
 * another policy be judged on recorded traffic. Pure: dice and view are handed in.
 */
export function rank(targets: readonly Target[], how: Ranking, view: HealthView, dice: () => number): Ranked {
  if (targets.length < 2) return { targets, chance: 1 };
  const { kept, ejected } = withoutEjected(targets, view);
  const order = byStrategy(kept, how, view, dice);
  const last = new Set(ejected);
  return mixed(
    { targets: [...order.targets, ...ejected], chanceOf: (target) => (last.has(target) ? 0 : order.chanceOf(target)) },
    how,
    dice,
  );
}

function byStrategy(targets: readonly Target[], how: Ranking, view: HealthView, dice: () => number): Order {
  switch (how.strategy) {
    case "priority":
      return certain(targets);
    case "weighted":
      return weighted(targets, how, dice);
    case "least-busy":
      return leastBusy(targets, view, dice);
    case "latency":
      return byLatency(targets, view, dice);
    case "cheapest":
      return cheapest(targets);
    case "sticky":
      return sticky(targets, how);
    default:
      return assertNever(how.strategy);
  }
}

/** Slow outliers come last, as fallbacks. Never more than half of the targets: the others must bear their load. */
function withoutEjected(
  targets: readonly Target[],
  view: HealthView,
): { readonly kept: readonly Target[]; readonly ejected: readonly Target[] } {
  let room = Math.floor(targets.length / 2);
  const ejected = targets.filter((target) => view.of(target).ejected === true && room-- > 0);
  return ejected.length === 0 ? { kept: targets, ejected } : { kept: targets.filter((target) => !ejected.includes(target)), ejected };
}

const share = (wish: number | undefined): number => Math.min(1, Math.max(0, wish ?? 0));

/**
 * Moves another target to the front for the shares of calls that explore, or keep a secondary warm. The chance is over all ways to this
 * first target: the strategy's own, any target alike, or any that the strategy did not choose.
 */
function mixed(order: Order, how: Ranking, dice: () => number): Ranked {
  const { targets } = order;
  const [chosen] = targets;
  const explore = share(how.explore);
  const warm = Math.min(1 - explore, share(how.warm));
  if (chosen === undefined) return { targets, chance: 1 };
  if (explore + warm === 0) return { targets, chance: order.chanceOf(chosen) };
  const count = targets.length;
  const point = dice();
  let at = 0;
  if (point < explore) at = Math.min(count - 1, Math.floor(dice() * count));
  else if (point < explore + warm) at = 1 + Math.min(count - 2, Math.floor(dice() * (count - 1)));
  const first = targets[at] ?? chosen;
  const own = order.chanceOf(first);
  return {
    targets: first === chosen ? targets : [first, ...targets.filter((target) => target !== first)],
    chance: (1 - explore - warm) * own + explore / count + (warm * (1 - own)) / (count - 1),
  };
}
