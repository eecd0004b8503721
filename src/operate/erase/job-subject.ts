import { type ErasureJob, setErasureSubject } from "../../store/erasures.ts";
import { createSubjectSeal } from "./sealed-subject.ts";
import type { ErasureDeps } from "./spec.ts";
import { findSubject, type Subject } from "./subject-stores.ts";

/** Whom a job is about, sealed in its row for as long as it runs. */
export function createJobSubjects(deps: Pick<ErasureDeps, "db" | "secret">) {
  const seal = createSubjectSeal(deps.secret);
  return {
    /** As it was asked for. undefined too where it was sealed under another secret: such a job comes to no end. */
    asked({ id, subject }: ErasureJob): Subject | undefined {
      if (subject === undefined) return undefined;
      try {
        return parseSubject(seal.open(id, subject));
      } catch {
        return undefined;
      }
    },
    /** With digests of calls that came after the erasure was asked for. */
    async read(job: ErasureJob): Promise<Subject | undefined> {
      if (job.subject === undefined) return undefined;
      const asked = parseSubject(seal.open(job.id, job.subject));
      const now = await findSubject(deps, job.tenantId, asked.endUser);
      if (now === undefined) return asked;
      // Once the salt has gone, what is there now is of calls after the erasure.
      if (job.progress["table subjects"] !== undefined) return asked;
      const all = { ...asked, digests: [...new Set([...asked.digests, ...now.digests])] };
      if (all.digests.length > asked.digests.length) await setErasureSubject(deps.db, job.id, seal.seal(job.id, JSON.stringify(all)));
      return all;
    },
  };
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this program wrote it, and the seal shows that nobody changed it
const parseSubject = (text: string): Subject => JSON.parse(text) as Subject;
