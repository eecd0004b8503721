import type { CollectionId, TenantId } from "../kernel/ids.ts";
import type { Database } from "./database.ts";
import { tenantScope } from "./database.ts";
import { decodeEntries, ENTRY_BYTES } from "./postings.ts";

type Ranges = readonly (readonly [first: number, count: number])[];

/** `count`: of all its entries. `entries`: undefined where only the count was asked for. */
export type CountedPostings = { readonly termId: number; readonly count: number; readonly entries: Uint32Array | undefined };

/**
 * Counts the entries of every term, and reads those of the words (one or more terms each) that are found least, as many as fit. Counting looks at the
 * blocks' sizes alone: 0.7 µs a block where reading is 6.
 */
export const READ_RARE = `WITH counted AS MATERIALIZED (
    SELECT p.term_id, sum(octet_length(p.entries)) / ${ENTRY_BYTES} AS entries FROM postings p
    WHERE p.collection_id = $1 AND p.term_id = ANY($2::bigint[]) GROUP BY p.term_id),
  words AS (
    SELECT a.word, sum(sum(c.entries)) OVER (ORDER BY sum(c.entries), a.word) AS upto
    FROM unnest($2::bigint[], $3::int[]) AS a (term_id, word) JOIN counted c ON c.term_id = a.term_id GROUP BY a.word)
  SELECT c.term_id AS "termId", c.entries::int AS count, CASE WHEN w.upto <= $4 THEN
      (SELECT encode(string_agg(o.entries, ''::bytea), 'base64') FROM postings o WHERE o.collection_id = $1 AND o.term_id = c.term_id) END AS entries
  FROM counted c JOIN unnest($2::bigint[], $3::int[]) AS a (term_id, word) ON a.term_id = c.term_id JOIN words w ON w.word = a.word`;

export async function readRarePostings(
  db: Database,
  tenantId: TenantId,
  collectionId: CollectionId,
  words: readonly (readonly number[])[],
  entriesMax: number,
): Promise<readonly CountedPostings[]> {
  const terms = words.flatMap((ids, word) => ids.map((id) => ({ id, word })));
  if (terms.length === 0) return [];
  const rows = await db.query<CountedRow>(tenantScope(tenantId), READ_RARE, [
    collectionId,
    terms.map((one) => one.id),
    terms.map((one) => one.word),
    entriesMax,
  ]);
  return rows.map(toCounted);
}

/** Every entry's block is looked at, and only those that may hold one of some chunks are read. */
export const READ_WITHIN = `SELECT o.term_id AS "termId", (sum(octet_length(o.entries)) / ${ENTRY_BYTES})::int AS count,
    encode(coalesce(string_agg(o.entries, ''::bytea) FILTER (WHERE int4range(o.low, o.high, '[]') && $3::int4multirange), ''::bytea), 'base64') AS entries
  FROM postings o WHERE o.collection_id = $1 AND o.term_id = ANY($2::bigint[]) GROUP BY o.term_id`;

/** The blocks of some terms in which chunks of these numbers may stand, whole, and how many entries each term has in all. */
export async function readPostingsWithin(
  db: Database,
  tenantId: TenantId,
  collectionId: CollectionId,
  termIds: readonly number[],
  within: Ranges,
): Promise<readonly CountedPostings[]> {
  if (termIds.length === 0) return [];
  const ranges = `{${within.map(([first, count]) => `[${first},${first + count})`).join(",")}}`;
  return (await db.query<CountedRow>(tenantScope(tenantId), READ_WITHIN, [collectionId, termIds, ranges])).map(toCounted);
}

type CountedRow = { readonly termId: number; readonly count: number; readonly entries: string | null };

function toCounted({ termId, count, entries }: CountedRow): CountedPostings {
  return { termId, count, entries: entries === null ? undefined : decodeEntries(entries) };
}
