import type { ContextPolicy } from "../domain/context-policy.ts";
import type { GuardChange } from "../domain/guard-policy.ts";
import type { ContentPolicy, TenantProfile } from "../domain/principal.ts";
import { Fault } from "../kernel/fault.ts";
import { tenantIds } from "../kernel/ids.ts";
import type { TenantId } from "../kernel/ids.ts";
import { OPERATOR, tenantScope } from "./database.ts";
import type { Database, Param } from "./database.ts";
import { rowsToRead, toPage } from "./page.ts";
import type { Page, PageAsk } from "./page.ts";
import { isUniqueViolation } from "./sql-error.ts";

/** A tenant's row as both engines return it under `TENANT_COLUMNS`. */
export type TenantRow = {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly tier: string | null;
  readonly region: string | null;
  readonly content_policy: ContentPolicy;
  readonly system_prompt: string | null;
  readonly models: string[] | null;
  readonly rpm: number | null;
  readonly tpm: number | null;
  readonly budget_micro_usd: number | null;
  readonly guard: GuardChange | null;
  readonly context: ContextPolicy | null;
};

export const TENANT_COLUMNS =
  "id, slug, name, tier, region, content_policy, system_prompt, models, rpm, tpm, budget_micro_usd, guard, context";

export function toTenantProfile(row: TenantRow): TenantProfile {
  return {
    id: tenantIds.parse(row.id),
    slug: row.slug,
    name: row.name,
    tier: row.tier ?? undefined,
    region: row.region ?? undefined,
    contentPolicy: row.content_policy,
    systemPrompt: row.system_prompt ?? undefined,
    models: row.models ?? undefined,
    rpm: row.rpm ?? undefined,
    tpm: row.tpm ?? undefined,
    budgetMicroUsd: row.budget_micro_usd ?? undefined,
    guard: row.guard ?? undefined,
    context: row.context ?? undefined,
  };
}

export type TenantNew = {
  readonly slug: string;
  readonly name: string;
  readonly tier?: string | undefined;
  readonly region?: string | undefined;
};

/** Throws `conflict` for a slug that is taken, also by a deleted tenant whose data is not erased yet. */
export async function createTenant(db: Database, nowMs: number, tenant: TenantNew): Promise<TenantProfile> {
  const id = tenantIds.make(nowMs);
  try {
    const rows = await db.query<TenantRow>(
      OPERATOR,
      `INSERT INTO tenants (id, slug, name, tier, region, created_at) VALUES ($1, $2, $3, $4, $5, $6) RETURNING ${TENANT_COLUMNS}`,
      [id, tenant.slug, tenant.name, tenant.tier ?? null, tenant.region ?? null, new Date(nowMs)],
    );
    return first(rows);
  } catch (error) {
    if (isUniqueViolation(error, "tenants_slug_key"))
      throw new Fault("conflict", { say: "A tenant with this slug exists already.", param: "slug" });
    throw error;
  }
}

export async function findTenantBySlug(db: Database, slug: string): Promise<TenantProfile | undefined> {
  // No slug holds U+0000, and the database refuses to look for it.
  if (slug.includes("\0")) return undefined;
  const [row] = await db.query<TenantRow>(OPERATOR, `SELECT ${TENANT_COLUMNS} FROM tenants WHERE slug = $1 AND deleted_at IS NULL`, [slug]);
  return row === undefined ? undefined : toTenantProfile(row);
}

/** Throws `not_found`; a deleted tenant is one that never was. */
export async function getTenant(db: Database, tenantId: TenantId): Promise<TenantProfile> {
  return first(
    await db.query<TenantRow>(OPERATOR, `SELECT ${TENANT_COLUMNS} FROM tenants WHERE id = $1 AND deleted_at IS NULL`, [tenantId]),
  );
}

/** The same, and nobody else changes it until the transaction ends. */
export async function lockTenant(db: Database, tenantId: TenantId): Promise<TenantProfile> {
  const text = `SELECT ${TENANT_COLUMNS} FROM tenants WHERE id = $1 AND deleted_at IS NULL FOR UPDATE`;
  return first(await db.query<TenantRow>(OPERATOR, text, [tenantId]));
}

