import type { Fault } from "../kernel/fault.ts";
import type { ProviderState } from "./provider-state.ts";
import type { Target } from "./target.ts";

/** How a target is doing, as far as this process has seen. Numbers and words only; read once for each plan. */
export type TargetHealth = {
  /** `open`: not to be asked now. `half-open`: the next call to it is a probe; while one is under way, others read `open`. */
  readonly state: "closed" | "open" | "half-open";
  /** Calls of this process that the target answers now. */
  readonly inFlight: number;
  /** Peak EWMA of the time to the first part; undefined: not known yet. */
  readonly latencyMs: number | undefined;
  /** Calls that wait at the provider, where it tells. */
  readonly queueDepth: number | undefined;
  /** Until a new call would begin there, where that is known. */
  readonly startsInMs?: number | undefined;
  /** Until the next probe, where `open`. */
  readonly opensInMs?: number | undefined;
  /** Much slower than others that serve the same model: asked last, for a time. */
  readonly ejected?: boolean | undefined;
  /** An operator has taken its provider out; absent: it is on. */
  readonly out?: Exclude<ProviderState, "on"> | undefined;
};

export type HealthView = { of(target: Target): TargetHealth };

/** One attempt at a target, from asking it to its end. */
export type Visit = {
  /** The first part has come. */
  answered(): void;
  /**
   * How it ended; called again it does nothing. `fault` undefined: whole. `cut`: our own caller's time was up or it left, which says
   * nothing about the target.
   */
  end(fault: Fault | undefined, cut?: boolean): void;
};

/** What an attempt is. */
export type Entering = {
  /** By a call that the target has failed before. */
  readonly isRepeat?: boolean;
  /** Of a judge or a copy: how callers are served does not show in it. */
  readonly isBeside?: boolean;
};

/** Who is asked before a target is, and told what came of it. */
export type TargetDoor = {
  /** undefined: its breaker is open, another call probes it, or its provider was taken out. */
  enter(target: Target, as?: Entering): Visit | undefined;
  /** Takes one repeat from the target's retry budget. False: there is none left. */
  mayRepeat(target: Target): boolean;
  /** Until the target may be asked again; 0 where it may be now. */
  opensInMs(target: Target): number;
};
