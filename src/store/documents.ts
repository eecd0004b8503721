import { isDefaultCutting } from "../domain/collection.ts";
import type { Cutting } from "../domain/collection.ts";
import { chooseLanguage, DEFAULT_LANGUAGE } from "../domain/language.ts";
import type { CollectionId, FileId, TenantId } from "../kernel/ids.ts";
import { changeAccess, changeCollection, takeChunkNumbers } from "./collections.ts";
import type { Database, Tx } from "./database.ts";
import { OPERATOR, tenantScope } from "./database.ts";
import { explainHeld, HELD_OF_DOCUMENT } from "./quarantine.ts";

/** An indexed text in a collection, named by its first chunk. */
export type DocumentKey = { readonly collectionId: CollectionId; readonly firstChunk: number };
export type DocumentProgress = { readonly chunksDone: number; readonly termsDone: number };

export type NewDocument = {
  readonly collectionId: CollectionId;
  readonly fileId: FileId;
  readonly filename: string;
  readonly contentHash: string;
  readonly title: string;
  readonly chunkCount: number;
  readonly usageBytes: number;
  /** What its text may be written in, ISO 639-1, likeliest first. */
  readonly languages: readonly string[];
  readonly indexRev: number;
  readonly cutting: Cutting;
  readonly now: Date;
  readonly leaseUntil: Date;
  /** A lease that ends by then holds no more. */
  readonly leaseEnds: Date;
};

/**
 * `index`: this caller is to index it, from where it stands. `ready`: its content was in the collection already.
 * `elsewhere`: another process is at it, and completes this file with it. `gone`: collection or file was removed meanwhile.
 */
export type OpenedDocument =
  | { readonly state: "index"; readonly key: DocumentKey; readonly progress: DocumentProgress; readonly language: string }
  | { readonly state: "ready" | "elsewhere" | "gone" };

type Standing = {
  firstChunk: number;
  state: string;
  indexRev: number;
  chunksDone: number;
  termsDone: number;
  leaseUntil: Date;
  language: string | null;
  /** None of its chunks is found. */
  isHeld: boolean;
};

/** Finds the document of this content in the collection, or makes one, and ties the file to it. */
export async function openDocument(db: Database, tenantId: TenantId, made: NewDocument): Promise<OpenedDocument> {
  return await db.transaction(tenantScope(tenantId), async (tx) => {
    // Locks the collection's row: two processes with the same content come one after the other.
    const [collection] = await tx.query<Languages>(
      `SELECT to_json(languages) AS held, coalesce(settings -> 'languages', '[]') AS among FROM collections WHERE id = $1 AND deleted_at IS NULL FOR NO KEY UPDATE`,
      [made.collectionId],
    );
    const [file] = await tx.query<{ document: number | null }>(
      `SELECT document FROM collection_files WHERE collection_id = $1 AND file_id = $2 AND status = 'in_progress' FOR UPDATE`,
      [made.collectionId, made.fileId],
    );
    if (collection === undefined || file === undefined) return { state: "gone" };
    const found = await findLive(tx, made);
    const isOfOther = found !== undefined && found.state === "indexing" && found.indexRev !== made.indexRev;
    if (isOfOther) await killDocument(tx, { collectionId: made.collectionId, firstChunk: found.firstChunk }, made.now);
    const opened =
      found === undefined || isOfOther ? await createDocument(tx, tenantId, made, collection) : await joinDocument(tx, made, found);
    // What it was held in before it was tried again has another text where another version of the program read it.
    if (file.document !== null && file.document !== found?.firstChunk)
      await killUnused(tx, { collectionId: made.collectionId, firstChunk: file.document }, made.now);
    return opened;
  });
}

async function findLive(tx: Tx, made: NewDocument): Promise<Standing | undefined> {
  const [row] = await tx.query<Standing>(
    `SELECT first_chunk AS "firstChunk", state, index_rev AS "indexRev", chunks_done AS "chunksDone", terms_done AS "termsDone",
       lease_until AS "leaseUntil", language, withheld = chunk_count AS "isHeld"
     FROM documents WHERE collection_id = $1 AND content_hash = $2 AND state <> 'dead' FOR UPDATE`,
    [made.collectionId, made.contentHash],
  );
  return row;
}

