import type { Access, Attributes } from "../domain/access.ts";
import type { Chunking } from "../domain/collection.ts";
import { WHOLE_VIEW, type Viewer } from "../domain/principal.ts";
import type { Judgement } from "../domain/quarantine.ts";
import { rankOf } from "../domain/reader.ts";
import { collectionIds, fileIds } from "../kernel/ids.ts";
import type { BatchId, CollectionId, FileId, TenantId } from "../kernel/ids.ts";
import { changeAccess } from "./collections.ts";
import type { Database, Tx } from "./database.ts";
import { tenantScope } from "./database.ts";
import { readPage } from "./files.ts";
import type { Page, PageAsk } from "./files.ts";
import { createParams, hasPart, readerCondition, type Params } from "./visible.ts";

export type CollectionFileStatus = "in_progress" | "completed" | "failed" | "cancelled";
export type { Attributes } from "../domain/access.ts";

export type CollectionFileRecord = {
  readonly collectionId: CollectionId;
  readonly fileId: FileId;
  readonly filename: string;
  /** As it was uploaded. */
  readonly bytes: number;
  /** Pieces that it was cut into. undefined: not yet. */
  readonly chunks: number | undefined;
  readonly status: CollectionFileStatus;
  readonly lastError: { readonly code: string; readonly message: string } | undefined;
  readonly attributes: Attributes;
  /** Its own, or what its collection says now. */
  readonly chunking?: Chunking | undefined;
  readonly usageBytes: number;
  readonly createdAtMs: number;
  /** Tries that the server itself has failed in the newest round, and the last of them; where there were any. */
  readonly tries?: { readonly attempts: number; readonly triedAtMs: number } | undefined;
  /** What ingestion found, where it found anything: see `findJudgements`. */
  readonly judgement?: Judgement | undefined;
};

const ofFile = (column: "filename" | "bytes"): string =>
  `(SELECT l.${column} FROM files l WHERE l.tenant_id = m.tenant_id AND l.id = m.file_id)`;
const COLUMNS = `m.collection_id AS "collectionId", m.file_id AS "fileId", m.status, m.error_code AS "errorCode", m.error_message AS "errorMessage",
  m.attributes, coalesce(m.chunking, (SELECT c.settings -> 'chunking' FROM collections c WHERE c.tenant_id = m.tenant_id AND c.id = m.collection_id)) AS chunking, m.usage_bytes AS "usageBytes", m.created_at AS "createdAt",
  m.attempts, m.tried_at AS "triedAt", ${ofFile("filename")} AS filename, ${ofFile("bytes")} AS bytes,
  (SELECT d.chunk_count FROM documents d WHERE d.tenant_id = m.tenant_id AND d.collection_id = m.collection_id AND d.first_chunk = m.document) AS chunks`;

type CollectionFileRow = {
  readonly collectionId: string;
  readonly fileId: string;
  readonly filename: string | null;
  readonly bytes: number | null;
  readonly chunks: number | null;
  readonly status: CollectionFileStatus;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly attributes: Attributes;
  readonly chunking: Chunking | null;
  readonly usageBytes: number;
  readonly createdAt: Date;
  readonly attempts: number;
  readonly triedAt: Date | null;
};

function toCollectionFile(row: CollectionFileRow): CollectionFileRecord {
  return {
    collectionId: collectionIds.parse(row.collectionId),
    fileId: fileIds.parse(row.fileId),
    filename: row.filename ?? "",
    bytes: row.bytes ?? 0,
    chunks: row.chunks ?? undefined,
    status: row.status,
    lastError: row.errorCode === null ? undefined : { code: row.errorCode, message: row.errorMessage ?? "" },
    attributes: row.attributes,
    ...(row.chunking === null ? {} : { chunking: row.chunking }),
    usageBytes: row.usageBytes,
    createdAtMs: row.createdAt.getTime(),
    ...(row.attempts === 0 || row.triedAt === null ? {} : { tries: { attempts: row.attempts, triedAtMs: row.triedAt.getTime() } }),
  };
}

export type NewCollectionFile = {
  readonly fileId: FileId;
  readonly attributes: Attributes;
  readonly access: Access;
  readonly chunking?: Chunking | undefined;
};
export type AttachAsk = {
  readonly collectionId: CollectionId;
  readonly files: readonly NewCollectionFile[];
  readonly batch?: BatchId | undefined;
  readonly now: Date;
  readonly leaseUntil: Date;
};
/** `started` is false where it is in the collection already. */
export type Attached = { readonly record: CollectionFileRecord; readonly started: boolean };

/**
 * Puts files into a collection as `in_progress`, all or none; one that failed or was cancelled starts again. undefined: one of them is gone (their
 * rows are locked against deletion until this commits, so none slips through).
 */
