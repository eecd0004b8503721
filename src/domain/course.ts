import type { Fault } from "../kernel/fault.ts";
import type { Target } from "./target.ts";

/** One attempt that may be made now. */
export type Step = {
  readonly target: Target;
  /** The target with no more time than the caller has left: what a provider is asked with. */
  readonly timed: Target;
  /** The first part has come. */
  answered(): void;
  /**
   * The target has answered, and is to be asked once more at once: from here on the step is that attempt. false: none may be made, because
   * attempts or time are over, its repeats are used up, or its breaker is open.
   */
  again(): boolean;
  /** How it ended, once; undefined: whole. `aborted`: our own caller left, or this server must go. */
  end(fault: Fault | undefined, aborted?: boolean): void;
};

/** The attempts of one call, one after the other, within its plan, its time and the limits on repeats. */
export type Course = {
  /**
   * The next attempt, perhaps after a wait; undefined: there is none. Asked for again only after the step before it has ended, and while
   * nothing has been sent. `repeats` false: no target is asked again, for which nobody would wait, as there is an answer already. Throws
   * `client_gone` or its like when `signal` aborts the wait.
   */
  next(signal: AbortSignal, may?: { readonly repeats: boolean }): Promise<Step | undefined>;
  /** Why there is none: the last attempt's fault, or that none could be made. */
  why(): Fault;
};
