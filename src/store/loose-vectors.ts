import type { TenantId } from "../kernel/ids.ts";
import type { Database } from "./database.ts";
import { tenantScope } from "./database.ts";
import type { GenerationKey } from "./vectors.ts";

/** Vectors that are in no approximate index yet, in order of their chunks. */
export async function listLoose(
  db: Database,
  tenantId: TenantId,
  { collectionId, generation }: GenerationKey,
  limit: number,
): Promise<readonly { readonly no: number; readonly vector: Float32Array }[]> {
  const rows = await db.query<{ no: number; vector: string }>(
    tenantScope(tenantId),
    `SELECT no, embedding::text AS vector FROM chunk_vectors
     WHERE collection_id = $1 AND generation = $2 AND NOT indexed ORDER BY no LIMIT $3`,
    [collectionId, generation, limit],
  );
  return rows.map(({ no, vector }) => ({ no, vector: Float32Array.from(vector.slice(1, -1).split(","), Number) }));
}

/** They are in it now. Returns those of which a row is still there. */
export async function markIndexed(
  db: Database,
  tenantId: TenantId,
  { collectionId, generation }: GenerationKey,
  numbers: readonly number[],
): Promise<ReadonlySet<number>> {
  const rows = await db.query<{ no: number }>(
    tenantScope(tenantId),
    "UPDATE chunk_vectors SET indexed = true WHERE collection_id = $1 AND generation = $2 AND no = ANY($3::int[]) RETURNING no",
    [collectionId, generation, numbers],
  );
  return new Set(rows.map(({ no }) => no));
}

/** Another engine is to hold them: about `limit` are in no index any more. Returns how many; 0: none was left. */
export async function loosenSome(
  db: Database,
  tenantId: TenantId,
  { collectionId, generation }: GenerationKey,
  limit: number,
): Promise<number> {
  const rows = await db.query(
    tenantScope(tenantId),
    `UPDATE chunk_vectors SET indexed = false WHERE collection_id = $1 AND generation = $2 AND indexed
     AND no IN (SELECT no FROM chunk_vectors WHERE collection_id = $1 AND generation = $2 AND indexed ORDER BY no LIMIT $3) RETURNING 1`,
    [collectionId, generation, limit],
  );
  return rows.length;
}

/** Vectors that are marked as held by an approximate index. */
export async function countIndexed(db: Database, tenantId: TenantId, { collectionId, generation }: GenerationKey): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    tenantScope(tenantId),
    "SELECT count(*) AS count FROM chunk_vectors WHERE collection_id = $1 AND generation = $2 AND indexed",
    [collectionId, generation],
  );
  return row?.count ?? 0;
}
