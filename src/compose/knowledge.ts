import type { Ingest } from "../ingest/index.ts";
import type { Jobs } from "../queue/index.ts";
import type { Retrieve } from "../retrieve/index.ts";
import type { Engine } from "../store/index.ts";
import { createIndexLag, type IndexLag } from "./index-lag.ts";
import { composeIngest, type IngestPartsDeps } from "./ingest.ts";
import { composeJobs } from "./jobs.ts";

export type KnowledgeParts = {
  readonly ingest: Ingest;
  readonly retrieve: Retrieve;
  /** What outlives its call: see src/queue. */
  readonly jobs: Jobs;
  readonly indexLag: IndexLag;
  start(): void;
  /** Tells everything to stop at its next step, and waits for it. */
  stop(): Promise<void>;
};

/** Documents, the way into their index, and the jobs that bring them along it. */
export function composeKnowledge(deps: Omit<IngestPartsDeps, "jobs"> & { readonly db: Engine }): KnowledgeParts {
  const { db, log } = deps;
  const jobs = composeJobs({ db, log });
  const { ingest, retrieve } = composeIngest({ ...deps, jobs });
  const indexLag = createIndexLag({ read: ingest.indexLagSeconds, log });
  return {
    ingest,
    retrieve,
    jobs,
    indexLag,
    start() {
      jobs.start();
      indexLag.start();
    },
    async stop() {
      indexLag.stop();
      // Both at once: a job that waits for a reader ends with it.
      await Promise.all([jobs.stop(), ingest.close()]);
    },
  };
}
