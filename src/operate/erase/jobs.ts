import { Fault } from "../../kernel/fault.ts";
import { jobIds } from "../../kernel/ids.ts";
import { beginPart, type ErasurePart, finishPart, listParts } from "../../store/erasure-parts.ts";
import {
  adoptErasure,
  claimErasure,
  type ErasureJob,
  listDeletedWithoutJob,
  listOpenErasures,
  listUnchecked,
  postponeErasure,
  reopenErasure,
  setErasureCheck,
} from "../../store/erasures.ts";
import { findHoldAgainst } from "../../store/holds.ts";
import { createProcessPart } from "./process-part.ts";
import { createRunJob, LEASE_MS } from "./run-job.ts";
import type { ErasureDeps } from "./spec.ts";
import { listStrayRows, listTenantStores } from "./tenant-stores.ts";

/** What nobody told of (a dead process's job, what comes late) is found in this time. */
const LOOK_EVERY_MS = 30_000;
/** A job that came to no end is tried again after this. */
const AGAIN_MS = 60_000;
/** Every process that follows the feed of changes has heard of a job by then: it is read every second. */
const HEAR_MS = 3_000;
/** Processes that have heard of it and do not end their part are named in the certificate as outstanding. */
const PARTS_MS_MAX = 60_000;
const PARTS_LOOK_MS = 200;
const DAY_MS = 86_400_000;
/** A journal that nobody adopted in five weeks is on a disk that does not come back. */
const CHECK_DAYS = 35;

/** The work on erasures: whichever process comes first takes a job, every process does its part. */
export type ErasureJobs = {
  start(): void;
  /** There is something to do: looks at once. */
  kick(): void;
  /** Resolves when nothing is under way. */
  idle(): Promise<void>;
  /** Stops at the next step. What is unfinished is taken up by another process, or at the next start. */
  stop(): Promise<void>;
};

export function createErasureJobs(deps: ErasureDeps): ErasureJobs {
  const { db, clock, log, processId } = deps;
  const stopping = new AbortController();
  const parts = createParts(deps, stopping.signal);
  const runJob = createRunJob(deps, async (job, signal) => await parts.ask(job, signal));
  let first = true;
  let again = false;
  let working: Promise<void> | undefined;
  let timer: ReturnType<typeof setInterval> | undefined;

  const work = async (): Promise<void> => {
    if (first) await adoptDeleted(deps);
    await parts.doOpen();
    // With one process on the database, whoever held a lease before this start is dead.
    for (let anyLease = first && db.engine === "pglite"; !stopping.signal.aborted;) {
      const now = clock.nowMs();
      const job = await claimErasure(db, new Date(now), new Date(now + LEASE_MS), anyLease);
      if (job === undefined) break;
      anyLease = false;
      try {
        await runJob(job, stopping.signal);
      } catch (error) {
        if (stopping.signal.aborted) return;
        const code = codeOf(error);
        log.warn("an erasure came to no end, and is tried again", { jobId: job.id, code });
        await postponeErasure(db, job.id, code, new Date(clock.nowMs() + AGAIN_MS));
      }
    }
    first = false;
    for (const job of await listUnchecked(db, new Date(clock.nowMs())))
      if (!stopping.signal.aborted) again = (await checkLate(deps, job)) || again;
  };
  const loop = async (): Promise<void> => {
    do {
      again = false;
      try {
        await work();
      } catch (error) {
        if (!stopping.signal.aborted) log.warn("erasures wait", { code: codeOf(error), processId });
        return;
      }
    } while (again && !stopping.signal.aborted);
  };
  const kick = (): void => {
    again = true;
    if (stopping.signal.aborted) return;
    working ??= loop().finally(() => {
      working = undefined;
    });
  };
  return {
    start() {
      kick();
      timer = setInterval(kick, LOOK_EVERY_MS);
      timer.unref();
    },
    kick,
    async idle() {
      await working;
    },
    async stop() {
      clearInterval(timer);
      stopping.abort();
      await working;
    },
  };
}

const codeOf = (error: unknown): string => {
  if (error instanceof Fault) return error.code;
  return error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "bug";
};

const nameOf = ({ id, round }: ErasureJob): string => `${id} ${String(round)}`;

/** Every process's share of the open jobs, and the word of the others. */
function createParts(deps: ErasureDeps, stopping: AbortSignal) {
  const { db, clock, wait, processId } = deps;
  const doPart = createProcessPart(deps);
  const done = new Set<string>();
  const doOne = async (job: ErasureJob): Promise<void> => {
    if (done.has(nameOf(job))) return;
    const at = { id: job.id, round: job.round, processId };
    await beginPart(db, at);
    const { clean, ...lines } = await doPart(job, stopping);
    await finishPart(db, at, { ...lines, clean }, new Date(clock.nowMs()));
    if (clean) done.add(nameOf(job));
  };
  /** Of an end user nothing is deleted here. */
  const isHeld = async ({ kind, tenantId }: ErasureJob): Promise<boolean> =>
    kind === "tenant" && (await findHoldAgainst(db, { tenantId, subjectId: undefined }, new Date(clock.nowMs()))) !== undefined;
  return {
    async doOpen(): Promise<void> {
      for (const job of await listOpenErasures(db)) if (!(await isHeld(job))) await doOne(job);
    },
    /** This process's part, then the others'. */
    async ask(job: ErasureJob, signal: AbortSignal): Promise<readonly ErasurePart[]> {
      const startedMs = clock.monotonicMs();
      await doOne(job);
      if (db.engine === "pglite") return await listParts(db, job.id, job.round);
      for (;;) {
        const all = await listParts(db, job.id, job.round);
        const waitedMs = clock.monotonicMs() - startedMs;
        const isWhole = waitedMs >= HEAR_MS && all.every((part) => part.done || part.processId === processId);
        if (isWhole || waitedMs >= PARTS_MS_MAX || signal.aborted) return all;
        await wait(PARTS_LOOK_MS);
      }
    },
  };
}

/** Tenants that were deleted and are still there, without a job. Every replica that starts looks for them. */
async function adoptDeleted({ db, clock }: ErasureDeps): Promise<void> {
  for (const tenantId of await listDeletedWithoutJob(db)) {
    const askedAtMs = clock.nowMs();
    await adoptErasure(db, { id: jobIds.make(askedAtMs), kind: "tenant", tenantId, askedAtMs, askedBy: "server", subject: undefined });
  }
}

/** Looks whether something of an erased tenant came late. True: there is another round to do. */
async function checkLate(deps: ErasureDeps, job: ErasureJob): Promise<boolean> {
  const { db, clock, log } = deps;
  let late = [...(await listStrayRows(deps, job.tenantId)).values()].some((count) => count > 0);
  for (const store of await listTenantStores(deps, job.tenantId)) late ||= (await store.count()) > 0;
  if (late) {
    log.warn("something of an erased tenant came late, and is erased too", { jobId: job.id, round: job.round + 1 });
    await reopenErasure(db, job.id, job.round);
    return true;
  }
  const now = clock.nowMs();
  const old = now - (job.finishedAtMs ?? 0) > CHECK_DAYS * DAY_MS;
  await setErasureCheck(db, job.id, old ? null : new Date(now + DAY_MS));
  return false;
}
