import { createSigner } from "../../record/index.ts";
import { OPERATOR } from "../../store/database.ts";
import { PLATFORM_CHAIN } from "../../store/decisions.ts";
import { overwriteDeleted } from "../../store/erased-pages.ts";
import type { ErasurePart } from "../../store/erasure-parts.ts";
import { type ErasureJob, type ErasureProgress, finishErasure } from "../../store/erasures.ts";
import { type StoreLine, toCertificate } from "./certificate.ts";
import type { ErasureDeps } from "./spec.ts";
import type { Subject } from "./subject-stores.ts";

/** When to look first for what came late: journals of dead processes, and calls that were under way. */
const FIRST_CHECK_MS = 15 * 60_000;

export type Erased = {
  readonly progress: ErasureProgress;
  readonly lines: readonly StoreLine[];
  readonly tables: ReadonlySet<string>;
  readonly processes: readonly ErasurePart[];
  readonly subject: Subject | undefined;
};

/** Nothing is left: bytes of deleted rows go too, the chains are verified, and the certificate is written in one transaction with its entry. */
export function createFinish(deps: ErasureDeps) {
  const { db, clock, record, decisions, log } = deps;
  const signer = createSigner(deps.secret, "erasure");
  return async (job: ErasureJob, { progress, lines, tables, processes, subject }: Erased): Promise<void> => {
    const chains = { calls: await record.verifyAudit(job.tenantId), decisions: await decisions.verifyDecisions(job.tenantId) };
    const pages = tables.size === 0 ? undefined : await overwriteDeleted(db, [...tables]);
    const finishedAtMs = clock.nowMs();
    const digests = subject?.digests.filter((digest) => digest !== subject.firstDigest);
    const certificate = toCertificate(signer, { job, finishedAtMs, digests, stores: lines, processes, chains, pages });
    const checkAt = job.kind === "tenant" ? new Date(finishedAtMs + FIRST_CHECK_MS) : null;
    await decisions.change(OPERATOR, async (bound) => {
      await finishErasure(bound, job.id, { progress, certificate, finishedAt: new Date(finishedAtMs), checkAt });
      const changed = { certificate: { old: job.certificate?.hash ?? null, new: certificate.hash } };
      return {
        made: undefined,
        tenantId: job.kind === "tenant" ? PLATFORM_CHAIN : job.tenantId,
        decision: { category: "security", action: `${job.kind}.erased`, outcome: "granted", actor: "server", resource: job.id, changed },
      };
    });
    log.info("an erasure is done", { jobId: job.id, round: job.round, stores: lines.length });
  };
}
