/** In which an old observation loses two thirds of its weight. */
const DECAY_MS = 10_000;

/**
 * Average that follows a rise at once and a fall slowly (peak EWMA, as in Finagle's load balancer): one slow answer is a warning. Without
 * observations it sinks, so that what was slow is tried again.
 */
export function createPeakEwma() {
  let value: number | undefined;
  let atMs = 0;
  return {
    observe(ms: number, nowMs: number): void {
      const kept = Math.exp(-Math.max(0, nowMs - atMs) / DECAY_MS);
      value = value === undefined || ms > value ? ms : value * kept + ms * (1 - kept);
      atMs = nowMs;
    },
    read: (nowMs: number): number | undefined =>
      value === undefined ? undefined : value * Math.exp(-Math.max(0, nowMs - atMs) / DECAY_MS),
    forget(): void {
      value = undefined;
    },
  };
}
