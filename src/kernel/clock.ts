/** Time is a parameter everywhere else: tests move it, nothing sleeps. */
export type Clock = {
  /** Wall clock, epoch milliseconds. */
  nowMs(): number;
  /** Monotonic milliseconds with fractions, for durations only. */
  monotonicMs(): number;
};

export const systemClock: Clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };

/** A clock that stands until it is moved. */
export function createFakeClock(startMs: number): Clock & { advance(ms: number): void } {
  let now = startMs;
  return {
    nowMs: () => now,
    monotonicMs: () => now,
    advance(ms) {
      now += ms;
    },
  };
}

/** `YYYY-MM` of the calendar month in UTC: the period of every budget. */
export function monthOf(epochMs: number): string {
  return new Date(epochMs).toISOString().slice(0, 7);
}

/** First millisecond of the month after the one that holds `epochMs`, UTC. */
export function nextMonthMs(epochMs: number): number {
  const at = new Date(epochMs);
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 1);
}

export const toIso = (epochMs: number): string => new Date(epochMs).toISOString();
