import { join } from "node:path";
import { findApprovedRoutes, PLATFORM } from "../admin/index.ts";
import { withApprovedRoutes, type ApprovedRoutes, type Config } from "../config/index.ts";
import { systemAfter, type Change } from "../admit/index.ts";
import type { Ingest } from "../ingest/index.ts";
import type { Clock } from "../kernel/clock.ts";
import { deriveKey, hmacHex } from "../kernel/hash.ts";
import { processIds, type ProcessId } from "../kernel/ids.ts";
import {
  createDecisionLog,
  createRecord,
  endUserDigest,
  readPriceBook,
  subjectIdOf,
  type DecisionLog,
  type RecordParts,
} from "../record/index.ts";
import { createProviderPool, type ProviderPool, type VllmWatch } from "../provider/index.ts";
import { createQdrant } from "../qdrant/index.ts";
import { releaseLeases, settleBudgets } from "../store/budgets.ts";
import type { Engine } from "../store/index.ts";
import { WHOLE_TENANT } from "../domain/reader.ts";
import { findCollectionId } from "../store/collections.ts";
import { createEventPartitions, dropEmptyPartitions } from "../store/ledger-partitions.ts";
import { sumSpent } from "../store/ledger-usage.ts";
import { takeSubjectSalt } from "../store/subjects.ts";
import { findDigestSalt, findTenantBySlug } from "../store/tenants.ts";
import { vacuumBusyTables } from "../store/upkeep.ts";
import { describeError, type Log, type Metrics } from "../telemetry/index.ts";
import { composeAbuse, type AbuseParts } from "./abuse.ts";
import { composeAdmission, type AdmissionParts } from "./admission.ts";
import { followApprovedRoutes, type FollowedRoutes } from "./approved-routes.ts";
import { createChangeHearers, listHearers, type ChangeHearers } from "./change-hearers.ts";
import { composeContextLine } from "./context-line.ts";
import { composeDense } from "./dense.ts";
import { composeContentScan, type ContentScanParts } from "./content-scan.ts";
import { composeChat, type ChatParts, type ChatPartsDeps } from "./chat.ts";
import { createEndUserDigests, type EndUserDigests } from "./end-user.ts";
import { composeGuard, type GuardParts } from "./guard.ts";
import { toSignIn } from "./identity.ts";
import { endCalls } from "./end-calls.ts";
import { composeErasure, type ErasureParts } from "./erasure.ts";
import { composeMetrics } from "./metrics.ts";
import { composeOperatingParts, probeAll, type OperatingParts } from "./operating-parts.ts";
import { composeKnowledge, type KnowledgeParts } from "./knowledge.ts";
import { composeObjects, type ObjectParts } from "./objects.ts";
import { createPersonalData } from "./personal-data.ts";
import { composeRouting } from "./routing.ts";
import { composeResilience, type Resilience } from "./resilience.ts";
import { composeShadows } from "./shadows.ts";
import type { Shadows } from "../chat/index.ts";
import { composeRollouts, type RolloutParts } from "./rollouts.ts";
import { composeTelemetry, type TelemetryParts } from "./telemetry.ts";
import { composeVllm } from "./vllm.ts";

export type PartsDeps = {
  readonly config: Config;
  readonly db: Engine;
  readonly clock: Clock;
  readonly log: Log;
  readonly pid: number;
  residentBytes(): number;
  /** Rules that were in production when this process began. */
  readonly approvedRoutes: ApprovedRoutes;
};

