import type { ErasureJob } from "../../store/erasures.ts";
import type { ErasureDeps } from "./spec.ts";

/** Calls under way end by themselves in this time, or their record comes late and is erased by another round. */
const CALLS_MS_MAX = 30_000;
const LOOK_EVERY_MS = 50;

export type PartDone = {
  /** Nothing of the tenant is left in this process. */ readonly clean: boolean;
  readonly before: number;
  readonly after: number;
};

/**
 * What every running process does for a job: lets go of what it has in memory, waits for the tenant's calls under way, writes the content that it
 * holds, ships its journal and begins a new one. May be repeated.
 */
export function createProcessPart(deps: ErasureDeps) {
  const { clock, wait, record, content, decisions, dataKeys } = deps;
  const callsEnd = async ({ tenantId }: ErasureJob, signal: AbortSignal): Promise<void> => {
    const until = clock.monotonicMs() + CALLS_MS_MAX;
    while (record.callsOf(tenantId) > 0 && clock.monotonicMs() < until && !signal.aborted) await wait(LOOK_EVERY_MS);
  };
  return async (job: ErasureJob, signal: AbortSignal): Promise<PartDone> => {
    const { tenantId } = job;
    if (job.kind === "subject") {
      await content.flush();
      return { clean: true, before: 0, after: 0 };
    }
    deps.forget({ kind: "tenant", tenantId, id: tenantId });
    await callsEnd(job, signal);
    await content.flush();
    await decisions.flush();
    dataKeys.forget(tenantId);
    const lines = await record.eraseFromJournals(tenantId);
    return { clean: record.callsOf(tenantId) === 0 && lines.after === 0, ...lines };
  };
}
