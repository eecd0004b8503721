import { placeOf, type PageStart } from "../domain/page.ts";
import { FLAG_ABOVE } from "../domain/quarantine.ts";
import type { CollectionId, FileId, TenantId } from "../kernel/ids.ts";
import type { Database } from "./database.ts";
import { tenantScope } from "./database.ts";

/** A piece of a document, where it stands in it. */
export type DocumentChunk = {
  readonly no: number;
  /** From 0. A chunk that a reviewer deleted leaves its number out. */
  readonly index: number;
  readonly start: number;
  readonly end: number;
  readonly headings: readonly string[];
  /** `p. 3`, where its document has pages. */
  readonly place: string | undefined;
  /** undefined: it is held in quarantine. */
  readonly text: string | undefined;
  /** It looks like instructions to a model, and nobody has let it. */
  readonly flagged: boolean;
};

/** Where a page begins: with a chunk by its place in the document or by its number, or with the one that holds a character. */
export type ChunkStart =
  | { readonly by: "index"; readonly index: number }
  | { readonly by: "character"; readonly at: number }
  | { readonly by: "number"; readonly no: number };

export type DocumentChunks = {
  readonly chunks: readonly DocumentChunk[];
  readonly from: number;
  /** Chunks it was cut into. */ readonly total: number;
};

type Row = {
  readonly no: number;
  readonly start: number;
  readonly end: number;
  readonly headings: readonly string[];
  readonly pages: readonly PageStart[] | null;
  readonly text: string | null;
  readonly flagged: boolean;
};

/** Numbers beyond are no integers of the database. */
const NUMBER_MAX = 2_000_000_000;

/** The chunks of a file's document in order, from a place on. A file that is not indexed has none. What is held is told of, without its text. */
export async function listDocumentChunks(
  db: Database,
  tenantId: TenantId,
  at: { readonly collectionId: CollectionId; readonly fileId: FileId },
  ask: { readonly start: ChunkStart; readonly limit: number },
): Promise<DocumentChunks> {
  const [document] = await db.query<{ first: number; total: number }>(
    tenantScope(tenantId),
    `SELECT d.first_chunk AS first, d.chunk_count AS total FROM collection_files m
     JOIN documents d ON d.tenant_id = m.tenant_id AND d.collection_id = m.collection_id AND d.first_chunk = m.document AND d.state = 'ready'
     WHERE m.collection_id = $1 AND m.file_id = $2`,
    [at.collectionId, at.fileId],
  );
  if (document === undefined) return { chunks: [], from: 0, total: 0 };
  const { first, total } = document;
  const from = await findStart(db, tenantId, { ...document, collectionId: at.collectionId }, ask.start);
  const rows = await db.query<Row>(
    tenantScope(tenantId),
    `SELECT c.no, c.starts AS start, c.ends AS "end", c.headings, c.pages, CASE WHEN c.quarantine IS DISTINCT FROM 'held' THEN c.body END AS text,
       (coalesce(c.injection > ${FLAG_ABOVE}, false) AND c.quarantine IS NULL) AS flagged
     FROM chunks c WHERE c.collection_id = $1 AND c.no >= $2 AND c.no < $3 ORDER BY c.no LIMIT $4`,
    [at.collectionId, first + from, first + total, ask.limit],
  );
  return { chunks: rows.map((row) => toChunk(row, first)), from, total };
}

type Document = { readonly collectionId: CollectionId; readonly first: number; readonly total: number };

/** The index that a page begins with: at most `total`, past which there is nothing. */
async function findStart(db: Database, tenantId: TenantId, { collectionId, first, total }: Document, start: ChunkStart): Promise<number> {
  if (start.by === "index") return Math.min(start.index, total);
  // A chunk of another document is none of this one: nothing is told of it.
  if (start.by === "number") return start.no >= first && start.no < Math.min(first + total, NUMBER_MAX) ? start.no - first : total;
  const [row] = await db.query<{ no: number | null }>(
    tenantScope(tenantId),
    `SELECT min(c.no) AS no FROM chunks c WHERE c.collection_id = $1 AND c.no >= $2 AND c.no < $3 AND c.ends > $4`,
    [collectionId, first, first + total, start.at],
  );
  return row?.no === null || row?.no === undefined ? total : row.no - first;
}

const toChunk = ({ pages, text, ...row }: Row, first: number): DocumentChunk => ({
  ...row,
  index: row.no - first,
  text: text ?? undefined,
  place: placeOf(pages ?? undefined, row),
});