/** The graph of parts that one configuration makes; everything but lock, database and socket. */
export type Parts = {
  readonly record: RecordParts;
  /** Every decision that is no call. */
  readonly decisions: DecisionLog;
  readonly ingest: Ingest;
  readonly knowledge: KnowledgeParts;
  readonly stored: ObjectParts;
  readonly telemetry: TelemetryParts;
  readonly guard: GuardParts;
  readonly misuse: AbuseParts;
  readonly chat: ChatParts;
  readonly admission: AdmissionParts;
  readonly erasure: ErasureParts;
  readonly contentScan: ContentScanParts;
  readonly endUsers: EndUserDigests;
  /** How the vLLM servers are doing. */
  readonly vllm: VllmWatch;
  /** What is known of the targets. */
  readonly resilience: Resilience;
  /** What an operator watches and switches. */
  readonly operating: OperatingParts;
  readonly rollouts: RolloutParts;
  readonly shadows: Shadows;
  /** This process has changed a key or a tenant itself: its caches hear of it at once. */
  changed(change: Change): void;
  readonly metrics: Metrics;
  /** Before those of weir.yaml. Whoever hears that they changed calls `reconfigure`. */
  readonly approvedRoutes: FollowedRoutes;
  start(): Promise<void>;
  /** A graph of another configuration from now on. Calls under way keep theirs; what both have (connections, buckets, leases) stays. */
  reconfigure(config: Config): void;
  /** Of the calls under way. */
  readonly live: Set<AbortController>;
  /** Takes no new calls, waits for those under way, ships what they left. */
  drain(): Promise<void>;
};

/** What a dead process was indexing is taken up when its lease of a minute has ended. */
const RESUME_EVERY_MS = 60_000;

export function composeParts(deps: PartsDeps): Parts {
  const { config, db, clock, log } = deps;
  const processId = processIds.make(clock.nowMs());
  const record = composeRecord(deps, processId);
  const decisions = composeDecisions(deps);
  const hearers = createChangeHearers();
  const changed = hearers.tell;
  const misuse = composeAbuse({ config, db, clock, log, decisions, changed });
  const guard = composeGuard({ config, db, clock, log, note: decisions.note, refused: misuse.refused });
  const personalData = createPersonalData(guard.find);
  const stored = composeObjects({ ...deps, scrub: personalData.scrub });
  const telemetry = composeTelemetry({ config, clock, log, instanceId: processId, collect: () => metrics.collect() });
  const contentScan = composeContentScan({ db, clock, log, decisions, stored, personalData });
  const vllm = composeVllm({ clock, log });
  const operating = composeOperatingParts(deps, { processId, hearers, config: () => current });
  const known = { load: () => loadOf(admission, current), queueOf: vllm.of, outOf: operating.outOf };
  const resilience = composeResilience({ ...deps, ...known });
  const base = { record, decisions, stored, telemetry, guard, misuse, contentScan, vllm, resilience, operating };
  const later = { lagSeconds: () => knowledge.indexLag.seconds(), degradations: () => dense.degradations() };
  const metrics: Metrics = operating.live.watch(composeMetrics(deps, { ...base, ...later }));
  const { admission, approvedRoutes, endUsers } = composeFollowers(deps, { processId, decisions, misuse, hearers });
  const live = new Set<AbortController>();
  let current = config;
  const moving = { config: () => current, explain: record.explain, moved: metrics.rolloutMoved };
  const rollouts = composeRollouts({ ...deps, ...moving, processId, decisions, changed, approvedRoutes });
  const indexing = { config: () => current, chat: () => chat, admission, live, metrics, guard, decisions, stored };
  const { dense, knowledge, qdrant } = composeDocuments(deps, indexing);
  const pool = createPool(deps);
  const shadows = composeShadows({ budgets: admission.budgets, live, metrics });
  const makeChat = createChatMaker(
    deps,
    { record, guard, misuse, stored, telemetry, metrics, endUsers, approvedRoutes, resilience, operating, rollouts, shadows },
    { pool, retrieve: knowledge.retrieve, budgets: admission.budgets, live },
  );
  const erasure = composeErasure({ ...deps, processId, record, decisions, stored, ingest: knowledge.ingest, changed, qdrant });
  hearers.add(...listHearers({ authenticator: admission.authenticator, endUsers, approvedRoutes, erasures: erasure.jobs }));
  let chat = makeChat(config);
  vllm.follow(chat.providers);
  const parts = {
    ...base,
    live,
    ingest: knowledge.ingest,
    knowledge,
    admission,
    approvedRoutes,
    erasure,
    endUsers,
    rollouts,
    shadows,
    changed,
    get chat() {
      return chat;
    },
    reconfigure(next: Config) {
      const old = chat;
      chat = makeChat(next);
      vllm.follow(chat.providers);
      current = next;
      admission.reconfigure(next);
      stored.reconfigure(next);
      guard.reconfigure(next);
      knowledge.reconfigure(next);
      whenEnded(live, () => pool.retire(old.providers, chat.providers));
    },
  };
  return Object.assign(parts, { metrics, ...createLife(parts, log) });
}

