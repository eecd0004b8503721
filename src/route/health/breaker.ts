import { createWindow } from "./window.ts";

export type BreakerOptions = {
  /** Failures one after the other that open it. */
  readonly failures: number;
  /** Share of failures within `windowMs`, 0 to 1, that opens it, once there are `callsMin`. */
  readonly share: number;
  readonly windowMs: number;
  readonly callsMin: number;
  /** Before the first probe. Twice as long each time it opens again before it was calm, at most `openMsMax`. */
  readonly openMs: number;
  readonly openMsMax: number;
  /** Successful probes, one at a time, that close it. */
  readonly probes: number;
};

/** Closed for this long, a breaker opens for `openMs` again, not longer: what flapped an hour ago says nothing about now. */
const CALM_MS = 600_000;

/** Given out to one call. A result of a call from before the last change of state says nothing about the state now. */
export type Pass = { readonly era: number; readonly isProbe: boolean };
export type Outcome = "good" | "bad" | "neither";

export type Breaker = {
  /** As others may see it: `open` while a probe is under way. */
  state(nowMs: number): "closed" | "open" | "half-open";
  /** Until the next probe may go; 0 where a call may go now. */
  opensInMs(nowMs: number): number;
  /** undefined: the target is not to be asked. Each pass comes back exactly once. */
  enter(nowMs: number): Pass | undefined;
  leave(pass: Pass, outcome: Outcome, nowMs: number): void;
  /** Times that it has opened. */
  readonly opened: number;
};

/**
 * Closed → open after failures in a row, or a share of them in a window; open → half-open after a time; half-open → closed after
 * successful probes, → open after one that failed. Time is monotonic and handed in. `options` is read anew each time.
 */
export function createBreaker(options: () => BreakerOptions): Breaker {
  const window = createWindow(() => options().windowMs);
  let era = 0;
  let inRow = 0;
  let isOpen = false;
  let openedMs = 0;
  let closedMs = Number.NEGATIVE_INFINITY;
  let openForMs = 0;
  let probed = 0;
  let probing = false;
  let opened = 0;

  const open = (nowMs: number): void => {
    const { openMs, openMsMax } = options();
    const isFlapping = isOpen || nowMs - closedMs < CALM_MS;
    openForMs = Math.min(openMsMax, isFlapping && openForMs > 0 ? openForMs * 2 : openMs);
    isOpen = true;
    openedMs = nowMs;
    era++;
    opened++;
    probed = 0;
    probing = false;
  };
  const close = (nowMs: number): void => {
    isOpen = false;
    closedMs = nowMs;
    era++;
    inRow = 0;
    window.clear();
  };
  const waitMs = (nowMs: number): number => (isOpen ? Math.max(0, openedMs + openForMs - nowMs) : 0);
  const afterProbe = (outcome: Outcome, nowMs: number): void => {
    probing = false;
    if (outcome === "bad") open(nowMs);
    else if (outcome === "good" && ++probed >= options().probes) close(nowMs);
  };
  const afterCall = (outcome: Outcome, nowMs: number): void => {
    if (outcome === "neither") return;
    window.add(outcome === "bad", nowMs);
    inRow = outcome === "bad" ? inRow + 1 : 0;
    if (outcome === "good") return;
    const { failures, share, callsMin } = options();
    const { calls, bad } = window.count(nowMs);
    if (inRow >= failures || (calls >= callsMin && bad >= share * calls)) open(nowMs);
  };

  return {
    state(nowMs) {
      if (!isOpen) return "closed";
      return waitMs(nowMs) > 0 || probing ? "open" : "half-open";
    },
    opensInMs: (nowMs) => (probing ? Math.max(1, waitMs(nowMs)) : waitMs(nowMs)),
    enter(nowMs) {
      if (!isOpen) return { era, isProbe: false };
      if (waitMs(nowMs) > 0 || probing) return undefined;
      probing = true;
      return { era, isProbe: true };
    },
    leave(pass, outcome, nowMs) {
      if (pass.era !== era) return;
      if (pass.isProbe) afterProbe(outcome, nowMs);
      else if (!isOpen) afterCall(outcome, nowMs);
    },
    get opened() {
      return opened;
    },
  };
}
