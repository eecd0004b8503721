import { checkMintable, type Change } from "../admit/index.ts";
import type { KeyCreate } from "../contract/admin.ts";
import { onlyOwnerOf, principalIdOf, type KeyProfile, type Principal } from "../domain/principal.ts";
import { Fault } from "../kernel/fault.ts";
import { keyIds, makeSecret, type TenantId } from "../kernel/ids.ts";
import { dollarsToMicro } from "../kernel/money.ts";
import { type Database, tenantScope } from "../store/database.ts";
import { endKey, getKey, insertKey, revokeKey, type KeyRecord } from "../store/keys.ts";
import { changeBy, type Decisions, diff } from "./changed.ts";
import { toKeyView, type KeyView } from "./key-view.ts";
import { patchAccess, refuseIdle, shownAccess, type DigestText } from "./key-access.ts";
import { getBySlug, tenantIdOf } from "./tenants.ts";
import { parseKnownId } from "./known-id.ts";

export type KeyAdmin = {
  /** The secret is told once, here. Throws `forbidden` for a key stronger than its maker. */
  create(maker: Principal, slug: string, body: KeyCreate): Promise<KeyView & { readonly key: string }>;
  /** What its holder may find of the tenant's documents; it counts for the next call. Throws as `create` does. */
  readonly patch: ReturnType<typeof patchAccess>;
  revoke(slug: string, id: string, by?: Principal): Promise<KeyView>;
  /** A new key that may what the old one may; the old one ends after the overlap. Throws as `create` does. */
  rotate(
    maker: Principal,
    slug: string,
    id: string,
    overlapSeconds: number,
  ): Promise<KeyView & { readonly key: string; readonly replaces: KeyView }>;
};

/** Characters of a key that tell it from others in a listing; the other 28 stay secret. */
const PREFIX_CHARS = 9;

type Deps = {
  readonly db: Database;
  nowMs(): number;
  /** HMAC of a key under the server's pepper. */
  digest(secret: string): string;
  changed(change: Change): void;
  readonly decisions: Decisions;
};

export function createKeyAdmin(deps: Deps): KeyAdmin {
  const { db, decisions } = deps;
  const make = makeKey(deps);
  return {
    async create(maker, slug, body) {
      const wanted = toWanted(body);
      if (wanted.expiresAtMs !== undefined && wanted.expiresAtMs <= deps.nowMs())
        throw new Fault("body_invalid", { param: "expiresAt", say: "expiresAt: that moment has passed." });
      refuseIdle(wanted.role, wanted);
      refuseStronger(maker, slug, wanted);
      const tenantId = await tenantIdOf(db, maker, slug);
      const { record, key } = await decisions.change(tenantScope(tenantId), async (bound) => {
        const made = await make(bound, tenantId, wanted, principalIdOf(maker));
        const changed = diff({}, shownOf(made.record, decisions.digestText), decisions.digestText);
        return { made, tenantId, decision: changeBy(maker, "key.create", { category: "sign-ins", resource: made.record.id, changed }) };
      });
      deps.changed({ kind: "key", tenantId, id: record.id });
      return { ...toKeyView(record), key };
    },
    patch: patchAccess(deps),
    async revoke(slug, id, by) {
      const keyId = parseKnownId(keyIds, id, "key");
      const { id: tenantId } = await getBySlug(db, slug);
      const record = await decisions.change(tenantScope(tenantId), async (bound) => {
        const before = await getKey(bound, tenantId, keyId);
        const made = await revokeKey(bound, deps.nowMs(), tenantId, keyId);
        const changed = { revoked: { old: before.revokedAtMs !== undefined, new: true } };
        return { made, tenantId, decision: changeBy(by, "key.revoke", { category: "sign-ins", resource: keyId, changed }) };
      });
      deps.changed({ kind: "key", tenantId, id: keyId });
      return toKeyView(record);
    },
    async rotate(maker, slug, id, overlapSeconds) {
      const keyId = parseKnownId(keyIds, id, "key");
      const tenantId = await tenantIdOf(db, maker, slug);
      const old = await getKey(db, tenantId, keyId);
      if (old.revokedAtMs !== undefined || (old.expiresAtMs ?? Number.POSITIVE_INFINITY) <= deps.nowMs())
        throw new Fault("conflict", { say: "The key has ended already: make a new one." });
      refuseSuspended(old);
      refuseStronger(maker, slug, old);
      refuseOthers(maker, old.holderId ?? keyId);
      const { made, ended } = await decisions.change(tenantScope(tenantId), async (bound) => {
        const done = {
          // The new one takes the old one's place, so it is the same person's.
          made: await make(bound, tenantId, { ...old, holderId: old.holderId ?? keyId }, keyId),
          ended: await endKey(bound, tenantId, keyId, deps.nowMs() + overlapSeconds * 1000),
        };
        refuseSuspended(done.ended);
        const changed = { replacedBy: { old: null, new: done.made.record.id }, overlapSeconds: { old: null, new: overlapSeconds } };
        return { made: done, tenantId, decision: changeBy(maker, "key.rotate", { category: "sign-ins", resource: keyId, changed }) };
      });
      deps.changed({ kind: "key", tenantId, id: keyId });
      return { ...toKeyView(made.record), key: made.key, replaces: toKeyView(ended) };
    },
  };
}

