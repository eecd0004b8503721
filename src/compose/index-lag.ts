import { describeError, type Log } from "../telemetry/index.ts";

export type IndexLag = {
  /** Of the oldest file that is on its way into an index, as it was looked at last. */
  seconds(): number;
  start(): void;
  stop(): void;
};

/** A scrape must not wait for the database; a lag is told in minutes. */
const LOOK_EVERY_MS = 10_000;

export function createIndexLag({ read, log }: { readonly read: () => Promise<number>; readonly log: Log }): IndexLag {
  let seconds = 0;
  let timer: ReturnType<typeof setInterval> | undefined;
  const look = (): void =>
    void read().then(
      (found) => (seconds = found),
      (error: unknown) => log.warn("the lag of indexing could not be read", describeError(error)),
    );
  return {
    seconds: () => seconds,
    start() {
      look();
      timer = setInterval(look, LOOK_EVERY_MS);
      timer.unref();
    },
    stop: () => clearInterval(timer),
  };
}
