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

type Live = {
  readonly process: ModelProcess;
  readonly jobs: Map<number, (report: Report) => void>;
  readonly loaded: Promise<void>;
};
type Failure = { readonly why: string; readonly atMs: number };

/** Keeps one process for one model: started when first needed, and again after it died. */
export function createEngine(order: LoadOrder, { start, monotonicMs }: EngineDeps): Engine {
  let live: Live | undefined;
  let failure: Failure | undefined;
  let nextId = 1;
  let closed = false;

  const current = (): Live | undefined => {
    if (closed) return undefined;
    if (live !== undefined) return live;
    if (failure !== undefined && monotonicMs() - failure.atMs < RETRY_AFTER_MS) return undefined;
    const begun = begin(order, start, (why) => {
      if (live === begun) live = undefined;
      failure = why === undefined ? undefined : { why, atMs: monotonicMs() };
    });
    return (live = begun);
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

/** `over` hears once that the process can do no more, and why where the model was never loaded. */
function begin(order: LoadOrder, start: StartModelProcess, over: (why: string | undefined) => void): Live {
  const jobs: Live["jobs"] = new Map();
  const loading = Promise.withResolvers<void>();
  // Whoever asks for it gets the rejection; nobody has to.
  loading.promise.catch(() => undefined);
  let state: "loading" | "loaded" | "over" = "loading";

  const end = (why: string): void => {
    if (state === "over") return;
    const wasLoaded = state === "loaded";
    state = "over";
    over(wasLoaded ? undefined : why);
    loading.reject(new Error(why));
    for (const [id, hear] of jobs) hear({ type: "refused", id, code: wasLoaded ? "target_broken" : "target_down" });
    jobs.clear();
  };
  const hearReport = (report: Report): void => {
    if (state === "over") return;
    if (report.type === "loaded") {
      state = "loaded";
      loading.resolve();
    } else if (report.type === "failed") {
      end(report.why);
      process.kill();
    } else {
      const hear = jobs.get(report.id);
      if (isLast(report)) jobs.delete(report.id);
      hear?.(report);
    }
  };
  const process = start({ report: hearReport, exit: () => end("its process ended") });
  process.tell(order);
  return { process, jobs, loaded: loading.promise };
}
