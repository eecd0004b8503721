import { checkMintable, type Change } from "../admit/index.ts";
import type { KeyCreate } from "../contract/admin.ts";
import type { Principal } from "../domain/principal.ts";
import { Fault } from "../kernel/fault.ts";
import { toIso } from "../kernel/clock.ts";
import { keyIds, makeSecret, type TenantId } from "../kernel/ids.ts";
import { dollarsToMicro, microToDollars } from "../kernel/money.ts";
import type { Database } from "../store/database.ts";
import { insertKey, listKeys, revokeKey, type KeyRecord } from "../store/keys.ts";
import { getBySlug } from "./tenants.ts";

/** A key as the admin API tells it: what it may do, and its first characters. */
export type KeyView = {
  readonly id: string;
  readonly prefix: string;
  readonly name: string;
  readonly role: string;
  readonly team: string | undefined;
  readonly models: readonly string[] | undefined;
  readonly rpm: number | undefined;
  readonly tpm: number | undefined;
  readonly budgetUsd: number | undefined;
  readonly createdAt: string;
  readonly expiresAt: string | undefined;
  readonly revokedAt: string | undefined;
};

export type KeyAdmin = {
  /** The secret is told once, here. Throws `forbidden` for a key stronger than its maker. */
  create(maker: Principal, slug: string, body: KeyCreate): Promise<KeyView & { readonly key: string }>;
  list(
    slug: string,
    page: { after: string | undefined; limit: number },
  ): Promise<{ data: readonly KeyView[]; nextCursor: string | undefined }>;
  revoke(slug: string, id: string): Promise<KeyView>;
};

/** Characters of a key that tell it from others in a listing; the other 28 stay secret. */
const PREFIX_CHARS = 9;

export function createKeyAdmin(deps: {
  readonly db: Database;
  nowMs(): number;
  /** HMAC of a key under the server's pepper. */
  digest(secret: string): string;
  changed(change: Change): void;
}): KeyAdmin {
  const { db } = deps;
  return {
    async create(maker, slug, body) {
      const wanted = toWanted(body);
      if (wanted.expiresAtMs !== undefined && wanted.expiresAtMs <= deps.nowMs())
        throw new Fault("body_invalid", { param: "expiresAt", say: "expiresAt: that moment has passed." });
      const mintable = checkMintable(maker, { ...wanted, tenantSlug: slug });
      if (!mintable.ok) throw new Fault("forbidden", { param: mintable.param, say: mintable.say });
      const tenantId = await tenantIdOf(db, maker, slug);
      const key = makeSecret("weir");
      const record = await insertKey(db, deps.nowMs(), tenantId, {
        ...wanted,
        digest: deps.digest(key),
        prefix: key.slice(0, PREFIX_CHARS),
      });
      deps.changed({ kind: "key", tenantId, id: record.id });
      return { ...toView(record), key };
    },
    async list(slug, page) {
      const { id } = await getBySlug(db, slug);
      const { data, nextCursor } = await listKeys(db, id, page);
      return { data: data.map(toView), nextCursor };
    },
    async revoke(slug, id) {
      if (!keyIds.is(id)) throw new Fault("not_found", { say: "The key does not exist." });
      const tenant = await getBySlug(db, slug);
      const record = await revokeKey(db, deps.nowMs(), tenant.id, id);
      deps.changed({ kind: "key", tenantId: tenant.id, id });
      return toView(record);
    },
  };
}

async function tenantIdOf(db: Database, maker: Principal, slug: string): Promise<TenantId> {
  return maker.kind === "tenant" && maker.tenant.slug === slug ? maker.tenant.id : (await getBySlug(db, slug)).id;
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
  } as const;
}

function toView(record: KeyRecord): KeyView {
  const { budgetMicroUsd, createdAtMs, expiresAtMs, revokedAtMs, ...rest } = record;
  return {
    ...rest,
    budgetUsd: budgetMicroUsd === undefined ? undefined : microToDollars(budgetMicroUsd),
    createdAt: toIso(createdAtMs),
    expiresAt: expiresAtMs === undefined ? undefined : toIso(expiresAtMs),
    revokedAt: revokedAtMs === undefined ? undefined : toIso(revokedAtMs),
  };
}
