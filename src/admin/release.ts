import { principalIdOf, type Principal } from "../domain/principal.ts";
import { Fault } from "../kernel/fault.ts";
import { sha256Hex } from "../kernel/hash.ts";
import type { TenantId } from "../kernel/ids.ts";
import type { Changed } from "../record/index.ts";
import { type Database, OPERATOR } from "../store/database.ts";
import { listMakers } from "../store/keys.ts";
import type { VersionRecord, VersionStore, VersionWrite } from "../store/versions.ts";
import { changeBy, type Decisions } from "./changed.ts";

/** What is released in versions: what the log says of one, and what its release does. */
export type Released<Id extends string> = {
  /** First word of the log's actions: `<word>.create`, `.promote`, `.approve`. */
  readonly word: string;
  readonly versions: VersionStore<Id>;
  /** What a version would change, as the log may show it. */
  diff(at: VersionWrite, version: VersionRecord<Id>): Promise<Changed>;
  /** In the transaction of the approval, while the version before is in production: makes it count. What that changed. */
  apply(at: VersionWrite, version: VersionRecord<Id>): Promise<Changed>;
};

/** Why something is not to be done now. `say` is what who tries is told. */
export type Refused = { readonly reason: "in-production" | "not-requested" | "same-person" | "changed"; readonly say: string };
/** undefined: it may be done. */
export type May = { readonly promote: Refused | undefined; readonly approve: Refused | undefined };

export type Releases<Id extends string> = {
  /** A new version in staging, where nothing sees it. `check` may refuse it. */
  create(
    who: Principal,
    tenantId: TenantId,
    draft: { readonly name: string; readonly body: string; check?(at: VersionWrite): Promise<void> },
  ): Promise<VersionRecord<Id>>;
  /** Asks for production. Throws `conflict` where it is there. */
  promote(who: Principal, tenantId: TenantId, id: Id): Promise<VersionRecord<Id>>;
  /**
   * Takes it there. Throws `forbidden` to who asked for it, under whichever key, and `conflict` where nobody asks or where it would change
   * something else now than what was asked for.
   */
  approve(who: Principal, tenantId: TenantId, id: Id): Promise<VersionRecord<Id>>;
  /** What `promote` and `approve` would say to them now, nothing done. `changed`: what the version would change. Their permission is not asked. */
  judge(who: Principal, tenantId: TenantId, version: VersionRecord<Id>, changed: Changed): Promise<May>;
  /** Throws what `approve` would, and changes nothing: a rollout that is begun approves for when it ends. */
  checkApproval(who: Principal, tenantId: TenantId, id: Id): Promise<VersionRecord<Id>>;
  /** Takes it there by `at.by`, in a transaction that has an entry in the log of its own. What that changed; undefined: it is there. */
  release(at: VersionWrite, id: Id): Promise<Changed | undefined>;
};

type Deps = { readonly db: Database; nowMs(): number; readonly decisions: Decisions };

