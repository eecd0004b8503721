/** How many events one transaction takes, so that it stays under its time on whatever database there is. */
export type BatchSize = {
  readonly events: number;
  took(events: number, tookMs: number): void;
};

const START = 64;
const LEAST = 16;
/** One message of about two megabytes. */
const MOST = 1024;
/** The bound is 25 ms; noise needs room. */
const SLOW_MS = 18;
const FAST_MS = 10;

export function createBatchSize(): BatchSize {
  let size = START;
  return {
    get events() {
      return size;
    },
    took(events, tookMs) {
      if (tookMs > SLOW_MS) size = Math.max(LEAST, Math.min(size, Math.ceil(events * (SLOW_MS / tookMs) * 0.8)));
      else if (tookMs < FAST_MS && events >= size) size = Math.min(MOST, Math.ceil(size * 1.5));
    },
  };
}
