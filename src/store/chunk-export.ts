import type { CollectionId, TenantId } from "../kernel/ids.ts";
import type { Database } from "./database.ts";
import { tenantScope } from "./database.ts";
import type { DocumentKey } from "./documents.ts";

/** A chunk as it goes into an object of its document. */
export type ExportedChunk = {
  readonly no: number;
  readonly starts: number;
  readonly ends: number;
  readonly headings: readonly string[];
  readonly context: string | null;
  readonly body: string;
};

/** Chunks of a document that can be found, in order, from a number on. */
export async function readExported(
  db: Database,
  tenantId: TenantId,
  key: DocumentKey,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<readonly ExportedChunk[]> {
  // The range is by the chunks' own key: a document's numbers follow each other.
  return await db.query<ExportedChunk>(
    tenantScope(tenantId),
    `SELECT c.no, c.starts, c.ends, c.headings, c.context, c.body FROM chunks c
     JOIN documents d ON d.tenant_id = c.tenant_id AND d.collection_id = c.collection_id AND d.first_chunk = $2
     WHERE c.collection_id = $1 AND c.no > $3 AND c.no < d.first_chunk + d.chunk_count AND c.quarantine IS NULL ORDER BY c.no LIMIT $4`,
    [key.collectionId, key.firstChunk, after, limit],
  );
}

/** Of a collection, from a number on: in whatever state they are. */
export async function listDocumentNumbers(
  db: Database,
  tenantId: TenantId,
  collectionId: CollectionId,
  { after, limit }: { readonly after: number; readonly limit: number },
): Promise<readonly number[]> {
  const rows = await db.query<{ no: number }>(
    tenantScope(tenantId),
    "SELECT first_chunk AS no FROM documents WHERE collection_id = $1 AND first_chunk > $2 ORDER BY first_chunk LIMIT $3",
    [collectionId, after, limit],
  );
  return rows.map(({ no }) => no);
}
