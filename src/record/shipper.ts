import { Fault } from "../kernel/fault.ts";
import { createAttempts, errorCode } from "./attempts.ts";
import { comparePositions, type Position } from "./journal-line.ts";
import type { RecordLog } from "./record-log.ts";
import { createShipLane, type LaneDeps } from "./ship-lane.ts";
import type { ShipSource } from "./ship-source.ts";

/** Carries this process's journal into the ledger as it grows. */
export type Shipper = {
  /** Resolves when everything written to the journal before this call is in the ledger; rejects with `store_unavailable`. */
  flush(): Promise<void>;
  /** Ships what there is. To be called a few times a second; while the database is away it tries less and less often. */
  tick(): void;
  readonly backlog: Backlog;
  /** No new batch begins; resolves when the one under way is done. */
  stop(): Promise<void>;
};
export type Backlog = {
  /** Written and not in the ledger yet, in the newest file. */
  readonly bytes: number;
  /** Since the ledger last had everything. */
  readonly sinceMs: number;
};

type Waiter = { readonly until: Position; readonly resolve: (reached: true) => void };

export function createShipper(deps: LaneDeps & { readonly log: RecordLog }, own: ShipSource): Shipper {
  const { clock, log } = deps;
  const lane = createShipLane(deps, own);
  let waiters: Waiter[] = [];
  let stopped = false;
  let lastError: unknown;
  let wholeAtMs = clock.nowMs();

  const isShipped = (until: Position): boolean => lane.at !== undefined && comparePositions(lane.at, until) >= 0;
  const tell = (): void => {
    const reached = waiters.filter(({ until }) => isShipped(until));
    if (reached.length === 0) return;
    waiters = waiters.filter((waiter) => !reached.includes(waiter));
    for (const { resolve } of reached) resolve(true);
  };
  const goOn = async (): Promise<boolean> => {
    const more = !stopped && (await lane.step());
    tell();
    return more;
  };
  const attempts = createAttempts(
    clock,
    async () => {
      while (await goOn());
      if (isShipped(own.end)) wholeAtMs = clock.nowMs();
    },
    (error, pauseMs) => {
      log.warn("ledger.not-shipped", { pauseMs, code: errorCode(error) });
      lastError = error;
    },
  );

  return {
    async flush() {
      const until = own.end;
      // An attempt that is about to end may have missed what came last: then another one begins.
      while (!isShipped(until)) {
        if (stopped) throw new Fault("store_unavailable");
        const reached = new Promise<boolean>((resolve) => waiters.push({ until, resolve }));
        if (!(await Promise.race([reached, attempts.run()]))) throw new Fault("store_unavailable", {}, { cause: lastError });
      }
    },
    tick() {
      if (stopped || !attempts.due) return;
      if (!isShipped(own.end)) void attempts.run();
      else wholeAtMs = clock.nowMs();
    },
    get backlog() {
      const { file, offset } = own.end;
      const bytes = lane.at?.file === file ? offset - lane.at.offset : offset;
      return { bytes, sinceMs: clock.nowMs() - wholeAtMs };
    },
    async stop() {
      stopped = true;
      if (!attempts.idle) await attempts.run();
    },
  };
}
