import type { Clock } from "../kernel/clock.ts";

/**
 * How much is leased ahead of need: a minute of spending or so, found by how long the last slice lasted, and never much of the budget.
 * As long as it lasts, the database may be away.
 */
export type Slice = {
  readonly microUsd: number;
  /** Before each lease. `callMicroUsd` is what the call that needs it wants, 0 where none waits. */
  adapt(callMicroUsd: number, limitMicroUsd: number, tight: boolean): void;
  /** So little is left of the budget that nothing should lie where no call needs it: others may. */
  isTight(leftMicroUsd: number): boolean;
};

const FIRST_CALLS = 4;
/** Of an ample budget the first slice is more than a few calls: what was never spent from has no pace to go by. */
const FIRST_SHARE = 256;
/** It lasted less than this: doubled. More than that: halved. */
const SHORT_MS = 30_000;
const LONG_MS = 120_000;
/** A burst must not make one slice of the whole budget. */
const SLICES_MIN = 64;
const TIGHT_SLICES = 8;

export function createSlice(clock: Clock): Slice {
  let microUsd = 0;
  let leasedAtMs = Number.NEGATIVE_INFINITY;
  return {
    get microUsd() {
      return microUsd;
    },
    adapt(callMicroUsd, limitMicroUsd, tight) {
      const nowMs = clock.monotonicMs();
      const lastedMs = nowMs - leasedAtMs;
      leasedAtMs = nowMs;
      if (microUsd === 0) microUsd = Math.max(callMicroUsd * FIRST_CALLS, Math.floor(limitMicroUsd / FIRST_SHARE));
      else if (tight || lastedMs > LONG_MS) microUsd = Math.ceil(microUsd / 2);
      else if (lastedMs < SHORT_MS) microUsd *= 2;
      microUsd = Math.max(callMicroUsd, Math.min(microUsd, Math.floor(limitMicroUsd / SLICES_MIN)));
    },
    isTight: (leftMicroUsd) => leftMicroUsd < TIGHT_SLICES * microUsd,
  };
}
