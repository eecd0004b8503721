import { type Principal, principalIdOf } from "../../domain/principal.ts";
import { toIso } from "../../kernel/clock.ts";
import { Fault } from "../../kernel/fault.ts";
import { type JobId, jobIds, type TenantId } from "../../kernel/ids.ts";
import type { Decision } from "../../record/index.ts";
import { type Database, OPERATOR } from "../../store/database.ts";
import { PLATFORM_CHAIN } from "../../store/decisions.ts";
import { listParts } from "../../store/erasure-parts.ts";
import { type ErasureJob, findErasure, insertErasure, listErasures, type SignedCertificate } from "../../store/erasures.ts";
import { findHoldAgainst } from "../../store/holds.ts";
import { deleteTenant, findTenantBySlug, lockTenant } from "../../store/tenants.ts";
import { refusalOf } from "./holds.ts";
import { createSubjectSeal } from "./sealed-subject.ts";
import type { ErasureDeps } from "./spec.ts";
import { findSubject } from "./subject-stores.ts";

/** A job as the admin API tells it. */
export type ErasureView = {
  readonly jobId: string;
  readonly what: ErasureJob["kind"];
  readonly tenantId: string;
  readonly state: ErasureJob["state"];
  readonly round: number;
  readonly askedAt: string;
  readonly askedBy: string;
  readonly finishedAt: string | undefined;
  /** Why the last attempt came to no end. */
  readonly error: string | undefined;
  readonly stores: readonly { readonly store: string; readonly before: number; readonly after: number | null; readonly kept: number }[];
  readonly certificate: SignedCertificate | undefined;
};
export type ErasureDetail = ErasureView & {
  readonly processes: readonly {
    readonly processId: string;
    readonly done: boolean;
    readonly linesBefore: number;
    readonly linesAfter: number;
  }[];
};

export type ErasureRequests = {
  /** Its keys stop at once. Throws `not_found`, and `conflict` under a legal hold. */
  eraseTenant(who: Principal, slug: string): Promise<{ readonly jobId: JobId; readonly tenantId: TenantId }>;
  /** The same whether records know of the end user or not. Throws as above. */
  eraseSubject(who: Principal, slug: string, endUser: string): Promise<{ readonly jobId: JobId }>;
  /** `onlyOf`: another tenant's job is as if it were not there. Throws `not_found`. */
  get(id: string, onlyOf: TenantId | undefined): Promise<ErasureDetail>;
  list(ask: {
    readonly onlyOf: TenantId | undefined;
    readonly after: string | undefined;
    readonly limit: number;
  }): Promise<{ readonly data: readonly ErasureView[]; readonly nextCursor: string | undefined }>;
};

type Deps = Pick<ErasureDeps, "db" | "clock" | "decisions" | "secret">;

export function createErasureRequests(deps: Deps): ErasureRequests {
  const { db, clock, decisions } = deps;
  const seal = createSubjectSeal(deps.secret);
  type Asked = { readonly who: Principal; readonly action: string; readonly tenantId: TenantId; readonly subjectId: string | undefined };
  /** Locks the tenant's row, as whoever sets a hold does: what is true of holds now stays so until the job is there. Returns this moment. */
  const refuseHeld = async (bound: Database, { who, action, tenantId, subjectId }: Asked): Promise<number> => {
    await lockTenant(bound, tenantId);
    const nowMs = clock.nowMs();
    const hold = await findHoldAgainst(bound, { tenantId, subjectId }, new Date(nowMs));
    if (hold === undefined) return nowMs;
    decisions.note({ ...toDecision(who, action, undefined), outcome: "denied", code: "conflict", reason: "hold", tenantId });
    throw refusalOf(hold);
  };
  const tenantOf = async (slug: string) => {
    const tenant = await findTenantBySlug(db, slug);
    if (tenant === undefined) throw new Fault("not_found", { say: "The tenant does not exist." });
    return tenant;
  };
  return {
    async eraseTenant(who, slug) {
      const { id: tenantId } = await tenantOf(slug);
      const jobId = await decisions.change(OPERATOR, async (bound) => {
        const askedAtMs = await refuseHeld(bound, { who, action: "tenant.erase", tenantId, subjectId: undefined });
        const made = jobIds.make(askedAtMs);
        await deleteTenant(bound, askedAtMs, tenantId);
        await insertErasure(bound, { id: made, kind: "tenant", tenantId, askedAtMs, askedBy: principalIdOf(who), subject: undefined });
        // The tenant's own chain is about to go: what was asked for stays in the platform's.
        return { made, tenantId: PLATFORM_CHAIN, decision: toDecision(who, "tenant.erase", made) };
      });
      return { jobId, tenantId };
    },
    async eraseSubject(who, slug, endUser) {
      const { id: tenantId } = await tenantOf(slug);
      const subject = await findSubject({ db }, tenantId, endUser);
      if (subject === undefined) throw new Fault("not_found", { say: "The tenant does not exist." });
      const jobId = await decisions.change(OPERATOR, async (bound) => {
        const askedAtMs = await refuseHeld(bound, { who, action: "subject.erase", tenantId, subjectId: subject.row });
        const made = jobIds.make(askedAtMs);
        const sealed = seal.seal(made, JSON.stringify(subject));
        await insertErasure(bound, { id: made, kind: "subject", tenantId, askedAtMs, askedBy: principalIdOf(who), subject: sealed });
        return { made, tenantId, decision: toDecision(who, "subject.erase", made) };
      });
      return { jobId };
    },
    async get(id, onlyOf) {
      const job = jobIds.is(id) ? await findErasure(db, id) : undefined;
      if (job === undefined || (onlyOf !== undefined && job.tenantId !== onlyOf))
        throw new Fault("not_found", { say: "The job does not exist." });
      return { ...toView(job), processes: await listParts(db, job.id, job.round) };
    },
    async list({ onlyOf, after, limit }) {
      const { data, nextCursor } = await listErasures(db, { tenantId: onlyOf, after, limit });
      return { data: data.map(toView), nextCursor };
    },
  };
}

const toDecision = (who: Principal, action: string, resource: string | undefined): Decision => ({
  category: "configuration",
  action,
  outcome: "granted",
  actor: principalIdOf(who),
  role: who.role,
  resource,
});

const toView = (job: ErasureJob): ErasureView => ({
  jobId: job.id,
  what: job.kind,
  tenantId: job.tenantId,
  state: job.state,
  round: job.round,
  askedAt: toIso(job.askedAtMs),
  askedBy: job.askedBy,
  finishedAt: job.finishedAtMs === undefined ? undefined : toIso(job.finishedAtMs),
  error: job.errorCode,
  stores: Object.entries(job.progress).map(([store, { before, after, kept }]) => ({
    store,
    before,
    after: after ?? null,
    kept: kept ?? 0,
  })),
  certificate: job.certificate,
});
