import { collectionIds, fileIds, tenantIds } from "../kernel/ids.ts";
import type { FileId, TenantId } from "../kernel/ids.ts";
import type { ObjectStore } from "../object/index.ts";
import { termId } from "../retrieve/index.ts";
import { deleteChunks, readIndexedText, removePostings, removePostingsPage } from "../store/chunks.ts";
import { dropCollectionStep, findHiddenCollections } from "../store/collection-end.ts";
import { dropDocument, findDeadDocuments } from "../store/documents.ts";
import type { DeadDocument } from "../store/documents.ts";
import { dropFile, findHiddenFiles } from "../store/files.ts";
import type { Database } from "../store/index.ts";
import { tenantScope } from "../store/index.ts";
import { cleanDocumentVectors, cleanVectors, type CleanVectorsDeps } from "./clean-vectors.ts";
import { dropExport, dropExports } from "./export.ts";
import { hasSameTerms, indexedTerms } from "./segment.ts";

/** Rows that one transaction removes: under 25 ms in PGlite. */
const ROWS_PER_STEP = 300;
const CHUNKS_PER_STEP = 64;

export type CleanDeps = { readonly db: Database; readonly objects: ObjectStore } & Partial<Pick<CleanVectorsDeps, "graphs">>;

/** Removes for good what was deleted and is not found any more. Each step is small and can be repeated, so it may stop anywhere. */
export async function clean({ db, objects, graphs }: CleanDeps, signal: AbortSignal): Promise<void> {
  for (const file of await findHiddenFiles(db)) {
    if (signal.aborted) return;
    await removeFile({ db, objects }, tenantIds.parse(file.tenantId), { id: fileIds.parse(file.id), objectKey: file.objectKey });
  }
  for (const hidden of await findHiddenCollections(db)) {
    const tenantId = tenantIds.parse(hidden.tenantId);
    const id = collectionIds.parse(hidden.id);
    await cleanVectors({ db, graphs }, tenantId, id, signal);
    await dropExports({ db, objects }, tenantId, id, signal);
    while (!signal.aborted && (await dropCollectionStep(db, tenantId, id, ROWS_PER_STEP)));
  }
  for (const dead of await findDeadDocuments(db)) {
    if (signal.aborted) return;
    await dropExport(objects, tenantIds.parse(dead.tenantId), dead);
    await cleanDocument({ db, graphs }, dead, signal);
  }
}

/** The object first: while the row is there, the removal can be taken up again. */
export async function removeFile(
  { db, objects }: CleanDeps,
  tenantId: TenantId,
  file: { readonly id: FileId; readonly objectKey: string },
): Promise<void> {
  await objects.deleteObject(tenantId, file.objectKey);
  await dropFile(db, tenantId, file.id);
}

async function cleanDocument({ db, graphs }: CleanVectorsDeps, dead: DeadDocument, signal: AbortSignal): Promise<void> {
  const tenantId = tenantIds.parse(dead.tenantId);
  const end = dead.firstChunk + dead.chunkCount;
  if (hasSameTerms(dead.indexRev)) await cleanByTerms(db, tenantId, dead, signal);
  else await cleanByScan(db, tenantId, dead, signal);
  for (let from = dead.firstChunk; from < end && !signal.aborted; from += CHUNKS_PER_STEP) {
    const to = Math.min(from + CHUNKS_PER_STEP, end);
    await db.transaction(tenantScope(tenantId), (tx) => deleteChunks(tx, dead.collectionId, { from, to }));
  }
  await cleanDocumentVectors({ db, graphs }, tenantId, dead, signal);
  if (!signal.aborted) await db.transaction(tenantScope(tenantId), (tx) => dropDocument(tx, dead));
}

/** The terms are those of its text, so only their rows are visited. */
async function cleanByTerms(db: Database, tenantId: TenantId, dead: DeadDocument, signal: AbortSignal): Promise<void> {
  const range = { from: dead.firstChunk, to: dead.firstChunk + dead.chunkCount };
  const ids = new Set<number>();
  for (let from = range.from; from < range.to && !signal.aborted; from += CHUNKS_PER_STEP) {
    const texts = await readIndexedText(db, tenantId, dead.collectionId, { from, to: Math.min(from + CHUNKS_PER_STEP, range.to) });
    for (const text of texts) for (const term of indexedTerms(dead, text)) ids.add(termId(term));
  }
  const sorted = Float64Array.from(ids).toSorted();
  for (let at = 0; at < sorted.length && !signal.aborted; at += ROWS_PER_STEP) {
    const some = Array.from(sorted.subarray(at, at + ROWS_PER_STEP));
    await db.transaction(tenantScope(tenantId), (tx) => removePostings(tx, dead.collectionId, some, range));
  }
}

async function cleanByScan(db: Database, tenantId: TenantId, dead: DeadDocument, signal: AbortSignal): Promise<void> {
  const range = { from: dead.firstChunk, to: dead.firstChunk + dead.chunkCount };
  for (let afterTerm: number | undefined = -1; afterTerm !== undefined && !signal.aborted;) {
    const page: { afterTerm: number; limit: number } = { afterTerm, limit: ROWS_PER_STEP };
    afterTerm = await db.transaction(tenantScope(tenantId), (tx) => removePostingsPage(tx, dead.collectionId, range, page));
  }
}
