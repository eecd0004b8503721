import type { EmbedOrder, ChatOrder, LoadOrder, RankOrder, Report } from "./lines.ts";
import { isLast } from "./lines.ts";
import type { ModelProcess, StartModelProcess } from "./model-process.ts";

export type Engine = {
  /** Starts the process and loads the model where that has not been done. Rejects with why it cannot be used. */
  load(): Promise<void>;
  /** `on` hears every report of the job, the last one exactly once, whatever becomes of the process. */
  run(job: NewJob, on: (report: Report) => void): RunningJob;
  readonly pid: number | undefined;
  close(): void;
};
export type NewJob = Omit<ChatOrder, "id"> | Omit<EmbedOrder, "id"> | Omit<RankOrder, "id">;
export type RunningJob = { cancel(): void };

export type EngineDeps = {
  readonly start: StartModelProcess;
  readonly monotonicMs: () => number;
};

/** A model that could not be loaded is not tried again at every call. */
const RETRY_AFTER_MS = 10_000;

type Live = { readonly process: ModelProcess; readonly jobs: Map<number, (report: Report) => void>; readonly loaded: Promise<void> };
type Failure = { readonly why: string; readonly atMs: number };

/** Keeps one process for one model: started when first needed, and again after it died. */
export function createEngine(order: LoadOrder, { start, monotonicMs }: EngineDeps): Engine {
  let live: Live | undefined;
  let failure: Failure | undefined;
  let nextId = 1;
  let closed = false;

  const begin = (): Live => {
    const jobs = new Map<number, (report: Report) => void>();
    const loading = Promise.withResolvers<void>();
    // Whoever asks for it gets the rejection; nobody has to.
    loading.promise.catch(() => undefined);
    let over = false;
    const end = (why: string, wasLoaded: boolean): void => {
      if (over) return;
      over = true;
      if (live === made) live = undefined;
      if (!wasLoaded && !closed) failure = { why, atMs: monotonicMs() };
      loading.reject(new Error(why));
      const code = wasLoaded ? "target_broken" : "target_down";
      for (const [id, hear] of jobs) hear({ type: "refused", id, code });
      jobs.clear();
    };
    let loaded = false;
    const process = start({
      report(report) {
        if (report.type === "loaded") {
          loaded = true;
          failure = undefined;
          return loading.resolve();
        }
        if (report.type === "failed") {
          end(report.why, false);
          return process.kill();
        }
        const hear = jobs.get(report.id);
        if (isLast(report)) jobs.delete(report.id);
        hear?.(report);
      },
      exit: () => end("its process ended", loaded),
    });
    const made: Live = { process, jobs, loaded: loading.promise };
    process.tell(order);
    return made;
  };

  const current = (): Live | undefined => {
    if (closed) return undefined;
    if (live !== undefined) return live;
    if (failure !== undefined && monotonicMs() - failure.atMs < RETRY_AFTER_MS) return undefined;
    return (live = begin());
  };

  return {
    async load() {
      const here = current();
      if (here === undefined) throw new Error(failure?.why ?? "it was closed");
      await here.loaded;
    },
    run(job, on) {
      const id = nextId++;
      const here = current();
      if (here === undefined) {
        queueMicrotask(() => on({ type: "refused", id, code: "target_down" }));
        return { cancel: () => undefined };
      }
      here.jobs.set(id, on);
      here.process.tell({ ...job, id });
      return {
        cancel() {
          if (here.jobs.has(id)) here.process.tell({ type: "cancel", id });
        },
      };
    },
    get pid() {
      return live?.process.pid;
    },
    close() {
      closed = true;
      live?.process.kill();
    },
  };
}
