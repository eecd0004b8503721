import type { CollectionId, FileId, TenantId } from "../kernel/ids.ts";
import { fileIds } from "../kernel/ids.ts";
import { WHOLE_VIEW, type Viewer } from "../domain/principal.ts";
import { seenBy, type CollectionFileStatus } from "./collection-files.ts";
import type { Database } from "./database.ts";
import { OPERATOR, tenantScope } from "./database.ts";
import { createParams, listCondition } from "./visible.ts";

/** A file in a collection. */
export type FilePlace = { readonly collectionId: CollectionId; readonly fileId: FileId };

/**
 * A try that the server itself failed. Whoever comes next may go on at once: the leases end. How many there have been in this round; undefined:
 * the file is no longer on its way.
 */
export async function recordTry(db: Database, tenantId: TenantId, at: FilePlace, now: Date): Promise<number | undefined> {
  return await db.transaction(tenantScope(tenantId), async (tx) => {
    const [row] = await tx.query<{ attempts: number; document: number | null }>(
      `UPDATE collection_files SET attempts = attempts + 1, tried_at = $3, lease_until = $3
       WHERE collection_id = $1 AND file_id = $2 AND status = 'in_progress' RETURNING attempts, document`,
      [at.collectionId, at.fileId, now],
    );
    if (row !== undefined && row.document !== null)
      await tx.query(
        `UPDATE documents SET lease_until = $3 WHERE collection_id = $1 AND first_chunk = $2 AND file_id = $4 AND state = 'indexing'`,
        [at.collectionId, row.document, now, at.fileId],
      );
    return row?.attempts;
  });
}

/** One that failed or was cancelled is on its way again, as it was put in. False: it is not there, or in no such state. */
export async function requeueFile(
  db: Database,
  tenantId: TenantId,
  at: FilePlace,
  leaseUntil: Date,
): Promise<{ readonly bytes: number } | undefined> {
  const [row] = await db.query<{ bytes: number }>(
    tenantScope(tenantId),
    `UPDATE collection_files c SET status = 'in_progress', error_code = NULL, error_message = NULL, lease_until = $3
     FROM files f WHERE c.collection_id = $1 AND c.file_id = $2 AND c.status IN ('failed', 'cancelled')
       AND f.tenant_id = c.tenant_id AND f.id = c.file_id AND f.deleted_at IS NULL RETURNING f.bytes`,
    [at.collectionId, at.fileId, leaseUntil],
  );
  return row;
}

/** Seconds from a file's coming (or its newest round) until now, where it is completed. */
export async function findIndexSeconds(db: Database, tenantId: TenantId, at: FilePlace): Promise<number | undefined> {
  const [row] = await db.query<{ seconds: number }>(
    tenantScope(tenantId),
    `SELECT extract(epoch FROM clock_timestamp() - queued_at)::float8 AS seconds FROM collection_files
     WHERE collection_id = $1 AND file_id = $2 AND status = 'completed'`,
    [at.collectionId, at.fileId],
  );
  return row?.seconds;
}

/** How long the oldest file of all tenants has been on its way, in seconds; 0 where there is none. */
export async function findIndexLag(db: Database): Promise<number> {
  const [row] = await db.query<{ seconds: number | null }>(
    OPERATOR,
    `SELECT extract(epoch FROM clock_timestamp() - min(queued_at))::float8 AS seconds FROM collection_files WHERE status = 'in_progress'`,
  );
  return Math.max(0, row?.seconds ?? 0);
}

/** Files of a collection that are on their way. */
export async function countUnderWay(db: Database, tenantId: TenantId, collectionId: CollectionId): Promise<number> {
  const [row] = await db.query<{ n: number }>(
    tenantScope(tenantId),
    `SELECT count(*)::int AS n FROM collection_files WHERE collection_id = $1 AND status = 'in_progress'`,
    [collectionId],
  );
  return row?.n ?? 0;
}

export type FileChange = {
  readonly fileId: FileId;
  readonly filename: string;
  readonly status: CollectionFileStatus;
  readonly errorCode: string | undefined;
  readonly errorMessage: string | undefined;
  readonly attempts: number;
  /** undefined: it has not been cut yet. */
  readonly chunks: number | undefined;
  readonly chunksDone: number;
  /** Microseconds by the database's clock: hundreds may change in a millisecond. */
  readonly changedAtUs: number;
};

type ChangeRow = {
  readonly fileId: string;
  readonly filename: string | null;
  readonly status: CollectionFileStatus;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly attempts: number;
  readonly chunks: number | null;
  readonly chunksDone: number | null;
  readonly changedAtUs: number;
};

