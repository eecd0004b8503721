import type { CollectionId, FileId, TenantId } from "../kernel/ids.ts";
import type { Database } from "./database.ts";
import { tenantScope } from "./database.ts";

/** Chunks of one page: some megabytes at most. */
const CHUNKS_MAX = 1000;

type Row = { readonly no: number; readonly start: number; readonly end: number; readonly text: string };

/** The text that a file was indexed as, without what is quarantined. Chunks overlap, so each page is put together; `after` is a page's `next`. */
export async function readFileText(
  db: Database,
  tenantId: TenantId,
  at: { readonly collectionId: CollectionId; readonly fileId: FileId },
  after: number,
): Promise<{ readonly texts: readonly string[]; readonly next: number | undefined }> {
  const rows = await db.query<Row>(
    tenantScope(tenantId),
    `SELECT c.no, c.starts AS start, c.ends AS "end", c.body AS text FROM collection_files m
     JOIN documents d ON d.tenant_id = m.tenant_id AND d.collection_id = m.collection_id AND d.first_chunk = m.document AND d.state = 'ready'
     JOIN chunks c ON c.tenant_id = d.tenant_id AND c.collection_id = d.collection_id AND c.no >= d.first_chunk AND c.no < d.first_chunk + d.chunk_count
     WHERE m.collection_id = $1 AND m.file_id = $2 AND c.no >= $3 AND c.quarantine IS DISTINCT FROM 'held' ORDER BY c.no LIMIT ${CHUNKS_MAX + 1}`,
    [at.collectionId, at.fileId, after],
  );
  // The last chunk of a page is the first of the next, so that what overlaps it is known there.
  const next = rows.length > CHUNKS_MAX ? rows[CHUNKS_MAX - 1]?.no : undefined;
  return { texts: join(rows.slice(0, CHUNKS_MAX), after > 0), next };
}

function join(rows: readonly Row[], continued: boolean): readonly string[] {
  let reached = continued ? (rows[0]?.end ?? 0) : 0;
  const texts: string[] = [];
  for (const { start, end, text } of rows) {
    if (end > reached) texts.push(text.slice(Math.max(0, reached - start)));
    reached = Math.max(reached, end);
  }
  return texts;
}
