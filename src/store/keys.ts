import type { KeyProfile, TenantProfile } from "../domain/principal.ts";
import { CLASSIFICATIONS, rankOf } from "../domain/reader.ts";
import { Fault } from "../kernel/fault.ts";
import { keyIds } from "../kernel/ids.ts";
import type { KeyId, TenantId } from "../kernel/ids.ts";
import { LOOKUP, tenantScope } from "./database.ts";
import type { Database } from "./database.ts";
import { rowsToRead, toPage } from "./page.ts";
import type { Page, PageAsk } from "./page.ts";
import { toTenantProfile } from "./tenants.ts";
import type { TenantRow } from "./tenants.ts";

/** A key as its owner sees it: what the key may do, and how to tell it from others. Neither key nor digest. */
export type KeyRecord = KeyProfile & {
  /** The first characters of the key. */
  readonly prefix: string;
  readonly createdAtMs: number;
  readonly revokedAtMs: number | undefined;
  readonly suspension?: KeySuspension | undefined;
};
/** Who it was that suspended a key. What the platform's people did, a tenant's cannot undo. */
export type SuspendedBy = "server" | "tenant" | "platform";
export type KeySuspension = { readonly atMs: number; readonly reason: string; readonly by: SuspendedBy };

/** A key's row as both engines return it under `KEY_COLUMNS`. */
export type KeyRow = {
  readonly id: string;
  readonly prefix: string;
  readonly name: string;
  readonly role: KeyProfile["role"];
  readonly team: string | null;
  readonly models: string[] | null;
  readonly rpm: number | null;
  readonly tpm: number | null;
  readonly budget_micro_usd: number | null;
  readonly created_at: Date;
  readonly expires_at: Date | null;
  readonly revoked_at: Date | null;
  readonly region: string | null;
  readonly own_documents_only: boolean;
  readonly holder_id: string;
  readonly groups: string[] | null;
  readonly clearance: number | null;
  readonly jurisdiction: string | null;
  readonly suspended_at: Date | null;
  readonly suspended_reason: string | null;
  readonly suspended_by: SuspendedBy | null;
};

export const KEY_COLUMNS =
  "id, prefix, name, role, team, models, rpm, tpm, budget_micro_usd, created_at, expires_at, revoked_at, region, own_documents_only, holder_id, groups, clearance, jurisdiction, suspended_at, suspended_reason, suspended_by";

export type KeyNew = Omit<KeyProfile, "id"> & {
  /** HMAC of the key, hex. */
  readonly digest: string;
  readonly prefix: string;
  /** Id of who made it, or of the key that it takes the place of. */
  readonly madeBy: string;
};

/** Throws `not_found` when there is no such tenant, or not any more. */
export async function insertKey(db: Database, nowMs: number, tenantId: TenantId, key: KeyNew): Promise<KeyRecord> {
  const at = new Date(nowMs);
  const expiresAt = key.expiresAtMs === undefined ? null : new Date(key.expiresAtMs);
  const [row] = await db.query<KeyRow>(
    tenantScope(tenantId),
    `INSERT INTO api_keys (tenant_id, id, digest, prefix, name, role, team, models, rpm, tpm, budget_micro_usd, created_at, expires_at,
       region, own_documents_only, made_by, holder_id, groups, clearance, jurisdiction)
     SELECT id, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20 FROM tenants WHERE id = $1 AND deleted_at IS NULL RETURNING ${KEY_COLUMNS}`,
    [
      tenantId,
      keyIds.make(nowMs),
      key.digest,
      key.prefix,
      key.name,
      key.role,
      key.team ?? null,
      key.models ?? null,
      key.rpm ?? null,
      key.tpm ?? null,
      key.budgetMicroUsd ?? null,
      at,
      expiresAt,
      key.region ?? null,
      key.ownDocumentsOnly ?? false,
      key.madeBy,
      key.holderId ?? "",
      ...accessOf(key),
    ],
  );
  if (row === undefined) throw new Fault("not_found", { say: "The tenant does not exist." });
  return toKeyRecord(row);
}

