import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import type { After } from "./timer.ts";
import { createWaitLine } from "./wait-line.ts";

export type RoomLimits = { readonly callsInFlight: number; readonly callsQueued: number; readonly queueWaitMs: number };

/** How many calls run at once. Each `enter` that succeeded is followed by exactly one `leave`. */
export type Room = {
  readonly inFlight: number;
  readonly queued: number;
  /** Nothing where there is room, else a promise that resolves in order of arrival. Throws or rejects `busy`, `draining`, `client_gone`. */
  enter(signal?: AbortSignal): void | Promise<void>;
  leave(): void;
  /** Other limits from now on: who waits moves up where there is more room, and nobody inside is put out. */
  resize(limits: RoomLimits): void;
  /** From now on nobody enters; those who wait are refused, those inside finish. */
  drain(): void;
  /** Resolves when nobody is inside. */
  whenEmpty(): Promise<void>;
};

/** A place comes free within a call's length, which is seconds: sooner would only meet the same line. */
const RETRY_AFTER_MS = 1_000;
const busy = (): Fault => new Fault("busy", { retryAfterMs: RETRY_AFTER_MS });
const drained = (): Fault => new Fault("draining", { retryAfterMs: RETRY_AFTER_MS });

export function createRoom(deps: { readonly clock: Clock; readonly after: After }, first: RoomLimits): Room {
  let limits = first;
  const line = createWaitLine<undefined>(deps, {
    get lengthMax() {
      return limits.callsQueued;
    },
    get waitMs() {
      return limits.queueWaitMs;
    },
    full: busy,
    expired: busy,
  });
  let inFlight = 0;
  let draining = false;
  let tellEmpty: (() => void)[] = [];

  return {
    get inFlight() {
      return inFlight;
    },
    get queued() {
      return line.length;
    },
    enter(signal) {
      if (draining) throw drained();
      if (inFlight < limits.callsInFlight && line.length === 0) {
        inFlight++;
        return undefined;
      }
      return line.join(undefined, signal);
    },
    leave() {
      // The place is handed to the first in line, so nobody can slip in between.
      if (line.length > 0 && inFlight <= limits.callsInFlight) {
        line.serve();
        return;
      }
      inFlight--;
      if (inFlight > 0) return;
      for (const tell of tellEmpty) tell();
      tellEmpty = [];
    },
    resize(next) {
      limits = next;
      for (; inFlight < limits.callsInFlight && line.length > 0; inFlight++) line.serve();
    },
    drain() {
      draining = true;
      line.refuse(drained());
    },
    whenEmpty: () => (inFlight === 0 ? Promise.resolve() : new Promise((resolve) => tellEmpty.push(resolve))),
  };
}
