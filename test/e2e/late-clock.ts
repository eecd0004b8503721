import { systemClock, type Clock } from "../../src/kernel/clock.ts";

/** The real time, whose monotonic part a test moves on: a minute passes at once, while timers go on as ever. */
export function createLateClock(): Clock & { skip(ms: number): void } {
  let skippedMs = 0;
  return {
    nowMs: systemClock.nowMs,
    monotonicMs: () => systemClock.monotonicMs() + skippedMs,
    skip(ms) {
      skippedMs += ms;
    },
  };
}
