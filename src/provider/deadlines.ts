import type { Clock } from "../kernel/clock.ts";
import type { Timeouts } from "../domain/target.ts";

/** Runs `task` every so many milliseconds until the function it returns is called. Must not hold the process open. */
export type Every = (milliseconds: number, task: () => void) => () => void;

/** One exchange under watch. The holder writes `waiting` and `heard`, which costs nothing per chunk: no clock, no timer. */
export type Deadline = {
  /** A byte is being waited for. Silence counts only then: an upstream is not late while our own reader is slow. */
  waiting: boolean;
  /** Something came since the last look. */
  heard: boolean;
  /** Longest silence after the first byte. May be shortened. */
  idleMs: number;
  /** Whoever waits for the answer. Gone is late. */
  caller: AbortSignal | undefined;
  readonly firstByteMs: number;
  readonly totalMs: number;
  readonly startedMs: number;
  readonly onLate: () => void;
  begun: boolean;
  lastMs: number;
};

export type Deadlines = {
  /** Calls `onLate` once when a timeout has passed, never early and at most two ticks late, or at the tick after `caller` was aborted. */
  watch(timeouts: Timeouts, caller: AbortSignal, onLate: () => void): Deadline;
  end(deadline: Deadline): void;
};

/** Well below the smallest timeout that makes sense for a model, and a walk over thousands of entries takes microseconds. */
export const TICK_MS = 100;
/** A tick that comes later than this says that this process stood still; bytes may be waiting unread. */
const STALL_MS = 1000;

/** One timer for all exchanges under way; none while there are none. */
export function createDeadlines(deps: { readonly clock: Clock; readonly every: Every }): Deadlines {
  const entries = new Set<Deadline>();
  let stop: (() => void) | undefined;
  let lastTickMs = 0;

  const look = (entry: Deadline, nowMs: number): void => {
    if (entry.heard) {
      entry.heard = false;
      entry.begun = true;
      entry.lastMs = nowMs;
    } else if (!entry.waiting) entry.lastMs = nowMs;
    const silenceMs = nowMs - entry.lastMs;
    const late = silenceMs >= (entry.begun ? entry.idleMs : entry.firstByteMs) || nowMs - entry.startedMs >= entry.totalMs;
    if (!late && entry.caller?.aborted !== true) return;
    entries.delete(entry);
    entry.onLate();
  };
  const tick = (): void => {
    const nowMs = deps.clock.monotonicMs();
    const stalled = nowMs - lastTickMs > STALL_MS;
    lastTickMs = nowMs;
    if (stalled) return;
    if (entries.size === 0) {
      stop?.();
      stop = undefined;
      return;
    }
    for (const entry of entries) look(entry, nowMs);
  };

  return {
    watch(timeouts, caller, onLate) {
      const nowMs = deps.clock.monotonicMs();
      const { firstByteMs, idleMs, totalMs } = timeouts;
      const entry: Deadline = {
        waiting: true,
        heard: false,
        begun: false,
        startedMs: nowMs,
        lastMs: nowMs,
        firstByteMs,
        idleMs,
        totalMs,
        caller,
        onLate,
      };
      entries.add(entry);
      if (stop === undefined) {
        lastTickMs = nowMs;
        stop = deps.every(TICK_MS, tick);
      }
      return entry;
    },
    end(deadline) {
      entries.delete(deadline);
    },
  };
}