const accessOf = ({ groups, clearance, jurisdiction }: KeyAccess) => [
  groups === undefined || groups.length === 0 ? null : [...groups],
  clearance === undefined ? null : rankOf(clearance),
  jurisdiction ?? null,
];

/** What its holder may find of the tenant's documents. */
export type KeyAccess = Pick<KeyProfile, "groups" | "clearance" | "jurisdiction">;

/** Instead of what it could find until now. Throws `not_found`. */
export async function changeKeyAccess(db: Database, tenantId: TenantId, keyId: KeyId, access: KeyAccess): Promise<KeyRecord> {
  const [row] = await db.query<KeyRow>(
    tenantScope(tenantId),
    `UPDATE api_keys SET groups = $3, clearance = $4, jurisdiction = $5 WHERE tenant_id = $1 AND id = $2 RETURNING ${KEY_COLUMNS}`,
    [tenantId, keyId, ...accessOf(access)],
  );
  if (row === undefined) throw new Fault("not_found", { say: "The key does not exist." });
  return toKeyRecord(row);
}

/** Revoked and expired ones included: they tell what happened. */
export async function listKeys(db: Database, tenantId: TenantId, ask: PageAsk = {}): Promise<Page<KeyRecord>> {
  const rows = await db.query<KeyRow>(
    tenantScope(tenantId),
    `SELECT ${KEY_COLUMNS} FROM api_keys WHERE tenant_id = $1 AND id > $2 ORDER BY id LIMIT $3`,
    [tenantId, ask.after ?? "", rowsToRead(ask)],
  );
  return toPage(rows.map(toKeyRecord), ask);
}

/** A second time changes nothing. Throws `not_found`, the same for another tenant's key as for one that never was. */
export async function revokeKey(db: Database, nowMs: number, tenantId: TenantId, keyId: KeyId): Promise<KeyRecord> {
  const [row] = await db.query<KeyRow>(
    tenantScope(tenantId),
    `UPDATE api_keys SET revoked_at = coalesce(revoked_at, $3) WHERE tenant_id = $1 AND id = $2 RETURNING ${KEY_COLUMNS}`,
    [tenantId, keyId, new Date(nowMs)],
  );
  if (row === undefined) throw new Fault("not_found", { say: "The key does not exist." });
  return toKeyRecord(row);
}

/** Throws `not_found`, the same for another tenant's key as for one that never was. */
export async function getKey(db: Database, tenantId: TenantId, keyId: KeyId): Promise<KeyRecord> {
  const [row] = await db.query<KeyRow>(tenantScope(tenantId), `SELECT ${KEY_COLUMNS} FROM api_keys WHERE tenant_id = $1 AND id = $2`, [
    tenantId,
    keyId,
  ]);
  if (row === undefined) throw new Fault("not_found", { say: "The key does not exist." });
  return toKeyRecord(row);
}

/** It ends at that moment, or earlier where it would have. Throws `not_found`. */
export async function endKey(db: Database, tenantId: TenantId, keyId: KeyId, atMs: number): Promise<KeyRecord> {
  const [row] = await db.query<KeyRow>(
    tenantScope(tenantId),
    `UPDATE api_keys SET expires_at = least(coalesce(expires_at, $3), $3) WHERE tenant_id = $1 AND id = $2 RETURNING ${KEY_COLUMNS}`,
    [tenantId, keyId, new Date(atMs)],
  );
  if (row === undefined) throw new Fault("not_found", { say: "The key does not exist." });
  return toKeyRecord(row);
}

/** undefined for the reason: it is lifted. Throws `not_found`, and `conflict` where it is not suspended by one of `from` any more. */
export async function changeSuspension(
  db: Database,
  tenantId: TenantId,
  keyId: KeyId,
  change: { readonly from: readonly (SuspendedBy | null)[]; readonly to: KeySuspension | undefined },
): Promise<KeyRecord> {
  const { from, to } = change;
  const [row] = await db.query<KeyRow>(
    tenantScope(tenantId),
    `UPDATE api_keys SET suspended_at = $3, suspended_reason = $4, suspended_by = $5
     WHERE tenant_id = $1 AND id = $2 AND coalesce(suspended_by, '') = ANY($6::text[]) RETURNING ${KEY_COLUMNS}`,
    [tenantId, keyId, to === undefined ? null : new Date(to.atMs), to?.reason ?? null, to?.by ?? null, from.map((by) => by ?? "")],
  );
  if (row !== undefined) return toKeyRecord(row);
  await getKey(db, tenantId, keyId);
  throw new Fault("conflict", { say: "Somebody changed the key at the same time." });
}

