import type { Chunking } from "../domain/collection.ts";
import type { Finding } from "../domain/finding.ts";
import type { PageStart } from "../domain/page.ts";
import { fileIds } from "../kernel/ids.ts";
import type { CollectionId, FileId, TenantId } from "../kernel/ids.ts";
import type { Database, Tx } from "./database.ts";
import { tenantScope } from "./database.ts";
import { fromFindingsJson } from "./findings-json.ts";
import { createParams, visibleCondition, type Look } from "./visible.ts";

/** Four bytes of chunk number, two of occurrences, two of the chunk's length in terms, little-endian. */
export const ENTRY_BYTES = 8;
/**
 * The open block of a term is closed at this many entries, so a block holds fewer than twice as many: 3.6 kB. Larger ones would
 * not stay inside the page while they grow; smaller ones make more rows to visit for a frequent term.
 */
export const BLOCK_ENTRIES = 224;
const OPEN_BLOCK = 0;

/** Entries of one term in ascending order of their chunks, `ENTRY_BYTES` each. */
export type TermEntries = { readonly termId: number; readonly low: number; readonly high: number; readonly entries: Uint8Array };

/** Writes entries of many terms. Terms in ascending order: writers that meet then wait for each other instead of for ever. */
export async function appendPostings(tx: Tx, tenantId: TenantId, collectionId: CollectionId, batch: readonly TermEntries[]): Promise<void> {
  const closed: TermEntries[] = [];
  const open: TermEntries[] = [];
  for (const one of batch) splitBlocks(one, closed, open);
  if (closed.length > 0) await writeBlocks(tx, [tenantId, collectionId], closed, true);
  const full = open.length === 0 ? [] : await writeBlocks(tx, [tenantId, collectionId], open, false);
  if (full.length === 0) return;
  await tx.query(
    `WITH full_blocks AS (
       DELETE FROM postings WHERE collection_id = $1 AND term_id = ANY($2::bigint[]) AND block = ${OPEN_BLOCK}
       RETURNING tenant_id, collection_id, term_id, low, high, entries)
     INSERT INTO postings (tenant_id, collection_id, term_id, block, low, high, entries)
     SELECT tenant_id, collection_id, term_id, low, low, high, entries FROM full_blocks`,
    [collectionId, full],
  );
}

function splitBlocks(one: TermEntries, closed: TermEntries[], open: TermEntries[]): void {
  const blockBytes = BLOCK_ENTRIES * ENTRY_BYTES;
  let at = 0;
  for (; one.entries.length - at >= blockBytes; at += blockBytes) closed.push(cut(one, at, at + blockBytes));
  if (at < one.entries.length) open.push(at === 0 ? one : cut(one, at, one.entries.length));
}

function cut(one: TermEntries, from: number, to: number): TermEntries {
  const entries = one.entries.subarray(from, to);
  const view = new DataView(entries.buffer, entries.byteOffset, entries.byteLength);
  return { termId: one.termId, low: view.getUint32(0, true), high: view.getUint32(entries.length - ENTRY_BYTES, true), entries };
}

/** Appends to blocks, or makes them. Returns the terms whose block is full now. */
async function writeBlocks(
  tx: Tx,
  [tenantId, collectionId]: readonly [TenantId, CollectionId],
  rows: readonly TermEntries[],
  closed: boolean,
): Promise<readonly number[]> {
  const { starts, all } = joinEntries(rows);
  const [written] = await tx.query<{ full: readonly number[] | null }>(
    `WITH written AS (
       INSERT INTO postings AS p (tenant_id, collection_id, term_id, block, low, high, entries)
       SELECT $1, $2, t.term_id, ${closed ? "t.low" : OPEN_BLOCK}, t.low, t.high, substring($8::bytea FROM t.starts FOR t.bytes)
       FROM unnest($3::bigint[], $4::int[], $5::int[], $6::int[], $7::int[]) AS t (term_id, low, high, starts, bytes)
       ON CONFLICT (tenant_id, collection_id, term_id, block) DO UPDATE
         SET entries = p.entries || excluded.entries, low = least(p.low, excluded.low), high = greatest(p.high, excluded.high)
       RETURNING p.term_id, octet_length(p.entries) AS bytes)
     SELECT array_agg(term_id) AS full FROM written WHERE bytes >= $9`,
    [
      tenantId,
      collectionId,
      rows.map((row) => row.termId),
      rows.map((row) => row.low),
      rows.map((row) => row.high),
      starts,
      rows.map((row) => row.entries.length),
      all,
      BLOCK_ENTRIES * ENTRY_BYTES,
    ],
  );
  return closed ? [] : (written?.full ?? []);
}

/** The entries travel as one value with offsets into it (from 1): an array of bytea would be text twice as long. */
export function joinEntries(rows: readonly { readonly entries: Uint8Array }[]): { readonly starts: number[]; readonly all: Uint8Array } {
  const starts: number[] = [];
  let bytes = 0;
  for (const row of rows) {
    starts.push(bytes + 1);
    bytes += row.entries.length;
  }
  const all = new Uint8Array(bytes);
  for (const [at, row] of rows.entries()) all.set(row.entries, (starts[at] ?? 1) - 1);
  return { starts, all };
}

