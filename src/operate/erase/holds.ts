import { randomBytes } from "node:crypto";
import type { Principal } from "../../domain/principal.ts";
import { principalIdOf } from "../../domain/principal.ts";
import { toIso } from "../../kernel/clock.ts";
import { Fault } from "../../kernel/fault.ts";
import type { TenantId } from "../../kernel/ids.ts";
import { endUserDigest, firstEndUserDigest, subjectIdOf } from "../../record/index.ts";
import { type Database, OPERATOR } from "../../store/database.ts";
import { type ErasureJob, findErasureUnderWay, listOpenErasuresOf } from "../../store/erasures.ts";
import { findHold, type Hold, liftHold, setHold, WHOLE_TENANT } from "../../store/holds.ts";
import { takeSubjectSalt } from "../../store/subjects.ts";
import { findDigestSalt, findTenantBySlug, lockTenant } from "../../store/tenants.ts";
import { createJobSubjects } from "./job-subject.ts";
import type { ErasureDeps } from "./spec.ts";

const SALT_BYTES = 32;

/** A legal hold as the admin API tells it. */
export type HoldView = { readonly reason: string; readonly since: string; readonly until: string | undefined; readonly setBy: string };
/** A tenant, or one of its end users. */
export type HoldOn = { readonly slug: string; readonly endUser?: string | undefined };

export type Holds = {
  /**
   * In place of the one that there is. Throws `not_found`, `body_invalid` for an end that has passed, and `conflict` where what it is on is being
   * erased already.
   */
  set(who: Principal, on: HoldOn, hold: { readonly reason: string; readonly untilMs: number | undefined }): Promise<HoldView>;
  /** Throws `not_found` where there is none. */
  get(on: HoldOn): Promise<HoldView>;
  lift(who: Principal, on: HoldOn): Promise<HoldView>;
};

type Deps = Pick<ErasureDeps, "db" | "clock" | "decisions" | "secret">;

export function createHolds(deps: Deps): Holds {
  const { db, clock, decisions } = deps;
  const find = async (on: HoldOn) => {
    const at = await findPlace({ db }, on);
    const hold = await findHold(db, at.tenantId, at.subjectId, new Date(clock.nowMs()));
    if (hold === undefined) throw new Fault("not_found", { say: "There is no hold." });
    return { at, hold };
  };
  return {
    set: createSet(deps),
    get: async (on) => toView((await find(on)).hold),
    async lift(who, on) {
      const { at, hold } = await find(on);
      await decisions.change(OPERATOR, async (bound) => {
        await liftHold(bound, at.tenantId, at.subjectId);
        const changed = { reason: { old: decisions.digestText(hold.reason), new: null } };
        return { made: undefined, tenantId: at.tenantId, decision: toDecision(who, "hold.lift", at.tenantId, changed) };
      });
      return toView(hold);
    },
  };
}

