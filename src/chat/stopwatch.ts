import type { AttemptTimes, Step, Timings } from "../domain/timings.ts";

/** Monotonic milliseconds of one attempt. */
export type AttemptMarks = { readonly beganMs: number; readonly firstMs: number | undefined; readonly endedMs: number };

/** Notes when a call goes through the steps of its path: one look at the clock a step. */
export type Stopwatch = {
  readonly startedMs: number;
  reached(step: Step): void;
  /** Time of the rules for answers, in milliseconds; added up. */
  addAnswerRules(ms: number): void;
  timings(attempts: readonly AttemptMarks[]): Timings;
};

/** `waitedMs`: from the call's arrival until now. */
export function createStopwatch(monotonicMs: () => number, waitedMs: number): Stopwatch {
  const startedMs = monotonicMs();
  const marks: Partial<Record<Step, number>> = {};
  let rulesMs: number | undefined;
  const since = (ms: number): number => Math.max(0, Math.round((ms - startedMs) * 1000));
  return {
    startedMs,
    reached(step) {
      marks[step] = since(monotonicMs());
    },
    addAnswerRules(ms) {
      rulesMs = (rulesMs ?? 0) + ms;
    },
    timings: (attempts) => ({
      admitUs: Math.max(0, Math.round(waitedMs)) * 1000,
      ...marks,
      attempts: attempts.map(({ beganMs, firstMs, endedMs }): AttemptTimes => ({
        beganUs: since(beganMs),
        ...(firstMs === undefined ? {} : { firstUs: since(firstMs) }),
        endedUs: since(endedMs),
      })),
      ...(rulesMs === undefined ? {} : { answerRulesUs: Math.round(rulesMs * 1000) }),
    }),
  };
}