function makeKey({ nowMs, digest }: Pick<Deps, "nowMs" | "digest">) {
  return async (db: Database, tenantId: TenantId, profile: Omit<KeyProfile, "id">, madeBy: string) => {
    const key = makeSecret("weir");
    const record = await insertKey(db, nowMs(), tenantId, { ...profile, digest: digest(key), prefix: key.slice(0, PREFIX_CHARS), madeBy });
    return { record, key };
  };
}

function refuseStronger(maker: Principal, slug: string, wanted: Omit<KeyProfile, "id">): void {
  const mintable = checkMintable(maker, { ...wanted, tenantSlug: slug });
  if (!mintable.ok) throw new Fault("forbidden", { param: mintable.param, say: mintable.say });
}

/** Whoever sees their own documents alone would come by another's with the new secret. */
function refuseOthers(maker: Principal, holder: string): void {
  const only = maker.kind === "tenant" ? onlyOwnerOf(maker) : undefined;
  if (only !== undefined && holder !== only)
    throw new Fault("forbidden", { say: "A key that sees only its own documents renews no key of somebody else." });
}

/** A new key would be one that nobody suspended. */
function refuseSuspended({ suspension }: KeyRecord): void {
  if (suspension !== undefined) throw new Fault("conflict", { say: "The key is suspended: lift that first." });
}

/** What the log of decisions tells of a key. */
function shownOf(
  { name, role, team, region, ownDocumentsOnly, models, rpm, tpm, budgetMicroUsd, expiresAtMs, ...access }: KeyRecord,
  digestText: DigestText,
) {
  return { name, role, team, region, ownDocumentsOnly, models, rpm, tpm, budgetMicroUsd, expiresAtMs, ...shownAccess(access, digestText) };
}

function toWanted(body: KeyCreate) {
  return {
    name: body.name,
    role: body.role ?? "member",
    team: body.team ?? undefined,
    models: body.models ?? undefined,
    rpm: body.rpm ?? undefined,
    tpm: body.tpm ?? undefined,
    budgetMicroUsd: body.budgetUsd == null ? undefined : dollarsToMicro(body.budgetUsd),
    expiresAtMs: body.expiresAt == null ? undefined : Date.parse(body.expiresAt),
    region: body.region ?? undefined,
    ownDocumentsOnly: body.ownDocumentsOnly ?? false,
    groups: body.groups ?? undefined,
    clearance: body.clearance ?? undefined,
    jurisdiction: body.jurisdiction ?? undefined,
  } as const;
}
