import { Fault } from "../kernel/fault.ts";

/** Runs once after `ms`; the returned function calls it off. A parameter like the clock: tests move it. */
export type After = (ms: number, run: () => void) => () => void;

/** Never keeps the process alive: what waits here is held by a connection or is not worth waiting for. */
export const systemAfter: After = (ms, run) => {
  const timer = setTimeout(run, ms);
  timer.unref();
  return () => clearTimeout(timer);
};

/** Rejects `store_unavailable` where the database has not answered in time. What it still does is then of no interest. */
export function withDeadline<T>(after: After, ms: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const off = after(ms, () => reject(new Fault("store_unavailable")));
    void work.finally(off).then(resolve, reject);
  });
}

async function settle(job: () => Promise<void>): Promise<void> {
  try {
    await job();
  } catch {
    // The job's own state says that it failed: what it was to refresh grows stale.
  }
}

/** Runs `job` again and again, `ms` after each start or at once where it took longer. A job that fails is its own affair. */
export function createRepeat(after: After, ms: number, job: () => Promise<void>): { start(): void; stop(): void } {
  let cancel: (() => void) | undefined;
  let stopped = false;
  const cycle = async (): Promise<void> => {
    const due = new Promise<void>((resolve) => {
      cancel = after(ms, resolve);
    });
    await settle(job);
    await due;
    if (!stopped) void cycle();
  };
  return {
    start: () => void cycle(),
    stop() {
      stopped = true;
      cancel?.();
    },
  };
}