/** What a collection holds, and what its owner says that it holds. */
type Languages = { readonly held: readonly string[]; readonly among: readonly string[] };

async function createDocument(tx: Tx, tenantId: TenantId, made: NewDocument, { held, among }: Languages): Promise<OpenedDocument> {
  const language = chooseLanguage(made.languages, among);
  const firstChunk = await takeChunkNumbers(tx, made.collectionId, made.chunkCount);
  if (firstChunk === undefined) return { state: "gone" };
  await tx.query(
    `INSERT INTO documents
       (tenant_id, collection_id, first_chunk, chunk_count, file_id, filename, title, content_hash, index_rev, lease_until, language, cutting, state)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12::jsonb, 'indexing')`,
    [
      tenantId,
      made.collectionId,
      firstChunk,
      made.chunkCount,
      made.fileId,
      made.filename,
      made.title,
      made.contentHash,
      made.indexRev,
      made.leaseUntil,
      language,
      isDefaultCutting(made.cutting) ? null : JSON.stringify(made.cutting),
    ],
  );
  if (!held.includes(language))
    await tx.query(`UPDATE collections SET languages = array_append(languages, $2) WHERE id = $1`, [made.collectionId, language]);
  await tieFile(tx, made, firstChunk, "in_progress");
  const key = { collectionId: made.collectionId, firstChunk };
  return { state: "index", key, progress: { chunksDone: 0, termsDone: 0 }, language };
}

async function joinDocument(tx: Tx, made: NewDocument, found: Standing): Promise<OpenedDocument> {
  if (found.state === "ready") {
    await tieFile(tx, made, found.firstChunk, "completed");
    await changeAccess(tx, made.collectionId);
    if (found.isHeld) await failHeld(tx, { collectionId: made.collectionId, firstChunk: found.firstChunk }, "completed");
    return { state: "ready" };
  }
  await tieFile(tx, made, found.firstChunk, "in_progress");
  if (found.leaseUntil.getTime() > made.leaseEnds.getTime()) return { state: "elsewhere" };
  await tx.query(`UPDATE documents SET lease_until = $3 WHERE collection_id = $1 AND first_chunk = $2`, [
    made.collectionId,
    found.firstChunk,
    made.leaseUntil,
  ]);
  const progress = { chunksDone: found.chunksDone, termsDone: found.termsDone };
  return {
    state: "index",
    key: { collectionId: made.collectionId, firstChunk: found.firstChunk },
    progress,
    language: found.language ?? DEFAULT_LANGUAGE,
  };
}

async function tieFile(tx: Tx, made: NewDocument, firstChunk: number, status: "in_progress" | "completed"): Promise<void> {
  await tx.query(`UPDATE collection_files SET document = $3, usage_bytes = $4, status = $5 WHERE collection_id = $1 AND file_id = $2`, [
    made.collectionId,
    made.fileId,
    firstChunk,
    made.usageBytes,
    status,
  ]);
}

/**
 * Moves the progress on inside the transaction that writes what it stands for. False: the document was removed, or another process took
 * it over, and the caller must roll back. So every posting is written exactly once.
 */
export async function advanceDocument(
  tx: Tx,
  key: DocumentKey,
  from: DocumentProgress,
  to: DocumentProgress & { readonly lengthAdded: number; readonly leaseUntil: Date },
): Promise<boolean> {
  const rows = await tx.query(
    `UPDATE documents SET chunks_done = $5, terms_done = $6, lease_until = $7, length_sum = length_sum + $8
     WHERE collection_id = $1 AND first_chunk = $2 AND state = 'indexing' AND chunks_done = $3 AND terms_done = $4 RETURNING 1`,
    [key.collectionId, key.firstChunk, from.chunksDone, from.termsDone, to.chunksDone, to.termsDone, to.leaseUntil, to.lengthAdded],
  );
  return rows.length > 0;
}