/** Longer lines of descent are cut off. */
const LINEAGE_MAX = 100;

/** Who made a key, who made the key that made it, and so on: ids of keys, token holders, `admin-key`. */
export async function listMakers(db: Database, tenantId: TenantId, id: string): Promise<readonly string[]> {
  const rows = await db.query<{ made_by: string }>(
    tenantScope(tenantId),
    `WITH RECURSIVE line (made_by, depth) AS (
       SELECT made_by, 1 FROM api_keys WHERE tenant_id = $1 AND id = $2
       UNION ALL SELECT k.made_by, line.depth + 1 FROM line JOIN api_keys k ON k.tenant_id = $1 AND k.id = line.made_by WHERE line.depth < $3
     ) SELECT made_by FROM line WHERE made_by <> ''`,
    [tenantId, id, LINEAGE_MAX],
  );
  return rows.map((row) => row.made_by);
}

export type FoundKey = { readonly tenant: TenantProfile; readonly key: KeyProfile };

const TENANT_OF_KEY = [
  "id",
  "slug",
  "name",
  "tier",
  "region",
  "content_policy",
  "system_prompt",
  "models",
  "rpm",
  "tpm",
  "budget_micro_usd",
  "guard",
  "context",
];

/** Every request that is not cached comes through here. Revoked keys and deleted tenants are not found; expiry and suspension are the caller's to judge. */
export async function findKeyByDigest(db: Database, digest: string): Promise<FoundKey | undefined> {
  const tenant = TENANT_OF_KEY.map((name) => `t.${name} AS tenant_${name}`).join(", ");
  const [row] = await db.query<KeyRow & { readonly [name: `tenant_${string}`]: unknown }>(
    LOOKUP,
    `SELECT k.${KEY_COLUMNS.replaceAll(", ", ", k.")}, ${tenant} FROM api_keys k JOIN tenants t ON t.id = k.tenant_id
     WHERE k.digest = $1 AND k.revoked_at IS NULL AND t.deleted_at IS NULL`,
    [digest],
  );
  if (row === undefined) return undefined;
  const ofTenant = Object.fromEntries(TENANT_OF_KEY.map((name) => [name, row[`tenant_${name}`]]));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the columns of a tenant's row under their own names again
  return { tenant: toTenantProfile(ofTenant as TenantRow), key: toProfile(row) };
}

function toProfile(row: KeyRow): KeyProfile {
  return {
    id: keyIds.parse(row.id),
    name: row.name,
    role: row.role,
    team: row.team ?? undefined,
    models: row.models ?? undefined,
    rpm: row.rpm ?? undefined,
    tpm: row.tpm ?? undefined,
    budgetMicroUsd: row.budget_micro_usd ?? undefined,
    expiresAtMs: row.expires_at?.getTime(),
    ...(row.region === null ? {} : { region: row.region }),
    ...(row.own_documents_only ? { ownDocumentsOnly: true } : {}),
    ...(row.holder_id === "" ? {} : { holderId: row.holder_id }),
    ...(row.groups === null ? {} : { groups: row.groups }),
    ...(row.clearance === null ? {} : { clearance: CLASSIFICATIONS[row.clearance] }),
    ...(row.jurisdiction === null ? {} : { jurisdiction: row.jurisdiction }),
    ...(row.suspended_at === null ? {} : { suspended: true as const }),
  };
}

export function toKeyRecord(row: KeyRow): KeyRecord {
  const { suspended_at: at, suspended_by: by, suspended_reason: reason } = row;
  return {
    ...toProfile(row),
    prefix: row.prefix,
    createdAtMs: row.created_at.getTime(),
    revokedAtMs: row.revoked_at?.getTime(),
    ...(at === null || by === null ? {} : { suspension: { atMs: at.getTime(), reason: reason ?? "", by } }),
  };
}
