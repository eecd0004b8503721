import { setTimeout as sleep } from "node:timers/promises";
import { getBySlug } from "../admin/index.ts";
import type { Change } from "../admit/index.ts";
import type { Config } from "../config/index.ts";
import type { ErasuresDeps } from "../http/index.ts";
import type { Ingest } from "../ingest/index.ts";
import type { Clock } from "../kernel/clock.ts";
import { tenantIds, type ProcessId } from "../kernel/ids.ts";
import type { Qdrant } from "../qdrant/index.ts";
import {
  createErasureJobs,
  createErasureRequests,
  createHolds,
  type ErasureDeps,
  type ErasureJobs,
  type ErasureRequests,
  type Holds,
} from "../operate/index.ts";
import type { DecisionLog, RecordParts } from "../record/index.ts";
import type { Engine } from "../store/index.ts";
import type { Log } from "../telemetry/index.ts";
import type { ObjectParts } from "./objects.ts";

export type ErasureParts = {
  readonly jobs: ErasureJobs;
  readonly endpoints: { readonly erasures: ErasuresDeps; readonly holds: Holds };
  readonly holds: Holds;
  /** Behind the endpoints: what asks for a job without beginning it. */
  readonly requests: ErasureRequests;
};

type Deps = {
  readonly config: Pick<Config, "secret">;
  readonly db: Engine;
  readonly clock: Clock;
  readonly log: Log;
  readonly processId: ProcessId;
  readonly record: RecordParts;
  readonly decisions: DecisionLog;
  readonly stored: ObjectParts;
  readonly ingest: Ingest;
  readonly qdrant: Qdrant | undefined;
  /** Every cache of this process hears of it. */
  changed(change: Change): void;
};

/** Tenants and end users that are to be erased, and what stands against it. */
export function composeErasure({
  config,
  db,
  clock,
  log,
  processId,
  record,
  decisions,
  stored,
  ingest,
  changed,
  qdrant,
}: Deps): ErasureParts {
  const deps: ErasureDeps = {
    db,
    clock,
    log,
    secret: config.secret,
    processId,
    wait: (ms) => sleep(ms),
    objects: stored.objects,
    dataKeys: stored.dataKeys,
    content: { files: stored.contentLog.files, flush: stored.contentLog.flush },
    record,
    decisions,
    knowledge: {
      deleteFile: ingest.deleteFile,
      deleteCollection: async (tenantId, id) => void (await ingest.deleteCollection(tenantId, id)),
      cleaned: ingest.idle,
    },
    qdrant,
    forget: changed,
  };
  const jobs = createErasureJobs(deps);
  const requests = createErasureRequests(deps);
  const holds = createHolds(deps);
  const erasures: ErasuresDeps = {
    async eraseTenant(who, slug) {
      const { jobId, tenantId } = await requests.eraseTenant(who, slug);
      changed({ kind: "tenant", tenantId, id: tenantId });
      jobs.kick();
      return { jobId };
    },
    async eraseSubject(who, slug, endUser) {
      const made = await requests.eraseSubject(who, slug, endUser);
      jobs.kick();
      return made;
    },
    get: requests.get,
    list: requests.list,
    // One that is erased has no slug any more.
    tenantIdOf: async (name) => (tenantIds.is(name) ? name : (await getBySlug(db, name)).id),
  };
  return { jobs, requests, holds, endpoints: { erasures, holds } };
}
