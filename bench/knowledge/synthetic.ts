/**
 * A collection of very many chunks in minutes: the terms of the same corpus as `corpus.ts`, counted by number and never written as text, go into
 * the index by the store's own writer, as the application role. Chunks, documents and files are rows with a line of text each.
 */
import { createSeededRandom } from "../../src/kernel/seeded-random.ts";
import { collectionIds, fileIds, type CollectionId, type TenantId } from "../../src/kernel/ids.ts";
import { termId, terms } from "../../src/retrieve/index.ts";
import { insertCollection } from "../../src/store/collections.ts";
import { tenantScope } from "../../src/store/index.ts";
import type { Engine } from "../../src/store/engine.ts";
import { appendPostings, type TermEntries } from "../../src/store/postings.ts";
import { readWords } from "./corpus.ts";

const WORDS_PER_DOCUMENT = 8_000;
/** 512 tokens, of which 128 are the chunk before's. */
const WORDS_PER_CHUNK = 380;
const NEW_WORDS_PER_CHUNK = 300;
const TOPIC_WORDS = 80;
const TOPIC_SHARE = 0.35;
const NEW_WORD_SHARE = 0.02;
/** Fewer than a real indexer's would make more, smaller writes; the blocks that stay are the same. */
const CHUNKS_PER_FLUSH = 10_000;
const TERMS_PER_TRANSACTION = 4_000;
const NO_TERM = -1;

const pickAt = (of: readonly number[], share: number): number => of[Math.floor(share * of.length)] ?? NO_TERM;

/** Chunks as counted terms. */
function createSource(seed: number) {
  const random = createSeededRandom(seed);
  const ids: number[] = [];
  const numbers = new Map<string, number>();
  const numberOf = (term: string): number => {
    const known = numbers.get(term);
    if (known !== undefined) return known;
    numbers.set(term, ids.length);
    return ids.push(termId(term)) - 1;
  };
  const words = readWords().map((word) => {
    const [term] = terms(word);
    return term === undefined ? NO_TERM : numberOf(term);
  });
  const content = words.filter((word) => word !== NO_TERM);
  let made = 0;
  return {
    idOf: (number: number): number => ids[number] ?? 0,
    document(): Int32Array {
      const topic = Array.from({ length: TOPIC_WORDS }, () => pickAt(content, random()));
      const own = Array.from(
        { length: 1 + Math.floor((WORDS_PER_DOCUMENT * NEW_WORD_SHARE) / 4) },
        () => ids.push(termId(`new${made++}`)) - 1,
      );
      return Int32Array.from({ length: WORDS_PER_DOCUMENT }, () => {
        const dice = random();
        if (dice < NEW_WORD_SHARE) return pickAt(own, random());
        return dice < TOPIC_SHARE ? pickAt(topic, random() ** 2) : pickAt(words, random());
      });
    },
  };
}

function countTerms(words: Int32Array): { readonly counts: ReadonlyMap<number, number>; readonly length: number } {
  const counts = new Map<number, number>();
  let length = 0;
  for (const word of words) {
    if (word === NO_TERM) continue;
    counts.set(word, (counts.get(word) ?? 0) + 1);
    length += 1;
  }
  return { counts, length };
}

export type Synthetic = { readonly id: CollectionId; readonly chunks: number; readonly postings: number };

