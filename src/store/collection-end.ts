import type { CollectionId, TenantId } from "../kernel/ids.ts";
import type { Database } from "./database.ts";
import { OPERATOR, tenantScope } from "./database.ts";

/** How a collection goes: hidden at once, and what it held in steps. */

/** From here on nothing finds it, and its name is free. What it held is cleaned away in steps. */
export async function hideCollection(db: Database, tenantId: TenantId, id: CollectionId, now: Date): Promise<boolean> {
  const rows = await db.query(
    tenantScope(tenantId),
    `UPDATE collections SET deleted_at = $2, name = NULL, version = version + 1 WHERE id = $1 AND deleted_at IS NULL RETURNING id`,
    [id, now],
  );
  return rows.length > 0;
}

/** Removes about `limit` rows of a hidden collection. True: something may be left. */
export async function dropCollectionStep(db: Database, tenantId: TenantId, id: CollectionId, limit: number): Promise<boolean> {
  const scope = tenantScope(tenantId);
  for (const [table, key] of DEPENDENTS) {
    // Up to the key that stands `limit` rows ahead: a range of the primary key, whatever the planner knows of the table.
    const gone = await db.query(
      scope,
      `DELETE FROM ${table} WHERE collection_id = $1 AND EXISTS (SELECT FROM collections WHERE id = $1 AND deleted_at IS NOT NULL)
       AND ${key} <= coalesce((SELECT ${key} FROM ${table} WHERE collection_id = $1 ORDER BY ${key} OFFSET $2 LIMIT 1),
         (SELECT max(${key}) FROM ${table} WHERE collection_id = $1)) RETURNING 1`,
      [id, limit],
    );
    if (gone.length > 0) return true;
  }
  await db.query(scope, `DELETE FROM collections WHERE id = $1 AND deleted_at IS NOT NULL`, [id]);
  return false;
}

/** What belongs to a collection, in the order in which it may go. */
const DEPENDENTS = [
  ["file_batch_files", "file_id"],
  ["file_batches", "id"],
  ["collection_files", "file_id"],
  ["postings", "term_id"],
  ["chunks", "no"],
  ["documents", "first_chunk"],
] as const;

/** Collections that were deleted by a process that died before all of their rows were. */
export async function findHiddenCollections(db: Database): Promise<readonly { readonly tenantId: string; readonly id: string }[]> {
  return await db.query(
    OPERATOR,
    `SELECT tenant_id AS "tenantId", id FROM collections WHERE deleted_at IS NOT NULL ORDER BY tenant_id, id LIMIT 1000`,
  );
}

/** Its time without a use is over; `$1` is now. */
const EXPIRED = `c.deleted_at IS NULL AND c.settings ? 'expiresAfterDays'
  AND c.active_at + make_interval(days => (c.settings ->> 'expiresAfterDays')::int) <= $1::timestamptz`;

/** Collections whose time without a use is over. Those of tenants of which something is held stay. */
export async function findExpiredCollections(
  db: Database,
  now: Date,
): Promise<readonly { readonly tenantId: string; readonly id: string }[]> {
  return await db.query(
    OPERATOR,
    `SELECT c.tenant_id AS "tenantId", c.id FROM collections c WHERE ${EXPIRED}
       AND NOT EXISTS (SELECT FROM holds h WHERE h.tenant_id = c.tenant_id AND (h.until_at IS NULL OR h.until_at > $1))
     ORDER BY 1, 2 LIMIT 1000`,
    [now],
  );
}

/** As `hideCollection`, unless it was used in the meantime. */
export async function expireCollection(db: Database, tenantId: TenantId, id: CollectionId, now: Date): Promise<boolean> {
  const rows = await db.query(
    tenantScope(tenantId),
    `UPDATE collections c SET deleted_at = $1, name = NULL, version = version + 1 WHERE c.id = $2 AND ${EXPIRED} RETURNING c.id`,
    [now, id],
  );
  return rows.length > 0;
}