type DocumentSources = Pick<Parts, "admission" | "live" | "metrics" | "guard" | "decisions" | "stored"> & {
  config(): Config;
  chat(): ChatParts;
};

/** What comes out of documents, and what they are looked up in. */
function composeDocuments(deps: PartsDeps, { metrics, guard, decisions, stored, ...from }: DocumentSources) {
  const { db, clock, log } = deps;
  const qdrant = deps.config.qdrant === undefined ? undefined : createQdrant(deps.config.qdrant);
  const dense = composeDense({ db, clock, log, ...from, qdrant });
  const lines = composeContextLine({ db, clock, log, ...from });
  const policy = () => from.config().guard.policy;
  const indexing = { ...lines, dense, qdrant, indexed: metrics.indexed, gated: metrics.gated, detectors: guard, decisions, policy };
  return { qdrant, dense, knowledge: composeKnowledge({ ...deps, ...indexing, objects: stored.objects }) };
}

function createPool({ clock, config: { secret } }: PartsDeps): ProviderPool {
  const saltKey = deriveKey(secret, "cache-salt");
  return createProviderPool({ clock, cacheSalt: (tenantId) => hmacHex(saltKey, tenantId) });
}

/** Calls under way, as a share of the most that are taken at once. */
const loadOf = ({ room }: Pick<AdmissionParts, "room">, { limits }: Config): number => room.inFlight / limits.callsInFlight;

type ChatSources = Pick<
  Parts,
  | "record"
  | "guard"
  | "misuse"
  | "stored"
  | "telemetry"
  | "metrics"
  | "endUsers"
  | "approvedRoutes"
  | "resilience"
  | "operating"
  | "rollouts"
  | "shadows"
>;

/** The path of calls as one configuration has it; approved routes come before its own. */
function createChatMaker(
  { db, clock, log }: Pick<PartsDeps, "db" | "clock" | "log">,
  { record, guard, misuse, stored, telemetry, metrics, endUsers, approvedRoutes, resilience, operating, rollouts, shadows }: ChatSources,
  { pool, ...shared }: { readonly pool: ProviderPool } & Pick<ChatPartsDeps, "retrieve" | "budgets" | "live">,
): (config: Config) => ChatParts {
  const routing = composeRouting({ db, clock, log, metrics });
  return (config) => {
    const of = withApprovedRoutes(config, approvedRoutes.current);
    const routesWith = (approved: ApprovedRoutes) => withApprovedRoutes(config, approved).routes;
    return composeChat({
      config: of,
      providers: pool.open(of.providers, of.outbound),
      clock,
      log,
      journal: record.journal,
      ...shared,
      isOwnCollection: async (tenantId, nameOrId, owner) =>
        (await findCollectionId(db, tenantId, nameOrId, { owner, ownOnly: true, reader: WHOLE_TENANT })) !== undefined,
      findPrice: readPriceBook().findPrice,
      endUsers,
      metrics,
      routing,
      resilience,
      rollouts,
      shadows,
      routesWith,
      isDisabled: (provider) => operating.outOf(provider) === "disabled",
      closed(event) {
        operating.live.closed(event);
        misuse.closed(event);
        rollouts.calls.closed(event);
      },
      ...guard.rulesOf(of, (version) => {
        const goingOut = rollouts.routesOf(version);
        return goingOut === undefined ? undefined : routesWith(goingOut);
      }),
      judge: guard.judge,
      keepsContent: stored.keepsContent,
      keepContent: stored.contentLog.keep,
      tracer: telemetry.tracer,
    });
  };
}

