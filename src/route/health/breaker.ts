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
export type Pass = {
  readonly era: number;
  readonly isProbe: boolean;
  /** It was a probe, and has done well so far: only its end, where it is bad, still says something. */
  readonly isProven?: true | undefined;
};
export type Outcome = "good" | "bad" | "neither";

export type Breaker = {
  /** As others may see it: `open` while a probe is under way. */
  state(nowMs: number): "closed" | "open" | "half-open";
  /** Until the next probe may go; 0 where a call may go now. */
  opensInMs(nowMs: number): number;
  /** undefined: the target is not to be asked. Each pass comes back exactly once. */
  enter(nowMs: number): Pass | undefined;
  /**
   * The first part has come. A probe has done well by that: its place is free for the next one, however long its answer is. Returns the pass that
   * is to come back in place of this one.
   */
  began(pass: Pass, nowMs: number): Pass;
  leave(pass: Pass, outcome: Outcome, nowMs: number): void;
  /** Closes it where it is open, as if it had never opened. */
  free(nowMs: number): void;
  /** Times that it has opened. */
  readonly opened: number;
};

/** Whether it is open, and for how long. */
function createLid(options: () => BreakerOptions) {
  let openedMs = 0;
  let closedMs = Number.NEGATIVE_INFINITY;
  let openForMs = 0;
  const lid = {
    isOpen: false,
    /** Times that it has opened. */
    opened: 0,
    open(nowMs: number): void {
      const { openMs, openMsMax } = options();
      const isFlapping = lid.isOpen || nowMs - closedMs < CALM_MS;
      openForMs = Math.min(openMsMax, isFlapping && openForMs > 0 ? openForMs * 2 : openMs);
      lid.isOpen = true;
      openedMs = nowMs;
      lid.opened++;
    },
    /** `calm`: as if it had not been open. */
    close(nowMs: number, calm = false): void {
      lid.isOpen = false;
      closedMs = calm ? Number.NEGATIVE_INFINITY : nowMs;
    },
    waitMs: (nowMs: number): number => (lid.isOpen ? Math.max(0, openedMs + openForMs - nowMs) : 0),
  };
  return lid;
}

const isTooMuch = ({ share, callsMin }: BreakerOptions, { calls, bad }: { readonly calls: number; readonly bad: number }): boolean =>
  calls >= callsMin && bad >= share * calls;

/**
 * Closed → open after failures in a row, or a share of them in a window; open → half-open after a time; half-open → closed after
 * successful probes, → open after one that failed. Time is monotonic and handed in. `options` is read anew each time.
 */
export function createBreaker(options: () => BreakerOptions): Breaker {
  const window = createWindow(() => options().windowMs);
  const lid = createLid(options);
  let era = 0;
  let inRow = 0;
  let probed = 0;
  let probing = false;

  const open = (nowMs: number): void => {
    lid.open(nowMs);
    era++;
    probed = 0;
    probing = false;
  };
  const close = (nowMs: number, calm = false): void => {
    lid.close(nowMs, calm);
    era++;
    inRow = 0;
    probing = false;
    window.clear();
  };
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
    if (inRow >= options().failures || isTooMuch(options(), window.count(nowMs))) open(nowMs);
  };
  /** A probe that did well breaks now: the breaker that it kept ajar or closed opens again; where others have closed it since, it is one failure. */
  const afterProven = (pass: Pass, nowMs: number): void => {
    if (pass.era === era) open(nowMs);
    else if (!lid.isOpen) afterCall("bad", nowMs);
  };

  return {
    state(nowMs) {
      if (!lid.isOpen) return "closed";
      return lid.waitMs(nowMs) > 0 || probing ? "open" : "half-open";
    },
    opensInMs: (nowMs) => (probing ? Math.max(1, lid.waitMs(nowMs)) : lid.waitMs(nowMs)),
    enter(nowMs) {
      if (!lid.isOpen) return { era, isProbe: false };
      if (lid.waitMs(nowMs) > 0 || probing) return undefined;
      probing = true;
      return { era, isProbe: true };
    },
    began(pass, nowMs) {
      if (!pass.isProbe || pass.era !== era) return pass;
      afterProbe("good", nowMs);
      return { era, isProbe: false, isProven: true };
    },
    free(nowMs) {
      if (lid.isOpen) close(nowMs, true);
    },
    leave(pass, outcome, nowMs) {
      if (pass.isProven === true && outcome === "bad") afterProven(pass, nowMs);
      if (pass.era !== era || pass.isProven === true) return;
      if (pass.isProbe) afterProbe(outcome, nowMs);
      else if (!lid.isOpen) afterCall(outcome, nowMs);
    },
    get opened() {
      return lid.opened;
    },
  };
}
