import { assertNever } from "../../kernel/assert-never.ts";
import type { ErasurePart } from "../../store/erasure-parts.ts";
import { type ErasureJob, type ErasureProgress, saveErasure } from "../../store/erasures.ts";
import { findHoldAgainst, WHOLE_TENANT } from "../../store/holds.ts";
import { createFinish } from "./finish-job.ts";
import { createJobSubjects } from "./job-subject.ts";
import { secondPass } from "./second-pass.ts";
import type { ErasureDeps, ErasureStore } from "./spec.ts";
import { listSubjectStores, type Subject } from "./subject-stores.ts";
import { listTenantStores } from "./tenant-stores.ts";

/** Longer than any step between two lengthenings. */
export const LEASE_MS = 300_000;
/** What comes while a job is at work is gone after the second pass, nearly always. */
const PASSES_MAX = 5;

/** Something is there still: the job is tried again later, and there is no certificate. */
export class LeftOver extends Error {
  override readonly name = "LeftOver";
  readonly code = "left_over";
}

/** A hold stands against it, which a process of another version let in: nothing goes until the hold has ended. */
export class HeldBack extends Error {
  override readonly name = "HeldBack";
  readonly code = "held";
}

export type RunJob = (job: ErasureJob, signal: AbortSignal) => Promise<void>;
type AskProcesses = (job: ErasureJob, signal: AbortSignal) => Promise<readonly ErasurePart[]>;

/** One job from wherever it was broken off to its certificate. Every step may be done twice. */
export function createRunJob(deps: ErasureDeps, askProcesses: AskProcesses): RunJob {
  const { db, clock } = deps;
  const finish = createFinish(deps);
  const subjects = createJobSubjects(deps);
  const leaseUntil = (): Date => new Date(clock.nowMs() + LEASE_MS);

  return async (job, signal) => {
    const subject = job.kind === "subject" ? await subjects.read(job) : undefined;
    const subjectId = job.kind === "subject" ? (subject?.row ?? WHOLE_TENANT) : undefined;
    if ((await findHoldAgainst(db, { tenantId: job.tenantId, subjectId }, new Date(clock.nowMs()))) !== undefined)
      throw new HeldBack("a legal hold stands against it");
    const list = (): Promise<readonly ErasureStore[]> => listStores(deps, job, subject);
    let progress: ErasureProgress = job.progress;
    const save = async (more: ErasureProgress): Promise<void> => {
      if (signal.aborted) throw new Error("the server is stopping");
      progress = { ...progress, ...more };
      await saveErasure(db, job.id, progress, leaseUntil());
    };
    const begin = async (stores: readonly ErasureStore[]): Promise<void> => {
      for (const store of stores) if (progress[store.name] === undefined) await save({ [store.name]: { before: await store.count() } });
    };

    const first = (await list()).filter((store) => store.first === true);
    await begin(first);
    for (const store of first) await store.erase();
    const processes = await askProcesses(job, signal);
    await begin(await list());
    let left: readonly string[] = [];
    for (let pass = 0; pass < PASSES_MAX; pass++) {
      for (const store of await list()) {
        if ((await store.count()) === 0) continue;
        await store.erase();
        await save({});
      }
      const { counts, lines, tables } = await secondPass(deps, job, await list(), progress);
      await save(counts);
      left = Object.entries(counts).flatMap(([name, { after = 0 }]) => (after > 0 ? [name] : []));
      if (left.length === 0) return await finish(job, { progress, lines, tables, processes, subject });
    }
    deps.log.error("an erasure left something over, and is tried again", { jobId: job.id, stores: left.join(", ") });
    throw new LeftOver("something is left over");
  };
}

function listStores(deps: ErasureDeps, job: ErasureJob, subject: Subject | undefined): Promise<readonly ErasureStore[]> {
  switch (job.kind) {
    case "tenant":
      return listTenantStores(deps, job.tenantId);
    case "subject":
      return subject === undefined ? Promise.resolve([]) : listSubjectStores(deps, job.tenantId, subject);
    default:
      return assertNever(job.kind);
  }
}
