import type { Finding } from "../domain/finding.ts";
import type { PageStart } from "../domain/page.ts";
import type { QuarantineReason } from "../domain/quarantine.ts";
import type { CollectionId, TenantId } from "../kernel/ids.ts";
import type { Database, Tx } from "./database.ts";
import { tenantScope } from "./database.ts";
import type { DocumentKey } from "./documents.ts";
import { toFindingsJson } from "./findings-json.ts";
import { ENTRY_BYTES, joinEntries } from "./postings.ts";

/** What ingestion found in a chunk. */
export type JudgedChunk = {
  /** undefined: the tenant does not want it looked for. */
  readonly injection: number | undefined;
  /** Where in it stands what looks like an attack, where it does: pages, or headings. */
  readonly flaggedPlaces: readonly (number | string)[] | undefined;
  readonly findings: readonly Finding[];
  /** Of the detectors that looked. */
  readonly guardRev: number;
  /** Why it is quarantined, where it is. */
  readonly held: QuarantineReason | undefined;
};

export type NewChunk = {
  readonly no: number;
  readonly start: number;
  readonly end: number;
  readonly headings: readonly string[];
  readonly text: string;
  readonly pages?: readonly PageStart[] | undefined;
  /** The number of the first of the larger chunk that it stands in. */
  readonly parent?: number | undefined;
  /** Searched with it. */
  readonly context?: string | undefined;
};

/** Those that are there already stay, with what was found in them: a process that takes over makes the same ones. */
export async function insertChunks(
  tx: Tx,
  tenantId: TenantId,
  key: DocumentKey,
  chunks: readonly (NewChunk & { readonly judged: JudgedChunk })[],
): Promise<void> {
  await tx.query(
    `INSERT INTO chunks (tenant_id, collection_id, document, no, starts, ends, headings, body, pages, injection, flagged_places, findings, guard_rev, quarantine,
       parent, context, quarantine_reason)
     SELECT $1, $2, $3, t.no, t.starts, t.ends, t.headings::jsonb, t.body, t.pages::jsonb, t.injection, t.flagged::jsonb, t.findings::jsonb, t.rev,
       CASE WHEN t.held IS NOT NULL THEN 'held' END, t.parent, t.context, t.held
     FROM unnest($4::int[], $5::int[], $6::int[], $7::text[], $8::text[], $9::text[], $10::float8[], $11::text[], $12::text[], $13::int[],
       $14::text[], $15::int[], $16::text[])
       AS t (no, starts, ends, headings, body, pages, injection, flagged, findings, rev, held, parent, context)
     ON CONFLICT DO NOTHING`,
    [
      tenantId,
      key.collectionId,
      key.firstChunk,
      chunks.map((chunk) => chunk.no),
      chunks.map((chunk) => chunk.start),
      chunks.map((chunk) => chunk.end),
      chunks.map((chunk) => JSON.stringify(chunk.headings)),
      chunks.map((chunk) => chunk.text),
      chunks.map((chunk) => (chunk.pages === undefined ? null : JSON.stringify(chunk.pages))),
      chunks.map(({ judged }) => judged.injection ?? null),
      chunks.map(({ judged }) => (judged.flaggedPlaces === undefined ? null : JSON.stringify(judged.flaggedPlaces))),
      chunks.map(({ judged }) => toFindingsJson(judged.findings)),
      chunks.map(({ judged }) => judged.guardRev),
      chunks.map(({ judged }) => judged.held ?? null),
      chunks.map((chunk) => chunk.parent ?? null),
      chunks.map((chunk) => chunk.context ?? null),
    ],
  );
}

/** The numbers of a range that are written already, which of them are held, and what is searched with each. */
export async function readWritten(
  db: Database,
  tenantId: TenantId,
  collectionId: CollectionId,
  range: { readonly from: number; readonly to: number },
): Promise<ReadonlyMap<number, { readonly held: boolean; readonly context: string | null }>> {
  const rows = await db.query<{ no: number; held: boolean; context: string | null }>(
    tenantScope(tenantId),
    `SELECT no, quarantine IS NOT DISTINCT FROM 'held' AS held, context FROM chunks WHERE collection_id = $1 AND no >= $2 AND no < $3`,
    [collectionId, range.from, range.to],
  );
  return new Map(rows.map(({ no, ...written }) => [no, written]));
}

/** What was indexed of the chunks in a range of numbers. */
export async function readIndexedText(
  db: Database,
  tenantId: TenantId,
  collectionId: CollectionId,
  range: { readonly from: number; readonly to: number },
): Promise<readonly { readonly headings: readonly string[]; readonly text: string; readonly context: string | null }[]> {
  return await db.query(
    tenantScope(tenantId),
    `SELECT headings, body AS text, context FROM chunks WHERE collection_id = $1 AND no >= $2 AND no < $3`,
    [collectionId, range.from, range.to],
  );
}

