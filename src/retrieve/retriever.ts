import type { Passage, Retrieved } from "../domain/chat.ts";
import { Fault } from "../kernel/fault.ts";
import type { TenantId } from "../kernel/ids.ts";
import type { Database } from "../store/index.ts";
import { readChunks, readIndex } from "../store/postings.ts";
import type { IndexRead } from "../store/postings.ts";
import { rankChunks } from "./bm25.ts";
import { mergeChunks } from "./merge.ts";
import type { ScoredChunk } from "./merge.ts";
import { termId } from "./term-id.ts";
import { terms } from "./terms.ts";

/** Each term is read whole, so a pasted page must not become a query of a thousand. Questions stand at its beginning or end. */
const QUERY_TERMS_MAX = 48;
/** Chunks looked at for each passage wanted: overlapping neighbours become one, copies none. */
const CANDIDATES_PER_PASSAGE = 2;

export type RetrieveAsk = {
  /** Name or id. */
  readonly collection: string;
  readonly topK: number;
  readonly query: string;
};
export type Retrieve = (tenantId: TenantId, ask: RetrieveAsk) => Promise<Retrieved>;

export type RetrieverDeps = {
  readonly db: Database;
  /** Of today's detectors: what others found is not told. */
  readonly guardRev: number;
};

/** Finds the passages of a tenant's collection for a query. Throws `collection_unknown`, or `retrieval_failed` where the database did. */
export function createRetriever({ db, guardRev }: RetrieverDeps): Retrieve {
  return async (tenantId, { collection, topK, query }) => {
    const asked = queryTerms(query);
    try {
      const index = await readIndex(db, tenantId, collection, [...asked.keys()]);
      if (index === undefined) throw new Fault("collection_unknown", { param: "rag.collection" });
      const chunks = await readRanked({ db, guardRev }, tenantId, index, rank(index, asked, topK * CANDIDATES_PER_PASSAGE));
      return {
        collectionId: index.collectionId,
        indexVersion: `${index.collectionId}.${index.version}`,
        passages: mergeChunks(chunks, topK).map((chunk) => toPassage(index, chunk)),
      };
    } catch (error) {
      if (error instanceof Fault && error.code === "collection_unknown") throw error;
      throw new Fault("retrieval_failed", {}, { cause: error });
    }
  };
}

/** Ids of the query's terms, and how often each is in it. */
export function queryTerms(query: string): ReadonlyMap<number, number> {
  const counts = new Map<string, number>();
  for (const term of terms(query)) counts.set(term, (counts.get(term) ?? 0) + 1);
  const distinct = [...counts];
  const half = QUERY_TERMS_MAX / 2;
  const kept = distinct.length <= QUERY_TERMS_MAX ? distinct : [...distinct.slice(0, half), ...distinct.slice(-half)];
  return new Map(kept.map(([term, count]) => [termId(term), count]));
}

function rank(index: IndexRead, asked: ReadonlyMap<number, number>, limit: number) {
  const searched = [...index.lists].map(([id, entries]) => ({ asked: asked.get(id) ?? 1, entries }));
  return rankChunks({ chunkCount: index.chunkCount, lengthSum: index.lengthSum, hidden: index.hidden, terms: searched }, limit);
}

/** What was removed between the two reads is left out. */
async function readRanked(
  { db, guardRev }: RetrieverDeps,
  tenantId: TenantId,
  index: IndexRead,
  ranked: readonly { readonly no: number; readonly score: number }[],
): Promise<readonly ScoredChunk[]> {
  if (ranked.length === 0) return [];
  const found = await readChunks(
    db,
    tenantId,
    index.collectionId,
    ranked.map((one) => one.no),
    guardRev,
  );
  const byNumber = new Map(found.map((chunk) => [chunk.no, chunk]));
  return ranked.flatMap(({ no, score }) => {
    const chunk = byNumber.get(no);
    return chunk === undefined ? [] : [{ ...chunk, score }];
  });
}

function toPassage(index: IndexRead, chunk: ScoredChunk): Passage {
  const { no, fileId, filename, title, headings, text, start, end, pages, score, injection, findings } = chunk;
  return {
    chunkId: `${fileId}#${no}`,
    fileId,
    filename,
    title,
    collectionId: index.collectionId,
    collectionName: index.collectionName,
    headings,
    text,
    start,
    end,
    ...(pages === undefined ? {} : { pages }),
    score,
    ...(injection === undefined ? {} : { injection }),
    ...(findings === undefined ? {} : { findings }),
  };
}
