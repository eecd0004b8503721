import { PING_EVERY_MS } from "../kernel/limits.ts";

/** How often silence is looked for: pings come between nine and ten seconds of it. */
const TICK_MS = 1000;

export type Quiet = { lastMs: number; ping(): void };

/** One timer for all open streams: a timer for each would cost more than the streams' parts. */
export type StreamPacer = {
  watch(quiet: Quiet): void;
  forget(quiet: Quiet): void;
  nowMs(): number;
  stop(): void;
};

export function createStreamPacer(monotonicMs: () => number): StreamPacer {
  const watched = new Set<Quiet>();
  const timer = setInterval(() => {
    const now = monotonicMs();
    for (const quiet of watched) {
      if (now - quiet.lastMs < PING_EVERY_MS - TICK_MS) continue;
      quiet.lastMs = now;
      quiet.ping();
    }
  }, TICK_MS);
  timer.unref();
  return {
    watch: (quiet) => void watched.add(quiet),
    forget: (quiet) => void watched.delete(quiet),
    nowMs: monotonicMs,
    stop: () => clearInterval(timer),
  };
}