/**
 * Every posting of some terms, in one statement. Blocks come joined to one value a term and as base64: less to decode than arrays or rows,
 * and scored in the caller's memory.
 */
export const READ_POSTINGS = `SELECT o.term_id AS "termId", encode(string_agg(o.entries, ''::bytea), 'base64') AS entries FROM postings o
  WHERE o.collection_id = $1 AND o.term_id = ANY($2::bigint[]) GROUP BY o.term_id`;

/** By term id: pairs of chunk number, and occurrences + length << 16. Blocks in no particular order. */
export async function readPostings(
  db: Database,
  tenantId: TenantId,
  collectionId: CollectionId,
  termIds: readonly number[],
): Promise<ReadonlyMap<number, Uint32Array>> {
  if (termIds.length === 0) return new Map();
  const rows = await db.query<{ termId: number; entries: string }>(tenantScope(tenantId), READ_POSTINGS, [collectionId, termIds]);
  return new Map(rows.map(({ termId, entries }) => [termId, decodeEntries(entries)]));
}

export function decodeEntries(base64: string): Uint32Array {
  const bytes = Buffer.from(base64, "base64");
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : Uint8Array.from(bytes);
  return new Uint32Array(aligned.buffer, aligned.byteOffset, Math.floor(bytes.length / 4));
}

export type FoundChunk = {
  readonly no: number;
  readonly document: number;
  readonly start: number;
  readonly end: number;
  readonly headings: readonly string[];
  readonly text: string;
  readonly pages?: readonly PageStart[] | undefined;
  readonly title: string;
  readonly fileId: FileId;
  readonly filename: string;
  /** The number of the first of the larger chunk that it stands in. */
  readonly parent?: number | undefined;
  /** How its document was cut. undefined: as ever. */
  readonly chunking?: Chunking | undefined;
  /** What today's detectors found in it: undefined where they did not look. Somebody's release counts as 0. */
  readonly injection?: number | undefined;
  readonly findings?: readonly Finding[] | undefined;
};

/**
 * The chunks of these numbers that this look may find at this moment, in any order, each under the name of a file that it may find. Written so that
 * each document is reached by its primary key even where the planner has no statistics: a condition on `state` would let it walk another index, and
 * an order that an index has would let it walk the whole collection.
 */
export async function readChunks(
  db: Database,
  tenantId: TenantId,
  collectionId: CollectionId,
  numbers: readonly number[],
  { guardRev, ...look }: Look & { readonly guardRev: number },
): Promise<readonly FoundChunk[]> {
  const params = createParams([collectionId, numbers]);
  const rows = await db.query<FoundRow>(
    tenantScope(tenantId),
    `SELECT c.no, c.document, c.starts AS start, c.ends AS "end", c.headings, c.body AS text, c.pages, d.title, f.file_id AS "fileId", f.filename, d.state,
       c.injection, c.findings, c.guard_rev AS "guardRev", c.quarantine, c.parent, d.cutting -> 'chunking' AS chunking
     FROM chunks c
     JOIN LATERAL (SELECT title, state, cutting FROM documents o
       WHERE o.tenant_id = c.tenant_id AND o.collection_id = c.collection_id AND o.first_chunk = c.document LIMIT 1) d ON true
     JOIN LATERAL (SELECT m.file_id, l.filename FROM collection_files m JOIN files l ON l.tenant_id = m.tenant_id AND l.id = m.file_id
       WHERE m.tenant_id = c.tenant_id AND m.collection_id = c.collection_id AND m.document = c.document AND ${visibleCondition("m", look, params)}
       ORDER BY m.file_id || '' LIMIT 1) f ON true
     WHERE c.collection_id = $1 AND c.no = ANY($2::int[])`,
    params.values,
  );
  return rows.flatMap((row) => (row.state === "ready" && row.quarantine !== "held" ? [toFound(row, guardRev)] : []));
}

type FoundRow = Omit<FoundChunk, "fileId" | "pages" | "injection" | "findings" | "parent" | "chunking"> & {
  readonly fileId: string;
  readonly state: string;
  readonly pages: readonly PageStart[] | null;
  readonly injection: number | null;
  readonly findings: unknown;
  readonly guardRev: number | null;
  readonly quarantine: "held" | "released" | null;
  readonly parent: number | null;
  readonly chunking: Chunking | null;
};

/** What others than today's detectors found is left out, so that it is looked for again. */
function toFound(row: FoundRow, today: number): FoundChunk {
  const { state: _state, quarantine, guardRev, pages, injection, findings, fileId, parent, chunking, ...rest } = row;
  const isOfToday = guardRev === today;
  const score = quarantine === "released" ? 0 : isOfToday ? (injection ?? undefined) : undefined;
  const found = isOfToday ? fromFindingsJson(findings) : undefined;
  return {
    ...rest,
    fileId: fileIds.parse(fileId),
    ...(pages === null ? {} : { pages }),
    ...(parent === null ? {} : { parent }),
    ...(chunking === null ? {} : { chunking }),
    ...(score === undefined ? {} : { injection: score }),
    ...(found === undefined ? {} : { findings: found }),
  };
}
