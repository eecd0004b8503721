import { readCondition, type Config } from "../config/index.ts";
import type { Clock } from "../kernel/clock.ts";
import { systemDice } from "../kernel/dice.ts";
import { complexityOf, createComplexityRanks, expectedOutputTokens, languageOf, type RouterOptions } from "../route/index.ts";
import { tenantScope, type Database } from "../store/database.ts";
import { sumUsage } from "../store/ledger-usage.ts";
import { describeError, type Log, type Metrics } from "../telemetry/index.ts";
import { createDayCounts, type DayCounts } from "./day-counts.ts";

/** What routing needs besides targets and rules; outlives a configuration. */
export type Routing = {
  readonly day: DayCounts;
  optionsOf(config: Pick<Config, "routingThreshold">): Pick<RouterOptions, "read" | "signals" | "dice" | "conditionFailed">;
};

type Deps = {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Pick<Metrics, "conditionFailed">;
};

export function composeRouting({ db, clock, log, metrics }: Deps): Routing {
  const day = createDayCounts({
    clock,
    findEarlier: async (tenantId, fromMs) => (await sumUsage(db, tenantScope(tenantId), { tenantId, fromMs, toMs: undefined })).calls,
    failed: (error) => log.warn("calls of today could not be counted, so routing counts this process's only", describeError(error)),
  });
  const ranks = createComplexityRanks();
  return {
    day,
    optionsOf: ({ routingThreshold = 0 }) => ({
      read: readCondition,
      dice: systemDice,
      conditionFailed: tellOnce(log, metrics),
      signals: {
        complexity: complexityOf,
        complexityRank: (tenantId, complexity, dry) => ranks.rankOf(tenantId, complexity, !dry),
        expectedOutputTokens,
        language: languageOf,
        requestsToday: day.of,
        routingThreshold,
        nowMs: clock.nowMs,
      },
    }),
  };
}

/** Every failure is counted; the log has the first of each rule, since the next call is likely to fail alike. */
function tellOnce(log: Log, metrics: Deps["metrics"]): RouterOptions["conditionFailed"] {
  const told = new Set<string>();
  return (route, at) => {
    metrics.conditionFailed(route, at + 1);
    const name = `${route} ${String(at)}`;
    if (told.has(name)) return;
    told.add(name);
    log.warn("a routing condition could not be told for a call: the rule applies if it narrows, else not", { route, rule: at + 1 });
  };
}
