import { createShadows, type Shadows } from "../chat/index.ts";
import type { Budgets } from "../admit/index.ts";
import type { Metrics } from "../telemetry/index.ts";

type Deps = { readonly budgets: Pick<Budgets, "open">; readonly live: Set<AbortController>; readonly metrics: Pick<Metrics, "shadow"> };

/** Copies of calls: reserved in the budgets like any call, and counted in no rate and no room. */
export const composeShadows = ({ budgets, live, metrics }: Deps): Shadows =>
  createShadows({
    live,
    dropped: (why) => metrics.shadow("none", why),
    admit(who, startedAtMs, signal) {
      const hold = budgets.open(who, startedAtMs);
      return {
        budgeted: hold.budgets.length > 0,
        budgets: hold.budgets,
        reserve: (microUsd) => hold.raise(microUsd, signal),
        settle: ({ microUsd }) => hold.settle(microUsd),
      };
    },
  });