/** Files of a document of which nothing is found. It stays for its review. */
async function failHeld(tx: Tx, key: DocumentKey, from: "in_progress" | "completed"): Promise<void> {
  const { code, message } = await explainHeld(tx, key);
  await tx.query(
    `UPDATE collection_files SET status = 'failed', error_code = $3, error_message = $4 WHERE collection_id = $1 AND document = $2 AND status = $5`,
    [key.collectionId, key.firstChunk, code, message, from],
  );
}

/**
 * From the commit on all of it is found that is not held, and every file with this content is completed, or failed where all of it is held. Only
 * once every chunk is done. Returns how many are held.
 */
export async function completeDocument(tx: Tx, key: DocumentKey, now: Date): Promise<number> {
  const at = [key.collectionId, key.firstChunk];
  // Locks go file, collection, collection file, document: in one order everywhere, so that writers never wait in a ring.
  await tx.query(`SELECT id FROM collections WHERE id = $1 FOR NO KEY UPDATE`, [key.collectionId]);
  const [row] = await tx.query<{ count: number; held: number; length: number }>(
    `UPDATE documents SET state = 'ready', withheld = ${HELD_OF_DOCUMENT}
     WHERE collection_id = $1 AND first_chunk = $2 AND state = 'indexing' AND chunks_done = chunk_count
     RETURNING chunk_count - withheld AS count, withheld AS held, length_sum AS length`,
    at,
  );
  if (row === undefined) return 0;
  if (row.count === 0) await failHeld(tx, key, "in_progress");
  else
    await tx.query(
      `UPDATE collection_files SET status = 'completed' WHERE collection_id = $1 AND document = $2 AND status = 'in_progress'`,
      at,
    );
  await changeCollection(tx, key.collectionId, { chunks: row.count, length: row.length, now });
  return row.held;
}

/** Takes a file out of a collection. Its text is not found from the commit on, unless another file there has the same. */
export async function detachFile(tx: Tx, collectionId: CollectionId, fileId: FileId, now: Date): Promise<boolean> {
  await tx.query(`SELECT id FROM collections WHERE id = $1 FOR NO KEY UPDATE`, [collectionId]);
  const [row] = await tx.query<{ document: number | null }>(
    `DELETE FROM collection_files WHERE collection_id = $1 AND file_id = $2 RETURNING document`,
    [collectionId, fileId],
  );
  if (row === undefined) return false;
  if (row.document !== null) await killUnused(tx, { collectionId, firstChunk: row.document }, now);
  return true;
}

/** A document lives as long as a file in its collection has it; its source is one of those. */
async function killUnused(tx: Tx, key: DocumentKey, now: Date): Promise<void> {
  const [heir] = await tx.query<{ fileId: string; filename: string }>(
    `SELECT m.file_id AS "fileId", l.filename FROM collection_files m JOIN files l ON l.tenant_id = m.tenant_id AND l.id = m.file_id
     WHERE m.collection_id = $1 AND m.document = $2 ORDER BY m.created_at, m.file_id LIMIT 1`,
    [key.collectionId, key.firstChunk],
  );
  if (heir === undefined) {
    await killDocument(tx, key, now);
    return;
  }
  await tx.query(`UPDATE documents SET file_id = $3, filename = $4 WHERE collection_id = $1 AND first_chunk = $2`, [
    key.collectionId,
    key.firstChunk,
    heir.fileId,
    heir.filename,
  ]);
  await changeAccess(tx, key.collectionId);
}

/**
 * The file could not be indexed, or is not to be any more (`error` undefined). Only while it is under way: what was removed or finished meanwhile
 * stays as it is, and false comes back.
 */
