import type { Viewer } from "../domain/principal.ts";
import { batchIds, collectionIds, fileIds } from "../kernel/ids.ts";
import type { BatchId, CollectionId, FileId, TenantId } from "../kernel/ids.ts";
import type { FileCounts } from "./collections.ts";
import type { Database } from "./database.ts";
import { tenantScope } from "./database.ts";
import { createParams, readerCondition } from "./visible.ts";

/** Files that were put into a collection together. */
export type FileBatch = {
  readonly id: BatchId;
  readonly collectionId: CollectionId;
  readonly createdAtMs: number;
  readonly cancelled: boolean;
  /** What was taken out of the collection since counts as cancelled. */
  readonly fileCounts: FileCounts;
};

export type NewFileBatch = {
  readonly id: BatchId;
  readonly collectionId: CollectionId;
  readonly owner: string;
  readonly createdAtMs: number;
};

export async function insertBatch(db: Database, tenantId: TenantId, made: NewFileBatch): Promise<void> {
  await db.query(
    tenantScope(tenantId),
    `INSERT INTO file_batches (tenant_id, collection_id, id, owner_id, created_at) VALUES ($1, $2, $3, $4, $5)`,
    [tenantId, made.collectionId, made.id, made.owner, new Date(made.createdAtMs)],
  );
}

type BatchRow = Omit<FileCounts, "cancelled"> & {
  readonly id: string;
  readonly collectionId: string;
  readonly createdAt: Date;
  readonly cancelled: boolean;
  readonly cancelledFiles: number;
  readonly hidden: boolean;
  readonly owner: string;
};

/** Whose batch it is, and who may find all of its files, may ask about it. */
export async function findBatch(
  db: Database,
  tenantId: TenantId,
  at: { readonly collectionId: CollectionId; readonly id: BatchId },
  { reader, owner, ownOnly }: Viewer,
): Promise<FileBatch | undefined> {
  const params = createParams([at.collectionId, at.id]);
  const [row] = await db.query<BatchRow>(
    tenantScope(tenantId),
    `SELECT b.id, b.collection_id AS "collectionId", b.created_at AS "createdAt", b.cancelled_at IS NOT NULL AS cancelled, b.owner_id AS owner,
       count(*)::int AS total, (count(*) FILTER (WHERE m.status = 'in_progress'))::int AS "inProgress",
       (count(*) FILTER (WHERE m.status = 'completed'))::int AS completed, (count(*) FILTER (WHERE m.status = 'failed'))::int AS failed,
       (count(*) FILTER (WHERE m.status IS NULL OR m.status = 'cancelled'))::int AS "cancelledFiles",
       bool_or(m.file_id IS NOT NULL AND NOT ${readerCondition("m", reader, params)}) AS hidden
     FROM file_batches b JOIN file_batch_files f ON f.tenant_id = b.tenant_id AND f.collection_id = b.collection_id AND f.batch_id = b.id
     LEFT JOIN collection_files m ON m.tenant_id = f.tenant_id AND m.collection_id = f.collection_id AND m.file_id = f.file_id
     WHERE b.collection_id = $1 AND b.id = $2 GROUP BY b.tenant_id, b.collection_id, b.id`,
    params.values,
  );
  if (row === undefined || (row.owner !== owner && (ownOnly || row.hidden))) return undefined;
  return toBatch(row);
}

function toBatch(row: BatchRow): FileBatch {
  const { inProgress, completed, failed, total } = row;
  return {
    id: batchIds.parse(row.id),
    collectionId: collectionIds.parse(row.collectionId),
    createdAtMs: row.createdAt.getTime(),
    cancelled: row.cancelled,
    fileCounts: { inProgress, completed, failed, cancelled: row.cancelledFiles, total },
  };
}

/** Marks it, and names the files that are still under way. */
export async function cancelBatch(
  db: Database,
  tenantId: TenantId,
  at: { readonly collectionId: CollectionId; readonly id: BatchId },
  now: Date,
): Promise<readonly FileId[]> {
  const scope = tenantScope(tenantId);
  const params = [at.collectionId, at.id];
  await db.query(scope, `UPDATE file_batches SET cancelled_at = coalesce(cancelled_at, $3) WHERE collection_id = $1 AND id = $2`, [
    ...params,
    now,
  ]);
  const rows = await db.query<{ id: string }>(
    scope,
    `SELECT f.file_id AS id FROM file_batch_files f
     JOIN collection_files m ON m.tenant_id = f.tenant_id AND m.collection_id = f.collection_id AND m.file_id = f.file_id
     WHERE f.collection_id = $1 AND f.batch_id = $2 AND m.status = 'in_progress' ORDER BY 1`,
    params,
  );
  return rows.map(({ id }) => fileIds.parse(id));
}
