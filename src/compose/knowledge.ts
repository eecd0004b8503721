import { setTimeout as sleep } from "node:timers/promises";
import type { Config } from "../config/index.ts";
import { createServiceFetch } from "../http/index.ts";
import type { Ingest, Sources } from "../ingest/index.ts";
import type { Jobs } from "../queue/index.ts";
import type { Retrieve } from "../retrieve/index.ts";
import type { Engine } from "../store/index.ts";
import { createIndexLag, type IndexLag } from "./index-lag.ts";
import { composeIngest, type IngestPartsDeps } from "./ingest.ts";
import { composeJobs } from "./jobs.ts";
import { composeSources, toConfigured } from "./sources.ts";

const SOURCES_AFTER_MS = 500;
const waitAborted = (ms: number, signal: AbortSignal): Promise<void> => sleep(ms, undefined, { signal }).catch(() => undefined);

export type KnowledgeParts = {
  readonly ingest: Ingest;
  readonly retrieve: Retrieve;
  /** What outlives its call: see src/queue. */
  readonly jobs: Jobs;
  readonly sources: Sources;
  readonly indexLag: IndexLag;
  start(): void;
  reconfigure(config: Config): void;
  /** Tells everything to stop at its next step, and waits for it. */
  stop(): Promise<void>;
};

/** Documents, the way into their index, and the jobs that bring them along it. */
export function composeKnowledge(deps: Omit<IngestPartsDeps, "jobs"> & { readonly db: Engine; readonly config: Config }): KnowledgeParts {
  const { db, clock, log, config } = deps;
  const jobs = composeJobs({ db, log });
  const { ingest, retrieve } = composeIngest({ ...deps, jobs });
  const s3 = { fetch: createServiceFetch(config.outbound.ca), nowMs: clock.nowMs, wait: (ms: number) => sleep(ms) };
  const sourcing = { db, clock, log, jobs, ingest, s3, dataDir: config.dataDir, wait: waitAborted };
  const sources = composeSources(sourcing, config.sources);
  const indexLag = createIndexLag({ read: ingest.indexLagSeconds, log });
  let timer: ReturnType<typeof setTimeout> | undefined;
  return {
    ingest,
    retrieve,
    jobs,
    sources,
    indexLag,
    start() {
      jobs.start();
      indexLag.start();
      // After the server listens, as the jobs themselves.
      timer = setTimeout(sources.start, SOURCES_AFTER_MS);
      timer.unref();
    },
    reconfigure: (next) => sources.replace(toConfigured(sourcing, next.sources)),
    async stop() {
      clearTimeout(timer);
      indexLag.stop();
      // Both at once: a job that waits for a reader ends with it.
      await Promise.all([jobs.stop(), ingest.close()]);
    },
  };
}