export async function failFile(
  tx: Tx,
  at: { readonly collectionId: CollectionId; readonly fileId: FileId },
  error: { readonly code: string; readonly message: string } | undefined,
  now: Date,
): Promise<boolean> {
  await tx.query(`SELECT id FROM collections WHERE id = $1 FOR NO KEY UPDATE`, [at.collectionId]);
  const [row] = await tx.query<{ document: number | null }>(
    `UPDATE collection_files f SET status = $5, error_code = $3, error_message = $4, document = NULL, usage_bytes = 0
     FROM (SELECT file_id, document FROM collection_files WHERE collection_id = $1 AND file_id = $2 FOR UPDATE) old
     WHERE f.collection_id = $1 AND f.file_id = old.file_id AND f.status = 'in_progress' RETURNING old.document`,
    [at.collectionId, at.fileId, error?.code ?? null, error?.message ?? null, error === undefined ? "cancelled" : "failed"],
  );
  if (row === undefined) return false;
  if (row.document !== null) await killUnused(tx, { collectionId: at.collectionId, firstChunk: row.document }, now);
  return true;
}

/** The collections that hold a file. */
export async function findCollectionsOf(tx: Tx, fileId: FileId): Promise<readonly CollectionId[]> {
  const rows = await tx.query<{ id: CollectionId }>(
    `SELECT collection_id AS id FROM collection_files WHERE file_id = $1 ORDER BY collection_id`,
    [fileId],
  );
  return rows.map((row) => row.id);
}

/** It is not found from the commit on; its postings and chunks wait to be cleaned away. */
async function killDocument(tx: Tx, key: DocumentKey, now: Date): Promise<void> {
  const [row] = await tx.query<{ count: number; length: number; was: string }>(
    `UPDATE documents d SET state = 'dead' FROM
       (SELECT state FROM documents WHERE collection_id = $1 AND first_chunk = $2 FOR UPDATE) old
     WHERE d.collection_id = $1 AND d.first_chunk = $2 AND d.state <> 'dead'
     RETURNING d.chunk_count - d.withheld AS count, d.length_sum AS length, old.state AS was`,
    [key.collectionId, key.firstChunk],
  );
  if (row?.was !== "ready") return;
  await changeCollection(tx, key.collectionId, { chunks: -row.count, length: -row.length, now });
}

export type DeadDocument = DocumentKey & {
  readonly tenantId: string;
  readonly chunkCount: number;
  readonly indexRev: number;
  readonly title: string;
  readonly language: string | null;
};

export async function findDeadDocuments(db: Database): Promise<readonly DeadDocument[]> {
  return await db.query(
    OPERATOR,
    `SELECT d.tenant_id AS "tenantId", d.collection_id AS "collectionId", d.first_chunk AS "firstChunk", d.chunk_count AS "chunkCount",
       d.index_rev AS "indexRev", d.title, d.language
     FROM documents d JOIN collections c ON c.tenant_id = d.tenant_id AND c.id = d.collection_id
     WHERE d.state = 'dead' AND c.deleted_at IS NULL ORDER BY 1, 2, 3 LIMIT 1000`,
  );
}

/** Its chunks and postings are gone. */
export async function dropDocument(tx: Tx, key: DocumentKey): Promise<void> {
  const at = [key.collectionId, key.firstChunk];
  await tx.query(`UPDATE collection_files SET document = NULL WHERE collection_id = $1 AND document = $2`, at);
  await tx.query(`DELETE FROM documents WHERE collection_id = $1 AND first_chunk = $2 AND state = 'dead'`, at);
}

export type Unfinished = { readonly tenantId: string; readonly collectionId: string; readonly fileId: string };

/** Files under way whose lease ends by then: the process that worked on them died. */
export async function findUnfinished(db: Database, leasesEnd: Date): Promise<readonly Unfinished[]> {
  return await db.query(
    OPERATOR,
    `SELECT f.tenant_id AS "tenantId", f.collection_id AS "collectionId", f.file_id AS "fileId"
     FROM collection_files f
     LEFT JOIN documents d ON d.tenant_id = f.tenant_id AND d.collection_id = f.collection_id AND d.first_chunk = f.document
     WHERE f.status = 'in_progress' AND coalesce(d.lease_until, f.lease_until) <= $1 ORDER BY 1, 2, 3 LIMIT 1000`,
    [leasesEnd],
  );
}
