import { randomBytes } from "node:crypto";
import type { Principal } from "../../domain/principal.ts";
import { principalIdOf } from "../../domain/principal.ts";
import { toIso } from "../../kernel/clock.ts";
import { Fault } from "../../kernel/fault.ts";
import type { TenantId } from "../../kernel/ids.ts";
import { endUserDigest, firstEndUserDigest, subjectIdOf } from "../../record/index.ts";
import { OPERATOR } from "../../store/database.ts";
import { findHold, type Hold, liftHold, setHold, WHOLE_TENANT } from "../../store/holds.ts";
import { takeSubjectSalt } from "../../store/subjects.ts";
import { findDigestSalt, findTenantBySlug } from "../../store/tenants.ts";
import type { ErasureDeps } from "./spec.ts";

const SALT_BYTES = 32;

/** A legal hold as the admin API tells it. */
export type HoldView = { readonly reason: string; readonly since: string; readonly until: string | undefined; readonly setBy: string };
/** A tenant, or one of its end users. */
export type HoldOn = { readonly slug: string; readonly endUser?: string | undefined };

export type Holds = {
  /** In place of the one that there is. Throws `not_found`, and `body_invalid` for an end that has passed. */
  set(who: Principal, on: HoldOn, hold: { readonly reason: string; readonly untilMs: number | undefined }): Promise<HoldView>;
  /** Throws `not_found` where there is none. */
  get(on: HoldOn): Promise<HoldView>;
  lift(who: Principal, on: HoldOn): Promise<HoldView>;
};

type Deps = Pick<ErasureDeps, "db" | "clock" | "decisions">;

export function createHolds({ db, clock, decisions }: Deps): Holds {
  const find = async (on: HoldOn) => {
    const at = await findPlace({ db }, on);
    const hold = await findHold(db, at.tenantId, at.subjectId, new Date(clock.nowMs()));
    if (hold === undefined) throw new Fault("not_found", { say: "There is no hold." });
    return { at, hold };
  };
  return {
    async set(who, on, { reason, untilMs }) {
      const setAtMs = clock.nowMs();
      if (untilMs !== undefined && untilMs <= setAtMs)
        throw new Fault("body_invalid", { param: "until", say: "until: that time has passed." });
      const { tenantId, subjectId } = await findPlace({ db }, on);
      const digests = on.endUser === undefined ? [] : await digestsOf({ db, clock }, tenantId, on.endUser);
      const hold: Hold = { reason, untilMs, setAtMs, setBy: principalIdOf(who) };
      await decisions.change(OPERATOR, async (bound) => {
        await setHold(bound, tenantId, { id: subjectId, digests }, hold);
        const changed = {
          reason: { old: null, new: decisions.digestText(reason) },
          until: { old: null, new: untilMs === undefined ? null : toIso(untilMs) },
        };
        return { made: undefined, tenantId, decision: toDecision(who, "hold.set", tenantId, changed) };
      });
      return toView(hold);
    },
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

const toDecision = (
  who: Principal,
  action: string,
  resource: string,
  changed: Record<string, { old: string | null; new: string | null }>,
) => ({ category: "configuration", action, outcome: "granted", actor: principalIdOf(who), role: who.role, resource, changed }) as const;

async function findPlace({ db }: Pick<Deps, "db">, { slug, endUser }: HoldOn): Promise<{ tenantId: TenantId; subjectId: string }> {
  const tenant = await findTenantBySlug(db, slug);
  const salt = tenant === undefined ? undefined : await findDigestSalt(db, tenant.id);
  if (tenant === undefined || salt === undefined) throw new Fault("not_found", { say: "The tenant does not exist." });
  return { tenantId: tenant.id, subjectId: endUser === undefined ? WHOLE_TENANT : subjectIdOf(salt, endUser) };
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