export async function attachFiles(db: Database, tenantId: TenantId, made: AttachAsk): Promise<readonly Attached[] | undefined> {
  const { collectionId, batch } = made;
  const ids = made.files.map(({ fileId }) => fileId);
  return await db.transaction(tenantScope(tenantId), async (tx) => {
    const files = await tx.query(`SELECT id FROM files WHERE id = ANY ($1::text[]) AND deleted_at IS NULL ORDER BY id FOR KEY SHARE`, [
      ids,
    ]);
    if (files.length < new Set(ids).size) return undefined;
    await keepToOwner(tx, {
      collectionId,
      fileIds: made.files.filter(({ access }) => restricts(access)).map(({ fileId }) => fileId),
      all: ids,
    });
    const started = await tx.query<CollectionFileRow>(
      `INSERT INTO collection_files AS m (tenant_id, collection_id, status, lease_until, created_at, file_id, chunking, attributes,
         access_groups, classification, jurisdictions, effective_from, effective_until)
       SELECT $1, $2, 'in_progress', $3, $4, t.* FROM json_to_recordset($5::json) AS t (file_id text, chunking jsonb, attributes jsonb,
         access_groups text[], classification smallint, jurisdictions text[], effective_from timestamptz, effective_until timestamptz)
       ON CONFLICT (tenant_id, collection_id, file_id) DO UPDATE SET status = 'in_progress', error_code = NULL, error_message = NULL,
         lease_until = excluded.lease_until, chunking = excluded.chunking, attributes = excluded.attributes,
         access_groups = excluded.access_groups, classification = excluded.classification, jurisdictions = excluded.jurisdictions,
         effective_from = excluded.effective_from, effective_until = excluded.effective_until
         WHERE m.status IN ('failed', 'cancelled')
       RETURNING ${COLUMNS}`,
      [tenantId, collectionId, made.leaseUntil, made.now, JSON.stringify(made.files.map(toRow))],
    );
    if (batch !== undefined) await tx.query(INTO_BATCH, [tenantId, collectionId, batch, ids]);
    if (started.length === ids.length) return started.map((row) => ({ record: toCollectionFile(row), started: true }));
    const news = new Set(started.map((row) => row.fileId));
    const there = await tx.query<CollectionFileRow>(
      `SELECT ${COLUMNS} FROM collection_files m WHERE m.collection_id = $1 AND m.file_id = ANY ($2::text[])`,
      [collectionId, ids],
    );
    return there.map((row) => ({ record: toCollectionFile(row), started: news.has(row.fileId) }));
  });
}

const INTO_BATCH = `INSERT INTO file_batch_files (tenant_id, collection_id, batch_id, file_id)
  SELECT $1, $2, $3, t.id FROM unnest($4::text[]) AS t (id) ON CONFLICT DO NOTHING`;

const toIso = (ms: number | undefined): string | null => (ms === undefined ? null : new Date(ms).toISOString());
const toColumns = ({ groups, classification, jurisdictions, effectiveFromMs, effectiveUntilMs }: Access) => ({
  access_groups: groups ?? null,
  classification: classification === undefined ? null : rankOf(classification),
  jurisdictions: jurisdictions ?? null,
  effective_from: toIso(effectiveFromMs),
  effective_until: toIso(effectiveUntilMs),
});
const toRow = ({ fileId, chunking, attributes, access }: NewCollectionFile) => ({
  file_id: fileId,
  chunking: chunking ?? null,
  attributes,
  ...toColumns(access),
});

/** Not for the whole tenant. */
const restricts = ({ groups, classification, jurisdictions }: Access): boolean =>
  groups !== undefined || classification !== undefined || jurisdictions !== undefined;

/**
 * Files that not everybody finds here are not everybody's when they are taken out of here, either. `fileIds`: by what they say themselves;
 * `all`: where the collection says it. Locks go file, collection, collection file: before the others.
 */
async function keepToOwner(
  tx: Tx,
  { collectionId, fileIds: restricted, all }: { collectionId: CollectionId; fileIds: readonly FileId[]; all: readonly FileId[] },
): Promise<void> {
  await tx.query(
    `UPDATE files SET owner_only = true WHERE id = ANY ($1::text[]) AND NOT owner_only AND (id = ANY ($2::text[])
       OR EXISTS (SELECT FROM collections c WHERE c.id = $3 AND (c.access_groups IS NOT NULL OR c.classification IS NOT NULL)))`,
    [all, restricted, collectionId],
  );
}

const READ = `SELECT ${COLUMNS} FROM collection_files m WHERE m.collection_id = $1 AND m.file_id = $2`;

/** Who uploaded a file hears how it fares, whether or not they may find what is in it. */
export function seenBy({ reader, owner, ownOnly }: Viewer, params: Params): string {
  if (reader.kind === "all" && !ownOnly) return "true";
  const own = `EXISTS (SELECT FROM files l WHERE l.tenant_id = m.tenant_id AND l.id = m.file_id AND l.owner_id = ${params.add(owner)})`;
  return `(${readerCondition("m", reader, params)} OR ${own})`;
}

