import type { Clock } from "../kernel/clock.ts";
import type { TenantId } from "../kernel/ids.ts";
import { createRepeat, withDeadline, type After } from "./timer.ts";

/** A tenant or key was made, changed, revoked or deleted; an end user (`subject`) of a tenant was erased; a policy of the platform went into production; or a provider was taken out or back in. */
export type Change = {
  readonly kind: "tenant" | "key" | "subject" | "policy" | "provider";
  readonly tenantId: TenantId;
  readonly id: string;
};

/** The database's own list of changes, numbered in the order in which they became visible. */
export type ChangeFeed = {
  /** Number of the newest one. */
  newest(): Promise<number>;
  /** Those after `seq`, in order; may be the first page of them. */
  since(seq: number): Promise<readonly (Change & { readonly seq: number })[]>;
};

/** Revocation reaches every process within 2 s: a second for the wait, one for the answer. */
export const POLL_EVERY_MS = 1_000;
/** With the database away, what is cached stays good for this long. */
export const FRESH_FOR_MS = 15 * 60_000;
/** A reading that takes longer is given up, so that the next one can start: a lost connection may never answer. */
export const POLL_MS_MAX = 10_000;
/** After a longer silence the feed may have been pruned below what was last seen, so everything is forgotten. */
export const SILENCE_MS_MAX = 5 * 60_000;

export type ChangeWatch = {
  /** Every change made before a moment in the last 15 minutes is known. */
  isFresh(): boolean;
  /** What is read from now on will be kept up to date. */
  readonly following: boolean;
  /** Reads the feed to its end. Concurrent calls share one reading. */
  poll(): Promise<void>;
  start(): void;
  stop(): void;
};

type Deps = {
  readonly feed: ChangeFeed;
  readonly clock: Clock;
  readonly after: After;
  readonly changed: (change: Change) => void;
  readonly forgetAll: () => void;
};

export function createChangeWatch({ feed, clock, after, changed, forgetAll }: Deps): ChangeWatch {
  let seq: number | undefined;
  let freshAtMs = clock.monotonicMs();
  let polling: Promise<void> | undefined;

  const read = async (): Promise<void> => {
    // What was committed before this moment is seen by the reads that follow it.
    const startedMs = clock.monotonicMs();
    if (seq === undefined || startedMs - freshAtMs > SILENCE_MS_MAX) {
      const newest = await feed.newest();
      forgetAll();
      seq = Math.max(seq ?? 0, newest);
    } else {
      for (let page = await feed.since(seq); page.length > 0; page = await feed.since(seq)) {
        for (const change of page) {
          changed(change);
          seq = Math.max(seq, change.seq);
        }
      }
    }
    freshAtMs = Math.max(freshAtMs, startedMs);
  };
  const poll = (): Promise<void> => {
    polling ??= withDeadline(after, POLL_MS_MAX, read()).finally(() => {
      polling = undefined;
    });
    return polling;
  };
  const repeat = createRepeat(after, POLL_EVERY_MS, poll);

  return {
    isFresh: () => clock.monotonicMs() - freshAtMs <= FRESH_FOR_MS,
    get following() {
      return seq !== undefined;
    },
    poll,
    start: () => repeat.start(),
    stop: () => repeat.stop(),
  };
}