function createSet(deps: Deps): Holds["set"] {
  const { db, clock, decisions } = deps;
  const subjects = createJobSubjects(deps);
  /** A whole tenant's hold stops every job of it, an end user's theirs and the tenant's. */
  const findTouched = async (bound: Database, { tenantId, subjectId }: Place): Promise<ErasureJob | undefined> => {
    const open = await listOpenErasuresOf(bound, tenantId);
    return open.find((job) => subjectId === WHOLE_TENANT || job.kind === "tenant" || subjects.asked(job)?.row === subjectId);
  };
  /** Locks the tenant's row, as whoever asks for an erasure does: of the two one is first, and the other sees it. */
  const lockAndFind = async (bound: Database, at: Place): Promise<ErasureJob | undefined> => {
    try {
      await lockTenant(bound, at.tenantId);
    } catch (error) {
      const job = await findTouched(bound, at);
      if (job === undefined) throw error;
      return job;
    }
    return await findTouched(bound, at);
  };
  const refuse = (who: Principal, { id, kind, tenantId, askedAtMs }: ErasureJob): Fault => {
    const decision = toDecision(who, "hold.set", id);
    // A tenant's own chain is about to go.
    const chain = kind === "tenant" ? undefined : tenantId;
    decisions.note({ ...decision, outcome: "denied", code: "conflict", reason: "erasure", tenantId: chain });
    return new Fault("conflict", { say: `An erasure that was asked for at ${toIso(askedAtMs)} is under way (${id}). No hold was set.` });
  };
  return async (who, on, { reason, untilMs }) => {
    if (untilMs !== undefined && untilMs <= clock.nowMs())
      throw new Fault("body_invalid", { param: "until", say: "until: that time has passed." });
    const at = await findPlace({ db }, on);
    const { tenantId, subjectId } = at;
    const digests = on.endUser === undefined ? [] : await digestsOf({ db, clock }, tenantId, on.endUser);
    const hold = await decisions.change(OPERATOR, async (bound) => {
      const touched = await lockAndFind(bound, at);
      if (touched !== undefined) throw refuse(who, touched);
      const made: Hold = { reason, untilMs, setAtMs: clock.nowMs(), setBy: principalIdOf(who) };
      await setHold(bound, tenantId, { id: subjectId, digests }, made);
      const changed = {
        reason: { old: null, new: decisions.digestText(reason) },
        until: { old: null, new: untilMs === undefined ? null : toIso(untilMs) },
      };
      return { made, tenantId, decision: toDecision(who, "hold.set", tenantId, changed) };
    });
    return toView(hold);
  };
}

const toDecision = (
  who: Principal,
  action: string,
  resource: string,
  changed?: Record<string, { old: string | null; new: string | null }>,
) => ({ category: "configuration", action, outcome: "granted", actor: principalIdOf(who), role: who.role, resource, changed }) as const;

type Place = { readonly tenantId: TenantId; readonly subjectId: string };

/** Of a tenant that is being erased too: a hold that its erasure waits for can be read and lifted. */
async function findPlace({ db }: Pick<Deps, "db">, { slug, endUser }: HoldOn): Promise<Place> {
  const tenantId = (await findTenantBySlug(db, slug))?.id ?? (await findErasureUnderWay(db, slug))?.tenantId;
  const salt = tenantId === undefined ? undefined : await findDigestSalt(db, tenantId);
  if (tenantId === undefined || salt === undefined) throw new Fault("not_found", { say: "The tenant does not exist." });
  return { tenantId, subjectId: endUser === undefined ? WHOLE_TENANT : subjectIdOf(salt, endUser) };
}

/** Of an end user that no call has named yet too: what they will be named by has to be held from the first. */
async function digestsOf({ db, clock }: Pick<Deps, "db" | "clock">, tenantId: TenantId, endUser: string): Promise<readonly string[]> {
  const tenantSalt = await findDigestSalt(db, tenantId);
  if (tenantSalt === undefined) throw new Fault("not_found", { say: "The tenant does not exist." });
  const fresh = { salt: new Uint8Array(randomBytes(SALT_BYTES)), nowMs: clock.nowMs() };
  const salt = await takeSubjectSalt(db, tenantId, subjectIdOf(tenantSalt, endUser), fresh);
  return [firstEndUserDigest(tenantSalt, endUser), ...(salt === undefined ? [] : [endUserDigest(salt, endUser)])];
}

const toView = ({ reason, untilMs, setAtMs, setBy }: Hold): HoldView => ({
  reason,
  since: toIso(setAtMs),
  until: untilMs === undefined ? undefined : toIso(untilMs),
  setBy,
});

/** What an erasure under a hold is told. The reason is for those who may read the hold. */
export const refusalOf = (hold: Hold): Fault =>
  new Fault("conflict", {
    say: `A legal hold of ${toIso(hold.setAtMs)} stands against it${hold.untilMs === undefined ? "" : `, until ${toIso(hold.untilMs)}`}. Nothing was erased.`,
  });