/** The way of a version from staging into production, by two persons, each step in one transaction with its entry in the log. */
export function createReleases<Id extends string>({ db, nowMs, decisions }: Deps, released: Released<Id>): Releases<Id> {
  const { word, versions } = released;
  type Done = { readonly version: VersionRecord<Id>; readonly old: string | null; readonly changed: Changed };
  const write = (
    who: Principal,
    tenantId: TenantId,
    step: "create" | "promote" | "approve",
    work: (at: VersionWrite) => Promise<Done>,
  ): Promise<VersionRecord<Id>> =>
    decisions.change(OPERATOR, async (bound) => {
      const { version, old, changed } = await work({ db: bound, tenantId, nowMs: nowMs(), by: principalIdOf(who) });
      const shown = {
        state: { old, new: isRequested(version) ? "requested" : version.environment },
        version: { old: null, new: version.version },
        ...changed,
      };
      return { made: version, tenantId, decision: changeBy(who, `${word}.${step}`, { resource: version.id, changed: shown }) };
    });

  return {
    create: (who, tenantId, { name, body, check }) =>
      write(who, tenantId, "create", async (at) => {
        await check?.(at);
        const version = await versions.insert(at, name, body);
        return { version, old: null, changed: await released.diff(at, version) };
      }),
    promote: (who, tenantId, id) =>
      write(who, tenantId, "promote", async (at) => {
        const before = await versions.lock(at, id);
        if (before.environment === "production") throw new Fault("conflict", { say: IN_PRODUCTION });
        const changed = await released.diff(at, before);
        return { version: await versions.request(at, id, digestOf(changed)), old: before.environment, changed };
      }),
    async approve(who, tenantId, id) {
      const asked = await versions.get(db, tenantId, id);
      if (asked.requestedBy !== undefined) await checkSecondPerson(db, tenantId, asked.requestedBy, principalIdOf(who));
      return await write(who, tenantId, "approve", async (at) => {
        const before = await versions.lock(at, id);
        checkRequested(before);
        if (before.requestedBy !== asked.requestedBy)
          throw new Fault("conflict", { say: "Somebody else has asked meanwhile. Look again." });
        const { version, changed } = await intoProduction(released, at, before);
        return { version, old: before.environment, changed };
      });
    },
    judge: async (who, tenantId, version, changed) => ({
      promote: version.environment === "production" ? { reason: "in-production", say: IN_PRODUCTION } : undefined,
      approve: await whyNoApproval(db, { who, tenantId, version, changed }),
    }),
    async checkApproval(who, tenantId, id) {
      const asked = await versions.get(db, tenantId, id);
      checkRequested(asked);
      await checkSecondPerson(db, tenantId, asked.requestedBy, principalIdOf(who));
      return asked;
    },
    async release(at, id) {
      const before = await versions.lock(at, id);
      if (before.environment === "production") return undefined;
      if (before.requestedBy === at.by) throw new Fault("conflict", { say: "Who asks for production may not take the version there." });
      return (await intoProduction(released, at, before)).changed;
    },
  };
}

type Asked = { readonly who: Principal; readonly tenantId: TenantId; readonly version: VersionRecord<string>; readonly changed: Changed };

async function whyNoApproval(db: Database, { who, tenantId, version, changed }: Asked): Promise<Refused | undefined> {
  const { environment, requestedBy, requestedChange } = version;
  if (environment === "production") return { reason: "in-production", say: IN_PRODUCTION };
  if (requestedBy === undefined) return { reason: "not-requested", say: NOT_REQUESTED };
  if (await isSamePerson(db, tenantId, requestedBy, principalIdOf(who))) return { reason: "same-person", say: SAME_PERSON };
  return requestedChange !== undefined && requestedChange !== digestOf(changed) ? { reason: "changed", say: MOVED } : undefined;
}

function checkRequested(version: VersionRecord<string>): asserts version is VersionRecord<string> & { readonly requestedBy: string } {
  if (version.environment === "production" || version.requestedBy === undefined) throw new Fault("conflict", { say: NOT_REQUESTED });
}

/** Throws `conflict` where it would change something else now than what was asked for. */
async function intoProduction<Id extends string>(
  { versions, apply }: Released<Id>,
  at: VersionWrite,
  before: VersionRecord<Id>,
): Promise<{ readonly version: VersionRecord<Id>; readonly changed: Changed }> {
  const changed = await apply(at, before);
  if (before.requestedChange !== undefined && before.requestedChange !== digestOf(changed)) throw new Fault("conflict", { say: MOVED });
  return { version: await versions.release(at, before), changed };
}

const digestOf = (changed: Changed): string => sha256Hex(JSON.stringify(changed));
const IN_PRODUCTION = "This version is in production.";
const NOT_REQUESTED = "Nobody asks for this version to go into production: POST …/promote does.";
const SAME_PERSON = "Who asks for production may not approve it, nor by a key that they made: a second person must.";
/** Thrown inside the transaction, which then leaves nothing. */
const MOVED =
  "This version would change something else now than when it was asked for, because what is in production has changed meanwhile. Look at it again, and ask again with …/promote.";

/** A second person's approval is waited for. */
export const isRequested = ({ requestedBy, approvedBy }: VersionRecord<string>): boolean =>
  requestedBy !== undefined && approvedBy === undefined;

async function checkSecondPerson(db: Database, tenantId: TenantId, requester: string, approver: string): Promise<void> {
  if (await isSamePerson(db, tenantId, requester, approver)) throw new Fault("forbidden", { say: SAME_PERSON });
}

/** Two keys are two persons only where neither was made by the other, at whatever remove; what the admin key made is the admin's. */
const isSamePerson = async (db: Database, tenantId: TenantId, requester: string, approver: string): Promise<boolean> =>
  requester === approver ||
  (await listMakers(db, tenantId, approver)).includes(requester) ||
  (await listMakers(db, tenantId, requester)).includes(approver);
