import { setTimeout as sleep } from "node:timers/promises";
import { pruneReportTexts } from "../admin/index.ts";
import type { Stages } from "../chat/index.ts";
import type { Config } from "../config/index.ts";
import type { Clock } from "../kernel/clock.ts";
import { createServiceFetch } from "../http/index.ts";
import { Fault } from "../kernel/fault.ts";
import type { TenantId } from "../kernel/ids.ts";
import {
  createDataKeys,
  createEncryptedObjects,
  createTenantObjects,
  type Blobs,
  type DataKeys,
  type ObjectStore,
} from "../object/index.ts";
import { openObjectStore } from "../operate/index.ts";
import { createContentLog, createContentSample, keepsContent, needsScrubber, type ContentLog, type Scrub } from "../record/index.ts";
import { listHeld, type Held } from "../store/holds.ts";
import type { Database } from "../store/index.ts";
import { eachTenant } from "../store/tenants.ts";
import { describeError, type Log } from "../telemetry/index.ts";

export type ObjectParts = {
  readonly objects: ObjectStore;
  /** The same, as it lies there. */
  readonly blobs: Blobs;
  readonly dataKeys: DataKeys;
  readonly contentLog: ContentLog;
  readonly keepsContent: Stages["keepsContent"];
  /** How long content may stay from now on; what is older goes with the next pruning. */
  reconfigure(next: Pick<Config, "retention">): void;
  /** Deletes the chat logs whose date has come, of every tenant, but for what is held. */
  prune(): Promise<void>;
  start(): void;
  close(): Promise<void>;
};

type Deps = {
  readonly config: Config;
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  /** undefined: what is to be scrubbed is not kept. */
  readonly scrub: Scrub | undefined;
};

/** A Fault of the store is worded without anything secret. */
const describeStore = (error: unknown) => (error instanceof Fault ? { code: error.code, reason: error.message } : describeError(error));

/** Four times a day is often enough for files that are kept by the day. */
const PRUNE_MS = 6 * 3_600_000;

/** Where files and chat logs are kept, encrypted, and what is kept of calls' content. */
export function composeObjects({ config, db, clock, log, scrub }: Deps): ObjectParts {
  const fetch = createServiceFetch(config.outbound.ca);
  const { blobs, wrappers, firstKeys } = openObjectStore({ fetch, nowMs: clock.nowMs, wait: (ms) => sleep(ms) }, config);
  const dataKeys = createDataKeys({ blobs, wrappers, nowMs: clock.nowMs });
  const objects = createEncryptedObjects(createTenantObjects(blobs), dataKeys, firstKeys);
  let keptDays = config.retention.contentDays;
  const contentLog = createContentLog({
    objects,
    scrub,
    nowMs: clock.nowMs,
    keptDays: () => keptDays,
    onLost: (error, calls) => log.error("content of calls could not be kept", { calls, ...describeError(error) }),
  });
  const prune = async (): Promise<void> => {
    const held = await listHeld(db, new Date(clock.nowMs()));
    for await (const { id } of eachTenant(db)) {
      await pruneTenant(contentLog, id, held.get(id));
      if (held.get(id) === undefined) await pruneReportTexts(objects, id, clock.nowMs());
    }
  };
  let pruning: ReturnType<typeof setInterval> | undefined;
  return {
    objects,
    blobs,
    dataKeys,
    contentLog,
    prune,
    keepsContent: createContentRule({ config, log, scrubs: scrub !== undefined }),
    reconfigure(next) {
      keptDays = next.retention.contentDays;
    },
    start() {
      // Known before the first upload; it holds up nothing, because calls need no object.
      void blobs
        .list("data-keys/", { limit: 1 })
        .catch((error: unknown) => log.error("the object store cannot be used", describeStore(error)));
      contentLog.start();
      pruning = setInterval(
        () => void prune().catch((error: unknown) => log.error("chat logs could not be pruned", describeError(error))),
        PRUNE_MS,
      );
      pruning.unref();
    },
    async close() {
      clearInterval(pruning);
      await contentLog.close();
    },
  };
}

/** What a hold is on stays, whatever its age: all of it, or the lines of an end user. */
async function pruneTenant(log: ContentLog, tenantId: TenantId, held: Held | undefined): Promise<void> {
  if (held === undefined) await log.prune(tenantId);
  else if (!held.whole) await log.prune(tenantId, ({ endUser }) => endUser !== undefined && held.digests.has(endUser));
}

/** By the tenant's policy; that a policy cannot be followed is said once a tenant. */
function createContentRule(deps: { readonly config: Config; readonly log: Log; readonly scrubs: boolean }): Stages["keepsContent"] {
  const { config, log, scrubs } = deps;
  const inSample = createContentSample(config.secret, config.chatLogs.sampleShare);
  const told = new Set<TenantId>();
  return ({ who, requestId }) => {
    const { id: tenantId, contentPolicy } = who.tenant;
    if (!scrubs && needsScrubber(contentPolicy) && !told.has(tenantId)) {
      told.add(tenantId);
      log.warn("no content is kept for this tenant: its policy asks for scrubbed content, and there is no scrubber", {
        tenantId,
        contentPolicy,
      });
    }
    return keepsContent(contentPolicy, { tenantId, requestId }, { scrubs, inSample });
  };
}
