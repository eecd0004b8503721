import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import type { After } from "./timer.ts";

export type WaitLineOptions = {
  /** One more is refused at once: a longer line would only be refused later. */
  readonly lengthMax: number;
  readonly waitMs: number;
  readonly full: () => Fault;
  readonly expired: () => Fault;
};

/** First come, first served: a bounded line of callers who wait for something that comes back soon. */
export type WaitLine<Ask> = {
  readonly length: number;
  /** What the first in line asks for. */
  peek(): Ask | undefined;
  /** What all of them ask for, in order. */
  asks(): Iterable<Ask>;
  /** Resolves when served. Rejects when the line is full, the wait was too long, or the caller went away. */
  join(ask: Ask, signal?: AbortSignal): Promise<void>;
  /** Lets the first one go. */
  serve(): void;
  /** Refuses those that `which` picks (all of them unless given). */
  refuse(fault: Fault, which?: (ask: Ask) => boolean): void;
};

type Waiter<Ask> = { readonly ask: Ask; readonly deadlineMs: number; readonly leave: (fault: Fault | undefined) => void };

export function createWaitLine<Ask>(deps: { readonly clock: Clock; readonly after: After }, options: WaitLineOptions): WaitLine<Ask> {
  const { clock, after } = deps;
  /** A set keeps the order of arrival, and one in the middle can go at no cost. */
  const waiters = new Set<Waiter<Ask>>();
  let timerOff: (() => void) | undefined;

  const first = (): Waiter<Ask> | undefined => waiters.values().next().value;

  /** All wait equally long, so one timer for the first is enough. */
  const arm = (): void => {
    const head = first();
    if (head === undefined) {
      timerOff?.();
      timerOff = undefined;
    } else timerOff ??= after(Math.max(1, Math.ceil(head.deadlineMs - clock.monotonicMs())), expire);
  };
  const expire = (): void => {
    timerOff = undefined;
    const nowMs = clock.monotonicMs();
    for (const waiter of waiters) {
      if (waiter.deadlineMs > nowMs) break;
      waiter.leave(options.expired());
    }
    arm();
  };

  return {
    get length() {
      return waiters.size;
    },
    peek: () => first()?.ask,
    *asks() {
      for (const waiter of waiters) yield waiter.ask;
    },
    join(ask, signal) {
      if (signal?.aborted === true) return Promise.reject(new Fault("client_gone"));
      if (waiters.size >= options.lengthMax) return Promise.reject(options.full());
      return new Promise<void>((resolve, reject) => {
        const gone = (): void => waiter.leave(new Fault("client_gone"));
        const waiter: Waiter<Ask> = {
          ask,
          deadlineMs: clock.monotonicMs() + options.waitMs,
          leave(fault) {
            waiters.delete(waiter);
            signal?.removeEventListener("abort", gone);
            if (waiters.size === 0) arm();
            if (fault === undefined) resolve();
            else reject(fault);
          },
        };
        waiters.add(waiter);
        signal?.addEventListener("abort", gone, { once: true });
        arm();
      });
    },
    serve: () => first()?.leave(undefined),
    refuse(fault, which = () => true) {
      for (const waiter of waiters) if (which(waiter.ask)) waiter.leave(fault);
    },
  };
}
