import { monthOf, nextMonthMs } from "../kernel/clock.ts";
import type { ParsedEvent } from "./ship-batch.ts";

/** Sees to it that the months of events have their partitions. */
export type Partitions = {
  /** For events that are about to be shipped: nearly always there already. */
  prepare(events: readonly ParsedEvent[]): Promise<void>;
  /** This month and the two that follow. To be called at start and now and then. */
  prepareAhead(nowMs: number): Promise<void>;
  /** Somebody may have removed one: ask the database again. */
  forget(): void;
};

/** `create` makes the partitions of these months, `YYYY-MM`, where they are missing. */
export function createPartitions(create: (periods: readonly string[]) => Promise<void>): Partitions {
  const there = new Set<string>();
  const ensure = async (periods: Iterable<string>): Promise<void> => {
    const missing = [...new Set(periods)].filter((period) => !there.has(period));
    if (missing.length === 0) return;
    await create(missing);
    for (const period of missing) there.add(period);
  };
  return {
    prepare: (events) => ensure(monthsOf(events)),
    async prepareAhead(nowMs) {
      const second = nextMonthMs(nowMs);
      await ensure([nowMs, second, nextMonthMs(second)].map(monthOf));
    },
    forget: () => there.clear(),
  };
}

/** Most events of a batch are of the month of the one before them. */
function monthsOf(events: readonly ParsedEvent[]): ReadonlySet<string> {
  const periods = new Set<string>();
  let sinceMs = 0;
  let untilMs = 0;
  for (const { facts } of events) {
    const at = facts.createdAtMs;
    if (at >= sinceMs && at < untilMs) continue;
    sinceMs = at;
    untilMs = nextMonthMs(at);
    periods.add(monthOf(at));
  }
  return periods;
}