export async function listTenants(db: Database, ask: PageAsk = {}): Promise<Page<TenantProfile>> {
  const rows = await db.query<TenantRow>(
    OPERATOR,
    `SELECT ${TENANT_COLUMNS} FROM tenants WHERE id > $1 AND deleted_at IS NULL ORDER BY id LIMIT $2`,
    [ask.after ?? "", rowsToRead(ask)],
  );
  return toPage(rows.map(toTenantProfile), ask);
}

/** Every one that is not deleted, in the order of their making. */
export async function* eachTenant(db: Database): AsyncGenerator<TenantProfile> {
  for (let after: string | undefined; ;) {
    const { data, nextCursor } = await listTenants(db, { after });
    yield* data;
    if (nextCursor === undefined) return;
    after = nextCursor;
  }
}

/** A field that is left out stays; null clears it. */
export type TenantChange = {
  readonly name?: string | undefined;
  readonly tier?: string | null | undefined;
  readonly region?: string | null | undefined;
  readonly contentPolicy?: ContentPolicy | undefined;
  readonly systemPrompt?: string | null | undefined;
  readonly models?: readonly string[] | null | undefined;
  readonly rpm?: number | null | undefined;
  readonly tpm?: number | null | undefined;
  readonly budgetMicroUsd?: number | null | undefined;
  readonly guard?: GuardChange | null | undefined;
  readonly context?: ContextPolicy | null | undefined;
};

const COLUMNS_OF_CHANGE = [
  ["name", "name"],
  ["tier", "tier"],
  ["region", "region"],
  ["contentPolicy", "content_policy"],
  ["systemPrompt", "system_prompt"],
  ["models", "models"],
  ["rpm", "rpm"],
  ["tpm", "tpm"],
  ["budgetMicroUsd", "budget_micro_usd"],
  ["guard", "guard"],
  ["context", "context"],
] as const satisfies readonly (readonly [keyof TenantChange, string])[];

/** Lists are arrays of the database, other objects its JSON. */
const toParam = (value: NonNullable<TenantChange[keyof TenantChange]> | null): Param =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? JSON.stringify(value) : (value as Param);

/** Throws `not_found`. */
export async function updateTenant(db: Database, tenantId: TenantId, change: TenantChange): Promise<TenantProfile> {
  const params: Param[] = [tenantId];
  const sets: string[] = [];
  for (const [field, column] of COLUMNS_OF_CHANGE) {
    const value = change[field];
    if (value !== undefined) sets.push(`${column} = $${params.push(toParam(value))}`);
  }
  if (sets.length === 0) return await getTenant(db, tenantId);
  return first(
    await db.query<TenantRow>(
      OPERATOR,
      `UPDATE tenants SET ${sets.join(", ")} WHERE id = $1 AND deleted_at IS NULL RETURNING ${TENANT_COLUMNS}`,
      params,
    ),
  );
}

/** Marks it deleted and revokes its keys, so that nothing of it can be reached. Erasing its rows is another job's. Throws `not_found`. */
export async function deleteTenant(db: Database, nowMs: number, tenantId: TenantId): Promise<void> {
  const at = new Date(nowMs);
  await db.transaction(OPERATOR, async (tx) => {
    const marked = await tx.query("UPDATE tenants SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL RETURNING id", [tenantId, at]);
    if (marked.length === 0) throw new Fault("not_found", { say: NOT_FOUND });
    await tx.query("UPDATE api_keys SET revoked_at = $2 WHERE tenant_id = $1 AND revoked_at IS NULL", [tenantId, at]);
  });
}

/** Its row is there, deleted or not. */
export async function isTenantThere(db: Database, tenantId: TenantId): Promise<boolean> {
  const rows = await db.query(tenantScope(tenantId), "SELECT 1 FROM tenants WHERE id = $1", [tenantId]);
  return rows.length > 0;
}

/** Under which personal fields become digests. undefined once it is erased: then no digest can be tied to a person again. */
export async function findDigestSalt(db: Database, tenantId: TenantId): Promise<Uint8Array | undefined> {
  const [row] = await db.query<{ digest_salt: Uint8Array }>(tenantScope(tenantId), "SELECT digest_salt FROM tenants WHERE id = $1", [
    tenantId,
  ]);
  return row?.digest_salt;
}

const NOT_FOUND = "The tenant does not exist.";

function first(rows: readonly TenantRow[]): TenantProfile {
  const [row] = rows;
  if (row === undefined) throw new Fault("not_found", { say: NOT_FOUND });
  return toTenantProfile(row);
}
