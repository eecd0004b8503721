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
      // Batches are of whole writes of the journal, so they may be much smaller than was asked for.
      else if (tookMs < FAST_MS) size = Math.min(MOST, Math.max(size, events * 2));
    },
  };
}