export async function fillSynthetic(db: Engine, tenantId: TenantId, name: string, wanted: number, seed = 1): Promise<Synthetic> {
  const id = collectionIds.make(seed);
  await insertCollection(db, tenantId, { id, name, metadata: {}, createdAtMs: 1 });
  const source = createSource(seed);
  const lists = new Map<number, number[]>();
  const documents: { first: number; count: number; length: number }[] = [];
  let no = 1;
  let postings = 0;
  const startedMs = performance.now();
  const flush = async (): Promise<void> => {
    const batch: TermEntries[] = [...lists]
      .map(([term, list]) => toEntries(source.idOf(term), list))
      .toSorted((one, other) => one.termId - other.termId);
    lists.clear();
    for (let at = 0; at < batch.length; at += TERMS_PER_TRANSACTION)
      await db.transaction(tenantScope(tenantId), (tx) => appendPostings(tx, tenantId, id, batch.slice(at, at + TERMS_PER_TRANSACTION)));
    process.stderr.write(`\r${no - 1} chunks, ${Math.round((performance.now() - startedMs) / 1000)} s `);
  };
  while (no <= wanted) {
    const words = source.document();
    const first = no;
    let lengthSum = 0;
    for (let from = 0; from < words.length && no <= wanted; from += NEW_WORDS_PER_CHUNK) {
      const { counts, length } = countTerms(words.subarray(from, from + WORDS_PER_CHUNK));
      for (const [term, count] of counts) {
        const list = lists.get(term);
        if (list === undefined) lists.set(term, [no, length * 0x10000 + count]);
        else list.push(no, length * 0x10000 + count);
      }
      postings += counts.size;
      lengthSum += length;
      no += 1;
      if (no % CHUNKS_PER_FLUSH === 0) await flush();
    }
    documents.push({ first, count: no - first, length: lengthSum });
  }
  await flush();
  process.stderr.write("\n");
  await writeRows(db, tenantId, id, documents);
  return { id, chunks: no - 1, postings };
}

function toEntries(id: number, list: readonly number[]): TermEntries {
  return { termId: id, low: list[0] ?? 0, high: list.at(-2) ?? 0, entries: new Uint8Array(Uint32Array.from(list).buffer) };
}

async function writeRows(
  db: Engine,
  tenantId: TenantId,
  id: CollectionId,
  documents: readonly { first: number; count: number; length: number }[],
): Promise<void> {
  const firsts = documents.map((one) => one.first);
  const files = documents.map((_, at) => fileIds.make(at));
  const columns = [tenantId, id, firsts, documents.map((one) => one.count), documents.map((one) => one.length), files] as const;
  await db.asOwner(async (owner) => {
    const from = `FROM unnest($3::int[], $4::int[], $5::bigint[], $6::text[]) AS d (first, count, length, file)`;
    await owner.query("SELECT set_config('app.tenant', $1, false)", [tenantId]);
    await owner.query(
      `INSERT INTO files (tenant_id, id, filename, purpose, bytes, sha256, object_key, created_at)
       SELECT $1, d.file, d.first || '.txt', 'user_data', 1, '', '', now() FROM unnest($2::int[], $3::text[]) AS d (first, file)`,
      [tenantId, firsts, files],
    );
    await owner.query(
      `INSERT INTO documents (tenant_id, collection_id, first_chunk, chunk_count, length_sum, file_id, filename, title, content_hash, index_rev, state,
         chunks_done, lease_until)
       SELECT $1, $2, d.first, d.count, d.length, d.file, d.first || '.txt', 'Document ' || d.first, d.first::text, 0, 'ready', d.count, now() ${from}`,
      columns,
    );
    await owner.query(
      `INSERT INTO collection_files (tenant_id, collection_id, file_id, status, document, lease_until, created_at)
       SELECT $1, $2, d.file, 'completed', d.first, now(), now() FROM unnest($3::int[], $4::text[]) AS d (first, file)`,
      [tenantId, id, firsts, files],
    );
    await owner.query(
      `INSERT INTO chunks (tenant_id, collection_id, no, document, starts, ends, headings, body)
       SELECT $1, $2, n, d.first, 0, 600, '[]', 'Passage ' || n || ' ' || repeat(md5(n::text), 20) ${from}, generate_series(d.first, d.first + d.count - 1) AS n
       WHERE d.length >= 0 AND d.file <> ''`,
      columns,
    );
    await owner.query(
      `UPDATE collections SET chunk_count = $3, length_sum = $4, next_chunk = $3 + 1, version = 1, languages = '{en}' WHERE tenant_id = $1 AND id = $2`,
      [tenantId, id, documents.reduce((sum, one) => sum + one.count, 0), documents.reduce((sum, one) => sum + one.length, 0)],
    );
    for (const table of ["postings", "chunks", "documents", "collection_files", "files"]) await owner.script(`VACUUM (ANALYZE) ${table}`);
  });
}
