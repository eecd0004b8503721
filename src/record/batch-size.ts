/** How many events one transaction takes, so that it stays under its time on whatever database there is. */
export type BatchSize = {
  readonly events: number;
  took(events: number, tookMs: number): void;
};

const START = 64;
const LEAST = 16;
/** One message of about two megabytes. */
const MOST = 1024;
/**
 * PGlite has one connection, so the bound is 25 ms, and noise needs room. A server has others: there a batch may take longer, and what each
 * tenant costs once a batch is shared by more of its events.
 */
const PACE = { pglite: { slowMs: 18, fastMs: 10 }, postgres: { slowMs: 200, fastMs: 100 } } as const;

export function createBatchSize(engine: keyof typeof PACE = "pglite"): BatchSize {
  const { slowMs, fastMs } = PACE[engine];
  let size = START;
  return {
    get events() {
      return size;
    },
    took(events, tookMs) {
      if (tookMs > slowMs) size = Math.max(LEAST, Math.min(size, Math.ceil(events * (slowMs / tookMs) * 0.8)));
      // Batches are of whole writes of the journal, so they may be much smaller than was asked for.
      else if (tookMs < fastMs) size = Math.min(MOST, Math.max(size, events * 2));
    },
  };
}