/** Who keeps something of tenants in memory. */
function composeFollowers(
  deps: PartsDeps,
  by: Pick<Parts, "decisions" | "misuse"> & { readonly processId: ProcessId; readonly hearers: ChangeHearers },
): Pick<Parts, "admission" | "approvedRoutes" | "endUsers"> {
  const { config, db, clock, log } = deps;
  const { processId, decisions, misuse, hearers } = by;
  return {
    endUsers: composeEndUsers(deps),
    approvedRoutes: followApprovedRoutes({ read: () => findApprovedRoutes(db, PLATFORM), log }, deps.approvedRoutes),
    admission: composeAdmission({
      config,
      db,
      clock,
      processId,
      abuse: misuse.abuse,
      sumSpent,
      signedIn: (who, means) => decisions.note(toSignIn(who, means)),
      listen: hearers.listen,
    }),
  };
}

const composeDecisions = ({ db, clock, log, config: { secret } }: PartsDeps): DecisionLog =>
  createDecisionLog({ db, clock, log, secret, findTenantId: async (slug) => (await findTenantBySlug(db, slug))?.id });

const composeEndUsers = ({ db, clock }: PartsDeps): EndUserDigests =>
  createEndUserDigests({
    clock,
    after: systemAfter,
    findTenantSalt: (tenantId) => findDigestSalt(db, tenantId),
    takeSubjectSalt: (tenantId, id, fresh) => takeSubjectSalt(db, tenantId, id, fresh),
    subjectId: subjectIdOf,
    digest: endUserDigest,
  });

function composeRecord({ config, db, clock, log, pid }: PartsDeps, processId: ProcessId): RecordParts {
  return createRecord(
    {
      db,
      clock,
      log,
      createPartitions: (periods) => db.asOwner((owner) => createEventPartitions(owner, periods)),
      dropPartitions: (period) => db.asOwner((owner) => dropEmptyPartitions(owner, period)),
      keepFast: () => vacuumBusyTables(db),
      settleBudgets,
      finishProcess: releaseLeases,
    },
    {
      journalDir: config.journal.dir,
      checkpointDir: join(config.dataDir, "audit-checkpoints"),
      processId,
      pid,
      fsync: config.journal.fsync,
      secret: config.secret,
    },
  );
}

const LOOK_EVERY_MS = 500;

/** Of the calls that are under way now, the last one has ended. */
function whenEnded(live: ReadonlySet<AbortController>, then: () => void): void {
  const calls = [...live];
  const timer = setInterval(() => {
    if (calls.some((call) => live.has(call))) return;
    clearInterval(timer);
    then();
  }, LOOK_EVERY_MS);
  timer.unref();
}

/** The order of starting and of ending: nothing is used before it runs, and what a part leaves is shipped by one that still does. */
function createLife(parts: Omit<Parts, "metrics" | "start" | "drain" | "reconfigure">, log: Log): Pick<Parts, "start" | "drain"> {
  const { live, record, decisions, ingest, stored, telemetry, admission, guard, misuse, erasure, contentScan, rollouts, operating } = parts;
  let resuming: ReturnType<typeof setInterval> | undefined;
  const resume = (): void =>
    void ingest.resume().catch((error: unknown) => log.error("ingestion could not be resumed", describeError(error)));
  return {
    async start() {
      await record.start();
      decisions.start();
      await operating.providersOut.refresh();
      operating.live.objectives.start();
      await admission.authenticator.start();
      admission.budgets.start();
      stored.start();
      guard.book.start();
      // The lists of names are read now, not by the first call.
      guard.find("");
      misuse.refusals.start();
      telemetry.start();
      erasure.jobs.start();
      contentScan.start();
      await rollouts.start();
      probeAll(operating, parts.chat.providers.values(), log);
      parts.vllm.start();
      parts.knowledge.start();
      resume();
      resuming = setInterval(resume, RESUME_EVERY_MS);
      resuming.unref();
    },
    async drain() {
      await endCalls({ room: admission.room, shadows: parts.shadows, live }, systemAfter);
      await admission.budgets.close();
      admission.authenticator.stop();
      clearInterval(resuming);
      contentScan.stop();
      await rollouts.stop();
      parts.vllm.stop();
      await erasure.jobs.stop();
      await parts.knowledge.stop();
      await stored.close();
      await guard.book.close();
      await operating.live.objectives.stop();
      await misuse.refusals.close();
      await telemetry.close();
      await decisions.stop();
      await record.drain();
      for (const provider of parts.chat.providers.values()) provider.close();
    },
  };
}
