import { setTimeout as sleep } from "node:timers/promises";
import type { GuardPolicy } from "../domain/guard-policy.ts";
import { principalIdOf } from "../domain/principal.ts";
import { createIngest, type Ingest, type IngestDeps } from "../ingest/index.ts";
import type { DecisionLog } from "../record/index.ts";
import type { Qdrant } from "../qdrant/index.ts";
import { createPostgresIndex, createRetriever, withServingGate, type Retrieve } from "../retrieve/index.ts";
import { tenantScope } from "../store/index.ts";
import { getTenant } from "../store/tenants.ts";
import { describeError, type Log } from "../telemetry/index.ts";
import type { DenseParts } from "./dense.ts";
import type { DetectorParts } from "./detectors.ts";

export type IngestPartsDeps = Pick<
  IngestDeps,
  "db" | "objects" | "clock" | "jobs" | "indexed" | "gated" | "contextLine" | "contextSkipped"
> & {
  readonly log: Log;
  readonly detectors: DetectorParts;
  readonly decisions: Pick<DecisionLog, "change" | "note">;
  /** Of the configuration, as it stands. */
  policy(): Pick<GuardPolicy, "injection">;
  /** undefined: documents are found by words alone. */
  readonly dense?: Pick<DenseParts, "vectors" | "dense">;
  readonly qdrant?: Qdrant | undefined;
};

/** Documents in, passages out. Both know the detectors' revision: what was found under this one is not looked for again. */
export function composeIngest(deps: IngestPartsDeps): { ingest: Ingest; retrieve: Retrieve } {
  const { db, objects, clock, log, detectors, decisions, policy, jobs, indexed, gated, contextLine, contextSkipped } = deps;
  const index = withServingGate(createPostgresIndex({ db, clock, guardRev: detectors.rev, qdrant: deps.qdrant }), (at) =>
    log.error("the index gave a broken chunk", at),
  );
  const retrieve = createRetriever({ index, dense: deps.dense?.dense });
  const ingest = createIngest({
    db,
    objects,
    clock,
    jobs,
    indexed,
    gated,
    contextLine,
    contextSkipped,
    wait: (ms, signal) => sleep(ms, undefined, { signal }).catch(() => undefined),
    onError: (name, error) => log.error("background work failed", { name, ...describeError(error) }),
    detectors,
    retrieve,
    vectors: deps.dense?.vectors,
    injectionMode: async (tenantId) => (await getTenant(db, tenantId)).guard?.injection ?? policy().injection,
    quarantined: ({ tenantId, fileId, chunks }) =>
      decisions.note({
        category: "security",
        action: "quarantine.hold",
        outcome: "denied",
        tenantId,
        actor: "server",
        resource: fileId,
        reason: `chunks:${chunks}`,
      }),
    audited: (who, { action, resource, to }, work) =>
      decisions.change(tenantScope(who.tenant.id), async (bound) => {
        await work(bound);
        const changed = { quarantine: { old: "held", new: to } };
        const by = { actor: principalIdOf(who), role: who.role };
        return {
          made: undefined,
          tenantId: who.tenant.id,
          decision: { category: "security", action, outcome: "granted", ...by, resource, changed },
        };
      }),
  });
  return { ingest, retrieve };
}
