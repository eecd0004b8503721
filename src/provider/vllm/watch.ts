import type { Clock } from "../../kernel/clock.ts";
import { Fault } from "../../kernel/fault.ts";
import { readMetrics, type Measured } from "./metrics-text.ts";
import { createPace } from "./pace.ts";

/** How one vLLM server is doing, as it said at most two seconds ago. */
export type VllmReading = {
  /** Requests that wait for a place in a batch. */
  readonly queueDepth: number;
  readonly running: number;
  /** Of the KV cache, from 0 to 1. */
  readonly cacheUsage: number | undefined;
  readonly adapters: Measured["adapters"];
  /** How long a request that comes now will wait for its place, by the pace of the last ten seconds; undefined: not known yet. */
  readonly startsInMs: number | undefined;
};

/** Whoever has metrics to read: a provider of `engine: vllm`. */
export type MetricsSource = { metrics?(signal: AbortSignal): Promise<string> };

export type VllmWatch = {
  /** undefined: no vLLM, not read yet, or not read for two seconds. Unknown is never taken for idle. */
  of(provider: string): VllmReading | undefined;
  /** Watches these from now on, and no others. A server that is watched already keeps what is known of it. */
  follow(providers: ReadonlyMap<string, MetricsSource>): void;
  start(): void;
  stop(): void;
};

export type VllmWatchDeps = {
  readonly clock: Pick<Clock, "monotonicMs">;
  /** Runs once after so many milliseconds; the returned function calls it off. */
  readonly after: (ms: number, run: () => void) => () => void;
  /** Told when a server's metrics cannot be read any more, and when they can again. `why` holds none of its text. */
  told?(provider: string, why: string | undefined): void;
};

export type VllmWatchOptions = {
  /** From the start of one reading to the next: with what a reading takes, a deep queue is known within a second. */
  readonly everyMs?: number;
  /** A reading that takes longer is given up. */
  readonly readMs?: number;
};

const EVERY_MS = 500;
/** A server under load answers late, and that is when its queue matters most. */
const READ_MS = 1000;
/** What is older says nothing about now. */
export const STALE_MS = 2000;
/** A server that does not answer is asked more and more rarely, at most this far apart: a reading costs it little. */
const BACKOFF_MS_MAX = 5000;

/** Reads the metrics of all vLLM servers, each on its own: a slow one holds up no other. */
export function createVllmWatch(deps: VllmWatchDeps, options: VllmWatchOptions = {}): VllmWatch {
  const watched = new Map<string, Watched>();
  let running = false;
  return {
    of: (provider) => watched.get(provider)?.reading(),
    follow(providers) {
      for (const [name, one] of watched) {
        if (providers.get(name) === one.source) continue;
        one.stop();
        watched.delete(name);
      }
      for (const [name, source] of providers) {
        if (source.metrics === undefined || watched.has(name)) continue;
        const one = watchOne(deps, options, name, source);
        watched.set(name, one);
        if (running) one.start();
      }
    },
    start() {
      if (running) return;
      running = true;
      for (const one of watched.values()) one.start();
    },
    stop() {
      running = false;
      for (const one of watched.values()) one.stop();
    },
  };
}

type Watched = { readonly source: MetricsSource; reading(): VllmReading | undefined; start(): void; stop(): void };

/** Words of faults are about calls; a path that is not there is no missing model. */
export function whyUnread(error: unknown): string {
  if (error instanceof Fault && error.code === "target_missing") return "the server has nothing at /metrics";
  return error instanceof Error ? error.message : "unknown";
}

function watchOne(deps: VllmWatchDeps, options: VllmWatchOptions, name: string, source: MetricsSource): Watched {
  const { everyMs = EVERY_MS, readMs = READ_MS } = options;
  const pace = createPace();
  let last: { readonly reading: VllmReading; readonly atMs: number } | undefined;
  let failures = 0;
  let off: (() => void) | undefined;
  let controller: AbortController | undefined;

  const read = async (signal: AbortSignal): Promise<void> => {
    const text = await source.metrics?.(signal);
    const measured = text === undefined ? undefined : readMetrics(text);
    if (measured === undefined) throw new Error("what /metrics answers is not vLLM's");
    const atMs = deps.clock.monotonicMs();
    last = { atMs, reading: toReading(measured, pace.startsInMs(measured, atMs)) };
  };
  const turn = async (): Promise<void> => {
    const own = new AbortController();
    controller = own;
    const startedMs = deps.clock.monotonicMs();
    const late = deps.after(readMs, () => own.abort());
    let failed: unknown;
    try {
      await read(own.signal);
    } catch (error) {
      failed = error;
    }
    late();
    // Stopped meanwhile, or stopped and started again.
    if (controller !== own) return;
    if (failed === undefined && failures > 0) deps.told?.(name, undefined);
    if (failed !== undefined && failures === 0) deps.told?.(name, whyUnread(failed));
    failures = failed === undefined ? 0 : failures + 1;
    const pauseMs = failures === 0 ? everyMs : Math.min(BACKOFF_MS_MAX, everyMs * 2 ** Math.min(failures, 10));
    off = deps.after(Math.max(0, pauseMs - (deps.clock.monotonicMs() - startedMs)), () => void turn());
  };
  return {
    source,
    reading: () => (last === undefined || deps.clock.monotonicMs() - last.atMs > STALE_MS ? undefined : last.reading),
    start: () => void turn(),
    stop() {
      off?.();
      controller?.abort();
      controller = undefined;
    },
  };
}

const toReading = ({ waiting, running, cacheUsage, adapters }: Measured, startsInMs: number | undefined): VllmReading => ({
  queueDepth: waiting,
  running,
  cacheUsage,
  adapters,
  startsInMs,
});