export async function deleteChunks(
  tx: Tx,
  collectionId: CollectionId,
  range: { readonly from: number; readonly to: number },
): Promise<void> {
  await tx.query(`DELETE FROM chunks WHERE collection_id = $1 AND no >= $2 AND no < $3`, [collectionId, range.from, range.to]);
}

type Block = { termId: number; block: number; entries: Uint8Array };

/** Takes the entries of chunks in [from, to) out of the given terms' blocks. */
export async function removePostings(
  tx: Tx,
  collectionId: CollectionId,
  termIds: readonly number[],
  range: { readonly from: number; readonly to: number },
): Promise<void> {
  const blocks = await tx.query<Block>(
    `SELECT term_id AS "termId", block, entries FROM postings
     WHERE collection_id = $1 AND term_id = ANY($2::bigint[]) AND high >= $3 AND low < $4 ORDER BY term_id, block FOR UPDATE`,
    [collectionId, termIds, range.from, range.to],
  );
  await rewrite(tx, collectionId, blocks, range);
}

/**
 * The same without knowing the terms, a page of blocks at a time: for what another version of the program indexed.
 * Returns where to go on, or undefined at the end.
 */
export async function removePostingsPage(
  tx: Tx,
  collectionId: CollectionId,
  range: { readonly from: number; readonly to: number },
  page: { readonly afterTerm: number; readonly limit: number },
): Promise<number | undefined> {
  const [last] = await tx.query<{ term: number | null; count: number }>(
    `SELECT max(term_id) AS term, count(*) AS count FROM
       (SELECT term_id FROM postings WHERE collection_id = $1 AND term_id > $2 ORDER BY term_id LIMIT $3) page`,
    [collectionId, page.afterTerm, page.limit],
  );
  if (last?.term === undefined || last.term === null) return undefined;
  const blocks = await tx.query<Block>(
    `SELECT term_id AS "termId", block, entries FROM postings
     WHERE collection_id = $1 AND term_id > $2 AND term_id <= $3 AND high >= $4 AND low < $5 ORDER BY term_id, block FOR UPDATE`,
    [collectionId, page.afterTerm, last.term, range.from, range.to],
  );
  await rewrite(tx, collectionId, blocks, range);
  return last.term;
}

async function rewrite(tx: Tx, collectionId: CollectionId, blocks: readonly Block[], range: { from: number; to: number }): Promise<void> {
  const changed = blocks
    .map((block) => ({ ...block, entries: withoutRange(block.entries, range), was: block.entries.length }))
    .filter((block) => block.entries.length < block.was);
  if (changed.length === 0) return;
  const { starts, all } = joinEntries(changed);
  const ids = changed.map((block) => block.termId);
  // An upsert reaches each row by the primary key; for UPDATE … FROM the planner may read the whole collection instead.
  await tx.query(
    `INSERT INTO postings AS p (tenant_id, collection_id, term_id, block, low, high, entries)
     SELECT current_setting('app.tenant'), $1, t.term_id, t.block, 0, 0, substring($6::bytea FROM t.starts FOR t.bytes)
     FROM unnest($2::bigint[], $3::int[], $4::int[], $5::int[]) AS t (term_id, block, starts, bytes)
     ON CONFLICT (tenant_id, collection_id, term_id, block) DO UPDATE SET entries = excluded.entries`,
    [collectionId, ids, changed.map((block) => block.block), starts, changed.map((block) => block.entries.length), all],
  );
  if (changed.every((block) => block.entries.length > 0)) return;
  await tx.query(`DELETE FROM postings WHERE collection_id = $1 AND term_id = ANY($2::bigint[]) AND octet_length(entries) = 0`, [
    collectionId,
    ids,
  ]);
}

function withoutRange(entries: Uint8Array, range: { from: number; to: number }): Uint8Array {
  const view = new DataView(entries.buffer, entries.byteOffset, entries.byteLength);
  const kept = new Uint8Array(entries.length);
  let at = 0;
  for (let from = 0; from + ENTRY_BYTES <= entries.length; from += ENTRY_BYTES) {
    const chunk = view.getUint32(from, true);
    if (chunk >= range.from && chunk < range.to) continue;
    kept.set(entries.subarray(from, from + ENTRY_BYTES), at);
    at += ENTRY_BYTES;
  }
  return kept.subarray(0, at);
}