/** What the viewer may not find is as if it were not there. */
export async function findCollectionFile(
  db: Database,
  tenantId: TenantId,
  at: { readonly collectionId: CollectionId; readonly fileId: FileId },
  viewer: Viewer = WHOLE_VIEW,
): Promise<CollectionFileRecord | undefined> {
  const params = createParams([at.collectionId, at.fileId]);
  const [row] = await db.query<CollectionFileRow>(tenantScope(tenantId), `${READ} AND ${seenBy(viewer, params)}`, params.values);
  return row === undefined ? undefined : toCollectionFile(row);
}

/** Which of these files stand in the collection already, where the viewer may not find them. */
export async function findHidden(
  db: Database,
  tenantId: TenantId,
  at: { readonly collectionId: CollectionId; readonly fileIds: readonly FileId[] },
  viewer: Viewer = WHOLE_VIEW,
): Promise<ReadonlySet<string>> {
  if (viewer.reader.kind === "all" && !viewer.ownOnly) return new Set();
  const params = createParams([at.collectionId, at.fileIds]);
  const text = `SELECT m.file_id AS id FROM collection_files m WHERE m.collection_id = $1 AND m.file_id = ANY ($2::text[]) AND NOT ${seenBy(viewer, params)}`;
  const rows = await db.query<{ id: string }>(tenantScope(tenantId), text, params.values);
  return new Set(rows.map(({ id }) => id));
}

export type CollectionFilePage = PageAsk & {
  readonly status?: CollectionFileStatus | undefined;
  /** Only those of this batch. */
  readonly batch?: BatchId | undefined;
  /** Only those with this in their file's name. */
  readonly name?: string | undefined;
  readonly sort?: "created_at" | "filename" | "bytes" | undefined;
};

/** By a look at each file rather than a join: where the planner knows no figures, as in the embedded database, that takes less time. */
const SORTED = { created_at: "m.created_at", filename: `lower(${ofFile("filename")})`, bytes: ofFile("bytes") };

/** In order of their coming into the collection, unless told. */
export async function listCollectionFiles(
  db: Database,
  tenantId: TenantId,
  collectionId: CollectionId,
  ask: CollectionFilePage,
  viewer: Viewer = WHOLE_VIEW,
): Promise<Page<CollectionFileRecord>> {
  const page = readPage(ask, "desc");
  const params = createParams([collectionId, ask.status ?? null, page.cursor, page.limit + 1]);
  const batch =
    ask.batch === undefined
      ? ""
      : `AND EXISTS (SELECT FROM file_batch_files b WHERE b.tenant_id = m.tenant_id AND b.collection_id = m.collection_id
           AND b.batch_id = ${params.add(ask.batch)} AND b.file_id = m.file_id)`;
  const by = SORTED[ask.sort ?? "created_at"];
  const named = ask.name === undefined ? "" : `AND ${hasPart(ofFile("filename"), ask.name, params)}`;
  // A cursor that the viewer may not find tells as little as one that never was.
  const seen = seenBy(viewer, params);
  const rows = await db.query<CollectionFileRow>(
    tenantScope(tenantId),
    `SELECT ${COLUMNS} FROM (SELECT m.*, ${by} AS sorted FROM collection_files m
       WHERE m.collection_id = $1 AND ($2::text IS NULL OR m.status = $2) AND ($3::text IS NULL OR (${by}, m.file_id) ${page.past}
         (SELECT ${by}, m.file_id FROM collection_files m WHERE m.collection_id = $1 AND m.file_id = $3 AND ${seen}))
         AND ${seen} ${batch} ${named}
       ORDER BY ${by} ${page.direction}, m.file_id ${page.direction} LIMIT $4) m
     ORDER BY m.sorted ${page.direction}, m.file_id ${page.direction}`,
    params.values,
  );
  return page.cut(rows.map(toCollectionFile));
}

/** Replaces the attributes. They hold for every search that begins after this. undefined: the file is not in the collection. */
export async function updateAttributes(
  db: Database,
  tenantId: TenantId,
  at: { readonly collectionId: CollectionId; readonly fileId: FileId },
  to: { readonly attributes: Attributes; readonly access: Access },
): Promise<CollectionFileRecord | undefined> {
  return await db.transaction(tenantScope(tenantId), async (tx) => {
    // Locks go file, collection, collection file: in one order everywhere.
    if (restricts(to.access)) await keepToOwner(tx, { collectionId: at.collectionId, fileIds: [at.fileId], all: [at.fileId] });
    await tx.query(`SELECT id FROM collections WHERE id = $1 FOR NO KEY UPDATE`, [at.collectionId]);
    const [row] = await tx.query<CollectionFileRow>(
      `UPDATE collection_files m SET attributes = $3::jsonb, access_groups = $4, classification = $5, jurisdictions = $6, effective_from = $7,
         effective_until = $8 WHERE m.collection_id = $1 AND m.file_id = $2 RETURNING ${COLUMNS}`,
      [at.collectionId, at.fileId, JSON.stringify(to.attributes), ...Object.values(toColumns(to.access))],
    );
    if (row === undefined) return undefined;
    await changeAccess(tx, at.collectionId);
    return toCollectionFile(row);
  });
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
