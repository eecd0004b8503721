import type { Measured } from "./metrics-text.ts";

/** How fast a server ends requests. */
export type Pace = {
  /** When a request that comes now would get its place. Readings are handed in as they come, oldest first. */
  startsInMs(measured: Pick<Measured, "waiting" | "finished">, nowMs: number): number | undefined;
};

/** Long enough that some requests end in it, short enough to follow a change of load. */
const WINDOW_MS = 10_000;

/**
 * Little's law: a queue of n that empties by r a second is over after n / r. A request that ends makes place for one that waits, so the
 * pace is how many have ended in the last ten seconds. Where none has, one is assumed: the wait is then at least what is told.
 */
export function createPace(): Pace {
  let samples: { readonly atMs: number; readonly finished: number }[] = [];
  return {
    startsInMs({ waiting, finished }, nowMs) {
      if (finished !== undefined) {
        // A counter that falls belongs to a server that began anew.
        if (finished < (samples.at(-1)?.finished ?? 0)) samples = [];
        samples.push({ atMs: nowMs, finished });
        while (samples.length > 2 && nowMs - (samples[0]?.atMs ?? nowMs) > WINDOW_MS) samples.shift();
      }
      if (waiting === 0) return 0;
      const first = samples[0];
      const last = samples.at(-1);
      if (first === undefined || last === undefined || last.atMs === first.atMs) return undefined;
      return Math.round((waiting * (last.atMs - first.atMs)) / Math.max(1, last.finished - first.finished));
    },
  };
}
