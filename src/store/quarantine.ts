import { placeOf, type PageStart } from "../domain/page.ts";
import { FLAG_ABOVE, PLACES_MAX, toQuarantineError, type Judgement, type QuarantineReason } from "../domain/quarantine.ts";
import { fileIds } from "../kernel/ids.ts";
import type { CollectionId, FileId, TenantId } from "../kernel/ids.ts";
import { changeCollection } from "./collections.ts";
import type { Database, Tx } from "./database.ts";
import { tenantScope } from "./database.ts";
import { appendPostings, type TermEntries } from "./postings.ts";

/** As the index `chunks_told` has it, so that it is used. */
const TOLD = `(c.injection > ${FLAG_ABOVE} OR c.quarantine = 'held')`;

/** A chunk that no search finds. */
export type HeldChunk = {
  readonly no: number;
  readonly fileId: FileId;
  readonly filename: string;
  readonly title: string;
  readonly headings: readonly string[];
  readonly text: string;
  /** `p. 3`, where its document has pages. */
  readonly place: string | undefined;
  readonly reason: QuarantineReason;
  /** undefined: nobody looked, as the tenant's rules have it. */
  readonly injection: number | undefined;
};

type HeldRow = Omit<HeldChunk, "fileId" | "place" | "injection"> & {
  readonly fileId: string;
  readonly start: number;
  readonly end: number;
  readonly pages: readonly PageStart[] | null;
  readonly injection: number | null;
};

export const LIST_HELD = `SELECT c.no, c.starts AS start, c.ends AS "end", c.pages, c.headings, c.body AS text, c.injection,
    coalesce(c.quarantine_reason, 'injection') AS reason, d.title, d.filename, d.file_id AS "fileId"
  FROM chunks c JOIN documents d ON d.tenant_id = c.tenant_id AND d.collection_id = c.collection_id AND d.first_chunk = c.document
  WHERE c.collection_id = $1 AND ${TOLD} AND c.quarantine = 'held' AND c.no > $2 AND d.state = 'ready'
  ORDER BY c.document, c.no LIMIT $3`;

/** In order of their numbers, after `after`. Those of a file that is still being indexed are not among them. */
export async function listHeldChunks(
  db: Database,
  tenantId: TenantId,
  collectionId: CollectionId,
  ask: { readonly after: number; readonly limit: number },
): Promise<readonly HeldChunk[]> {
  const rows = await db.query<HeldRow>(tenantScope(tenantId), LIST_HELD, [collectionId, ask.after, ask.limit]);
  return rows.map(({ start, end, pages, injection, ...row }) => ({
    ...row,
    injection: injection ?? undefined,
    fileId: fileIds.parse(row.fileId),
    place: placeOf(pages ?? undefined, { start, end }),
  }));
}

/** What of a chunk its postings are made of. */
export type HeldText = {
  readonly title: string;
  readonly language: string | null;
  readonly headings: readonly string[];
  readonly text: string;
  readonly context: string | null;
  /** Its document's chunks are searched with their neighbours' words. */
  readonly isWindowed: boolean;
};

/**
 * Lets a chunk be found: its postings are written, and its collection's figures count it. `indexed` makes them of its text. False: no such chunk
 * is held.
 */
export async function releaseHeld(
  tx: Tx,
  tenantId: TenantId,
  at: { readonly collectionId: CollectionId; readonly no: number },
  indexed: (text: HeldText) => Promise<{ readonly entries: readonly TermEntries[]; readonly lengthSum: number }>,
  now: Date,
): Promise<boolean> {
  const { collectionId, no } = at;
  await lock(tx, collectionId);
  const [row] = await tx.query<HeldText & { document: number }>(
    `UPDATE chunks c SET quarantine = 'released' FROM documents d
     WHERE c.collection_id = $1 AND c.no = $2 AND c.quarantine = 'held'
       AND d.tenant_id = c.tenant_id AND d.collection_id = c.collection_id AND d.first_chunk = c.document AND d.state = 'ready'
     RETURNING c.document, c.headings, c.body AS text, c.context, d.title, d.language,
       d.cutting #>> '{chunking,strategy}' IS NOT DISTINCT FROM 'window' AS "isWindowed"`,
    [collectionId, no],
  );
  if (row === undefined) return false;
  const { entries, lengthSum } = await indexed(row);
  await tx.query(
    `UPDATE collection_files SET status = 'completed', error_code = NULL, error_message = NULL
     WHERE collection_id = $1 AND document = $2 AND status = 'failed'`,
    [collectionId, row.document],
  );
  await tx.query(
    `UPDATE documents SET withheld = withheld - 1, length_sum = length_sum + $3 WHERE collection_id = $1 AND first_chunk = $2`,
    [collectionId, row.document, lengthSum],
  );
  await appendPostings(tx, tenantId, collectionId, entries);
  await changeCollection(tx, collectionId, { chunks: 1, length: lengthSum, now });
  return true;
}

