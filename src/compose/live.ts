import type { Config } from "../config/index.ts";
import type { Attempt, CallEvent } from "../domain/event.ts";
import type { AttemptTimes } from "../domain/timings.ts";
import type { Clock } from "../kernel/clock.ts";
import type { ProcessId } from "../kernel/ids.ts";
import { createObjectives, type Objectives } from "../operate/index.ts";
import type { Database } from "../store/index.ts";
import { createMinutes, describeError, type Counted, type Log, type Metrics, type Minutes } from "../telemetry/index.ts";

/** How calls are served at this moment, for whoever watches: in memory by the minute, and counted for the objectives. */
export type Live = {
  readonly minutes: Minutes;
  readonly objectives: Objectives;
  closed(event: CallEvent): void;
  /** The same metrics, from which refusals are heard. */
  watch(metrics: Metrics): Metrics;
};

/** Attempts at all models of a provider, under a name that no model can have. */
export const providerSeries = (provider: string): string => `@${provider}`;

export function composeLive(deps: {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly processId: ProcessId;
  config(): Config;
}): Live {
  const { db, clock, log, processId, config } = deps;
  const minutes = createMinutes(clock.nowMs);
  const objectives = createObjectives({
    db,
    nowMs: clock.nowMs,
    processId,
    targets: () => config().slo,
    onError: (error) => log.warn("what the objectives are reckoned from could not be written, and is tried again", describeError(error)),
  });
  return {
    minutes,
    objectives,
    closed(event) {
      const { outcome, code, latencyMs, firstPartMs, attempts, timings } = event;
      minutes.call({ outcome, code, latencyMs, firstPartMs });
      // Vectors and rankings come whole: when they begin says nothing.
      objectives.count({ outcome, code, firstPartMs: event.operation === undefined ? firstPartMs : undefined });
      for (const [at, attempt] of attempts.entries()) {
        const counted = { outcome: attempt.outcome, code: attempt.code, ...timesOf(attempt, timings?.attempts[at]) };
        minutes.attempt(attempt.model, counted);
        minutes.attempt(providerSeries(attempt.provider), counted);
      }
    },
    watch: (metrics) => ({
      ...metrics,
      refusal(code) {
        minutes.call({ outcome: "refused", code });
        objectives.count({ outcome: "refused", code });
        metrics.refusal(code);
      },
    }),
  };
}

/** From asking the target. Vectors and rankings come whole: when they begin is not told. */
function timesOf({ latencyMs }: Attempt, times: AttemptTimes | undefined): Pick<Counted, "latencyMs" | "firstPartMs"> {
  if (times === undefined) return { latencyMs };
  const { beganUs, firstUs, endedUs } = times;
  return { latencyMs: (endedUs - beganUs) / 1000, firstPartMs: firstUs === undefined ? undefined : (firstUs - beganUs) / 1000 };
}
