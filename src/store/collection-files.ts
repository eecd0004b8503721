import type { Judgement } from "../domain/quarantine.ts";
import { collectionIds, fileIds } from "../kernel/ids.ts";
import type { CollectionId, FileId, TenantId } from "../kernel/ids.ts";
import type { Database } from "./database.ts";
import { tenantScope } from "./database.ts";
import { readPage } from "./files.ts";
import type { Page, PageAsk } from "./files.ts";

export type CollectionFileStatus = "in_progress" | "completed" | "failed" | "cancelled";
export type Attributes = Readonly<Record<string, string | number | boolean>>;

export type CollectionFileRecord = {
  readonly collectionId: CollectionId;
  readonly fileId: FileId;
  readonly status: CollectionFileStatus;
  readonly lastError: { readonly code: string; readonly message: string } | undefined;
  readonly attributes: Attributes;
  readonly usageBytes: number;
  readonly createdAtMs: number;
  /** What ingestion found, where it found anything: see `findJudgements`. */
  readonly judgement?: Judgement | undefined;
};

const COLUMNS = `collection_id AS "collectionId", file_id AS "fileId", status, error_code AS "errorCode", error_message AS "errorMessage",
  attributes, usage_bytes AS "usageBytes", created_at AS "createdAt"`;

type CollectionFileRow = {
  readonly collectionId: string;
  readonly fileId: string;
  readonly status: CollectionFileStatus;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly attributes: Attributes;
  readonly usageBytes: number;
  readonly createdAt: Date;
};

function toCollectionFile(row: CollectionFileRow): CollectionFileRecord {
  return {
    collectionId: collectionIds.parse(row.collectionId),
    fileId: fileIds.parse(row.fileId),
    status: row.status,
    lastError: row.errorCode === null ? undefined : { code: row.errorCode, message: row.errorMessage ?? "" },
    attributes: row.attributes,
    usageBytes: row.usageBytes,
    createdAtMs: row.createdAt.getTime(),
  };
}

export type NewCollectionFile = {
  readonly collectionId: CollectionId;
  readonly fileId: FileId;
  readonly attributes: Attributes;
  readonly now: Date;
  readonly leaseUntil: Date;
};

/**
 * Puts a file into a collection as `in_progress`; one that failed or was cancelled starts again. `started` is false where it is in the
 * collection already. undefined: the file is gone (its row is locked against deletion until this commits, so none slips through).
 */
export async function attachFile(
  db: Database,
  tenantId: TenantId,
  made: NewCollectionFile,
): Promise<{ readonly record: CollectionFileRecord; readonly started: boolean } | undefined> {
  return await db.transaction(tenantScope(tenantId), async (tx) => {
    const file = await tx.query(`SELECT id FROM files WHERE id = $1 AND deleted_at IS NULL FOR KEY SHARE`, [made.fileId]);
    if (file.length === 0) return undefined;
    const [row] = await tx.query<CollectionFileRow>(
      `INSERT INTO collection_files AS f (tenant_id, collection_id, file_id, status, attributes, lease_until, created_at)
       VALUES ($1, $2, $3, 'in_progress', $4::jsonb, $5, $6)
       ON CONFLICT (tenant_id, collection_id, file_id) DO UPDATE SET status = 'in_progress', error_code = NULL, error_message = NULL,
         attributes = excluded.attributes, lease_until = excluded.lease_until
         WHERE f.status IN ('failed', 'cancelled')
       RETURNING ${COLUMNS}`,
      [tenantId, made.collectionId, made.fileId, JSON.stringify(made.attributes), made.leaseUntil, made.now],
    );
    if (row !== undefined) return { record: toCollectionFile(row), started: true };
    const [there] = await tx.query<CollectionFileRow>(READ, [made.collectionId, made.fileId]);
    return there === undefined ? undefined : { record: toCollectionFile(there), started: false };
  });
}

const READ = `SELECT ${COLUMNS} FROM collection_files WHERE collection_id = $1 AND file_id = $2`;

export async function findCollectionFile(
  db: Database,
  tenantId: TenantId,
  collectionId: CollectionId,
  fileId: FileId,
): Promise<CollectionFileRecord | undefined> {
  const [row] = await db.query<CollectionFileRow>(tenantScope(tenantId), READ, [collectionId, fileId]);
  return row === undefined ? undefined : toCollectionFile(row);
}

/** In order of their coming into the collection. */
export async function listCollectionFiles(
  db: Database,
  tenantId: TenantId,
  collectionId: CollectionId,
  ask: PageAsk & { readonly status?: CollectionFileStatus | undefined },
): Promise<Page<CollectionFileRecord>> {
  const page = readPage(ask, "desc");
  const rows = await db.query<CollectionFileRow>(
    tenantScope(tenantId),
    `SELECT ${COLUMNS} FROM collection_files
     WHERE collection_id = $1 AND ($2::text IS NULL OR status = $2) AND ($3::text IS NULL OR (created_at, file_id) ${page.past}
       (SELECT created_at, file_id FROM collection_files WHERE collection_id = $1 AND file_id = $3))
     ORDER BY created_at ${page.direction}, file_id ${page.direction} LIMIT $4`,
    [collectionId, ask.status ?? null, page.cursor, page.limit + 1],
  );
  return page.cut(rows.map(toCollectionFile));
}

/** Replaces the attributes. undefined: the file is not in the collection. */
export async function updateAttributes(
  db: Database,
  tenantId: TenantId,
  at: { readonly collectionId: CollectionId; readonly fileId: FileId },
  attributes: Attributes,
): Promise<CollectionFileRecord | undefined> {
  const [row] = await db.query<CollectionFileRow>(
    tenantScope(tenantId),
    `UPDATE collection_files SET attributes = $3::jsonb WHERE collection_id = $1 AND file_id = $2 RETURNING ${COLUMNS}`,
    [at.collectionId, at.fileId, JSON.stringify(attributes)],
  );
  return row === undefined ? undefined : toCollectionFile(row);
}

/** The attributes of several files of a collection, by file id. */
export async function findAttributes(
  db: Database,
  tenantId: TenantId,
  collectionId: CollectionId,
  files: readonly FileId[],
): Promise<ReadonlyMap<string, Attributes>> {
  const rows = await db.query<{ fileId: string; attributes: Attributes }>(
    tenantScope(tenantId),
    `SELECT file_id AS "fileId", attributes FROM collection_files WHERE collection_id = $1 AND file_id = ANY($2::text[])`,
    [collectionId, files],
  );
  return new Map(rows.map((row) => [row.fileId, row.attributes]));
}