const CHANGES = `SELECT m.file_id AS "fileId", f.filename, m.status, m.error_code AS "errorCode", m.error_message AS "errorMessage", m.attempts,
  d.chunk_count AS chunks, CASE WHEN m.status = 'completed' THEN d.chunk_count ELSE d.chunks_done END AS "chunksDone", 
  (extract(epoch FROM m.changed_at) * 1000000)::bigint AS "changedAtUs"
  FROM collection_files m LEFT JOIN files f ON f.tenant_id = m.tenant_id AND f.id = m.file_id
  LEFT JOIN documents d ON d.tenant_id = m.tenant_id AND d.collection_id = m.collection_id AND d.first_chunk = m.document
  WHERE m.collection_id = $1`;

const toChange = (row: ChangeRow): FileChange => ({
  fileId: fileIds.parse(row.fileId),
  filename: row.filename ?? "",
  status: row.status,
  errorCode: row.errorCode ?? undefined,
  errorMessage: row.errorMessage ?? undefined,
  attempts: row.attempts,
  chunks: row.chunks ?? undefined,
  chunksDone: row.chunksDone ?? 0,
  changedAtUs: row.changedAtUs,
});

/** Whose progress, and for whom: what the viewer may not find is as if it were not there. */
export type ProgressAsk = { readonly collectionId: CollectionId; readonly viewer?: Viewer | undefined };

/** Files on their way, the oldest first. */
export async function listUnderWay(
  db: Database,
  tenantId: TenantId,
  { collectionId, viewer = WHOLE_VIEW, limit }: ProgressAsk & { readonly limit: number },
): Promise<readonly FileChange[]> {
  const params = createParams([collectionId, limit]);
  const text = `${CHANGES} AND m.status = 'in_progress' AND ${seenBy(viewer, params)} ORDER BY m.queued_at, m.file_id LIMIT $2`;
  return (await db.query<ChangeRow>(tenantScope(tenantId), text, params.values)).map(toChange);
}

/** Files that changed after a moment, or after the last one of a page, in the order in which they did. */
export async function listChanges(
  db: Database,
  tenantId: TenantId,
  { collectionId, viewer = WHOLE_VIEW, sinceUs, after = "", limit }: ProgressAsk & ChangesAsk,
): Promise<readonly FileChange[]> {
  const params = createParams([collectionId, sinceUs, after, limit]);
  const moment = "timestamptz 'epoch' + $2::bigint * interval '1 microsecond'";
  const text = `${CHANGES} AND (m.changed_at, m.file_id) > (${moment}, $3) AND ${seenBy(viewer, params)} ORDER BY m.changed_at, m.file_id LIMIT $4`;
  return (await db.query<ChangeRow>(tenantScope(tenantId), text, params.values)).map(toChange);
}
export type ChangesAsk = { readonly sinceUs: number; /** A file's id. */ readonly after?: string; readonly limit: number };

export type FileCountsNow = {
  readonly inProgress: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly total: number;
  /** Of the oldest file on its way, in seconds. */
  readonly lagSeconds: number;
  /** The database's clock, in microseconds. */
  readonly nowUs: number;
};

const of = (status: CollectionFileStatus): string => `(count(*) FILTER (WHERE m.status = '${status}'))::int`;

/** undefined: the collection is gone, or not the viewer's to find any more. */
export async function countFilesNow(
  db: Database,
  tenantId: TenantId,
  { collectionId, viewer = WHOLE_VIEW }: ProgressAsk,
): Promise<FileCountsNow | undefined> {
  const params = createParams([collectionId]);
  const owner = viewer.ownOnly ? `AND c.owner_id = ${params.add(viewer.owner)}` : "";
  const [row] = await db.query<FileCountsNow>(
    tenantScope(tenantId),
    `SELECT count(m.file_id)::int AS total, ${of("in_progress")} AS "inProgress", ${of("completed")} AS completed, ${of("failed")} AS failed,
       ${of("cancelled")} AS cancelled, (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS "nowUs",
       greatest(0, coalesce(extract(epoch FROM clock_timestamp() - min(m.queued_at) FILTER (WHERE m.status = 'in_progress')), 0))::float8 AS "lagSeconds"
     FROM collections c LEFT JOIN collection_files m ON m.tenant_id = c.tenant_id AND m.collection_id = c.id AND ${seenBy(viewer, params)}
     WHERE c.id = $1 AND c.deleted_at IS NULL AND ${listCondition("c", viewer.reader, params)} ${owner} GROUP BY c.id`,
    params.values,
  );
  return row;
}