/** For good. It stays withheld in its document's figures. False: no such chunk is held. */
export async function deleteHeld(tx: Tx, at: { readonly collectionId: CollectionId; readonly no: number }): Promise<boolean> {
  await lock(tx, at.collectionId);
  const rows = await tx.query(
    `DELETE FROM chunks c USING documents d
     WHERE c.collection_id = $1 AND c.no = $2 AND c.quarantine = 'held'
       AND d.tenant_id = c.tenant_id AND d.collection_id = c.collection_id AND d.first_chunk = c.document AND d.state = 'ready' RETURNING 1`,
    [at.collectionId, at.no],
  );
  return rows.length > 0;
}

/** Locks go collection, collection file, document: in one order everywhere. */
const lock = (tx: Tx, collectionId: CollectionId): Promise<unknown> =>
  tx.query(`SELECT id FROM collections WHERE id = $1 FOR NO KEY UPDATE`, [collectionId]);

/** Why a document of which nothing is found is in no answer. */
export async function explainHeld(
  tx: Tx,
  key: { readonly collectionId: CollectionId; readonly firstChunk: number },
): Promise<{ readonly code: string; readonly message: string }> {
  const rows = await tx.query<{ flagged: readonly (number | string)[] | null; reason: QuarantineReason }>(
    `SELECT c.flagged_places AS flagged, coalesce(c.quarantine_reason, 'injection') AS reason FROM chunks c
     WHERE c.collection_id = $1 AND c.document = $2 AND ${TOLD} AND c.quarantine = 'held' ORDER BY c.no LIMIT ${PLACES_MAX}`,
    [key.collectionId, key.firstChunk],
  );
  const pages = new Set(rows.flatMap(({ flagged }) => flagged?.filter((place) => typeof place === "number").map(nameOf) ?? []));
  return toQuarantineError(
    [...pages].slice(0, PLACES_MAX),
    rows.some(({ reason }) => reason === "injection"),
  );
}

/** How many chunks of a document being completed are held. */
export const HELD_OF_DOCUMENT = `(SELECT count(*)::int FROM chunks c
  WHERE c.collection_id = $1 AND c.document = $2 AND ${TOLD} AND c.quarantine = 'held')`;

type JudgedRow = {
  readonly fileId: string;
  readonly flagged: number;
  readonly quarantined: number;
  readonly spots:
    | readonly {
        readonly start: number;
        readonly end: number;
        readonly flagged: readonly (number | string)[] | null;
        readonly headings: readonly string[];
      }[]
    | null;
};

const OF_FILE = `FROM chunks c WHERE c.tenant_id = m.tenant_id AND c.collection_id = m.collection_id AND c.document = m.document
    AND ${TOLD} AND c.quarantine IS DISTINCT FROM 'released'`;
export const JUDGEMENTS = `SELECT m.file_id AS "fileId", n.flagged, n.quarantined, p.spots FROM collection_files m
  JOIN LATERAL (SELECT (count(*) FILTER (WHERE quarantine IS NULL))::int AS flagged, (count(*) FILTER (WHERE quarantine = 'held'))::int AS quarantined
    ${OF_FILE}) n ON n.flagged + n.quarantined > 0
  JOIN LATERAL (SELECT json_agg(s) AS spots FROM (SELECT starts AS start, ends AS "end", flagged_places AS flagged ${OF_FILE} ORDER BY no LIMIT ${PLACES_MAX}) s) p ON true
  WHERE m.collection_id = $1 AND m.file_id = ANY($2::text[]) AND m.status <> 'in_progress'`;

/** What ingestion found of files, where it found anything; by file id. */
export async function findJudgements(
  db: Database,
  tenantId: TenantId,
  collectionId: CollectionId,
  files: readonly FileId[],
): Promise<ReadonlyMap<string, Judgement>> {
  const rows = await db.query<JudgedRow>(tenantScope(tenantId), JUDGEMENTS, [collectionId, files]);
  return new Map(rows.map(({ fileId, flagged, quarantined, spots }) => [fileId, { flagged, quarantined, places: toPlaces(spots ?? []) }]));
}

const toPlaces = (spots: NonNullable<JudgedRow["spots"]>): readonly string[] =>
  [...new Set(spots.flatMap((spot) => spot.flagged?.map(nameOf) ?? `characters ${spot.start}-${spot.end}`))].slice(0, PLACES_MAX);

const nameOf = (place: number | string): string => (typeof place === "number" ? `p. ${place}` : place);
