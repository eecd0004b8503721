import { createProviderSwitch } from "../admin/index.ts";
import type { Config } from "../config/index.ts";
import type { OperationsView } from "../contract/operations.ts";
import { SERVICE_LEVELS } from "../domain/service-level.ts";
import type { OperatingDeps } from "../http/index.ts";
import { toIso, type Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { sumLeases } from "../store/budget-leases.ts";
import type { Engine } from "../store/index.ts";
import { listProcesses } from "../store/objective-counts.ts";
import { MINUTES_MAX } from "../telemetry/index.ts";
import type { Live } from "./live.ts";
import type { Parts } from "./parts.ts";
import { listModelStatus, listProviderStatus, toErrors, toLive } from "./target-status.ts";

type Deps = {
  readonly db: Engine;
  readonly clock: Clock;
  config(): Config;
  readonly parts: Pick<Parts, "chat" | "resilience" | "vllm" | "admission" | "record" | "stored" | "knowledge" | "decisions" | "operating">;
};

/** A replica that said nothing for longer is away. */
const REPLICA_MS = 10 * 60_000;
/** A store that takes longer is as good as away for whoever waits for a page. */
const CHECK_MS = 2_000;
const OBJECTS_FRESH_MS = 15_000;
/** A hundred thousand jobs of the last hour take a tenth of a second to count. */
const JOBS_FRESH_MS = 2_000;

type Slow = { objectsThere(): Promise<boolean>; jobs(): ReturnType<Parts["knowledge"]["jobs"]["counts"]> };

export function composeOperating(deps: Deps): OperatingDeps {
  const { clock, config, parts } = deps;
  const { live, providersOut, probes } = parts.operating;
  const status = () => ({ config, resilience: parts.resilience, vllm: parts.vllm, probes, minutes: live.minutes, outOf: providersOut.of });
  const slow: Slow = {
    objectsThere: createRemembered(clock, OBJECTS_FRESH_MS, () => inTime(parts.stored.blobs.areas())),
    jobs: createRemembered(clock, JOBS_FRESH_MS, parts.knowledge.jobs.counts),
  };
  const toggles = createProviderSwitch({
    nowMs: clock.nowMs,
    decisions: parts.decisions,
    isProvider: (name) => config().providers.some((provider) => provider.name === name),
    switched: providersOut.take,
  });
  const listProviders = () => {
    probes.refresh([...parts.chat.providers.values()].filter(({ name }) => parts.operating.outOf(name) !== "disabled"));
    return listProviderStatus(status());
  };
  return {
    models: () => listModelStatus(status()),
    providers: listProviders,
    async set(who, name, state, reason) {
      await toggles.set(who, name, state, reason);
      const found = listProviders().find(({ provider }) => provider === name);
      if (found === undefined) throw new Fault("not_found");
      return found;
    },
    test: (model, signal) => parts.chat.testModel(model, signal),
    view: (minutes = MINUTES_MAX) => view(deps, slow, minutes),
    listDead: parts.knowledge.jobs.listDead,
    retryDead: parts.knowledge.jobs.retryDead,
  };
}

async function view({ db, clock, config, parts }: Deps, slow: Slow, minutes: number): Promise<OperationsView> {
  const { live, processId, startedAtMs, residentBytes } = parts.operating;
  const { room } = parts.admission;
  const { limits, resilience, objects } = config();
  const { ok, backlog } = parts.record.health();
  const now = clock.nowMs();
  const pingedMs = clock.monotonicMs();
  const isThere = await inTime(db.ping());
  const pingMs = isThere ? Math.round((clock.monotonicMs() - pingedMs) * 10) / 10 : null;
  // With the database away the rest is told all the same.
  const read = async <T>(what: () => Promise<T>, none: T): Promise<T> => (isThere ? await what().catch(() => none) : none);
  const objectives = await read(() => live.objectives.read(), []);
  const processes = await read(() => listProcesses(db, now - REPLICA_MS), []);
  return {
    at: toIso(now),
    process: { id: processId, startedAt: toIso(startedAtMs), residentBytes: residentBytes() },
    objectives: objectives.map(toObjective),
    service: { level: SERVICE_LEVELS[parts.resilience.serviceLevel()] ?? "full", configured: resilience.service !== undefined },
    live: {
      perSecond: [...live.minutes.seconds()],
      ...toLive(live.minutes, undefined, minutes),
      errors: toErrors(live.minutes, undefined, minutes),
    },
    admission: { inFlight: room.inFlight, inFlightMax: limits.callsInFlight, queued: room.queued, queuedMax: limits.callsQueued },
    journal: { ok, backlogBytes: backlog.bytes, backlogSeconds: Math.round(backlog.sinceMs / 100) / 10 },
    database: { ok: isThere, engine: db.engine === "pglite" ? "embedded" : "postgresql", pingMs },
    objects: { ok: await slow.objectsThere(), kind: objects.kind },
    replicas: processes.map(({ id, seenAtMs }) => ({ id, self: id === processId, seenAt: toIso(seenAtMs) })),
    index: { lagSeconds: parts.knowledge.indexLag.seconds() },
    leases: await read(() => sumLeases(db), { processes: 0, outstandingMicroUsd: 0 }),
    jobs: [...(await read(slow.jobs, []))],
  };
}

const toObjective = ({
  name,
  target,
  withinMs,
  days,
  total,
  bad,
  attained,
  budgetLeft,
  burn,
}: Awaited<ReturnType<Live["objectives"]["read"]>>[number]) => ({
  name,
  target,
  withinMs: withinMs ?? null,
  days,
  total,
  bad,
  attained: attained ?? null,
  budgetLeft: budgetLeft ?? null,
  burn: { hour: burn.hour ?? null, sixHours: burn.sixHours ?? null },
});

/** Whether it came well within a moment. */
async function inTime(answer: Promise<unknown>): Promise<boolean> {
  const late = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => late.resolve(false), CHECK_MS);
  const well = answer.then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([well, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** What costs something is asked for now and then, not by everybody who looks. */
function createRemembered<T>(clock: Clock, freshMs: number, ask: () => Promise<T>): () => Promise<T> {
  let last: { readonly atMs: number; readonly told: Promise<T> } | undefined;
  return () => {
    const now = clock.monotonicMs();
    if (last === undefined || now - last.atMs > freshMs) last = { atMs: now, told: ask() };
    return last.told;
  };
}
