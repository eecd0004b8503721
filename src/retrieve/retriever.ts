import type { Passage, Retrieved } from "../domain/chat.ts";
import type { AttributeFilter, Reader } from "../domain/reader.ts";
import { Fault } from "../kernel/fault.ts";
import type { TenantId } from "../kernel/ids.ts";
import { mergeChunks } from "./merge.ts";
import type { ScoredChunk } from "./merge.ts";
import type { CollectionView, PassageIndex } from "./passage-index.ts";
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
  readonly reader: Reader;
  readonly filter?: AttributeFilter | undefined;
};
export type Retrieve = (tenantId: TenantId, ask: RetrieveAsk) => Promise<Retrieved>;

export type RetrieverDeps = { readonly index: PassageIndex };

/** Finds the passages of a tenant's collection for a query. Throws `collection_unknown`, or `retrieval_failed` where the database did. */
export function createRetriever({ index }: RetrieverDeps): Retrieve {
  return async (tenantId, { collection, topK, query, reader, filter }) => {
    try {
      const view = await index.open({ tenantId, collection, reader, filter });
      if (view === undefined) throw new Fault("collection_unknown", { param: "rag.collection" });
      const ranked = await index.sparse(view, queryTerms(query), topK * CANDIDATES_PER_PASSAGE);
      const chunks = await readRanked(index, view, ranked);
      return {
        collectionId: view.id,
        indexVersion: `${view.id}.${view.version}`,
        passages: mergeChunks(chunks, topK).map((chunk) => toPassage(view, chunk)),
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

/** What was removed between the two reads is left out. */
async function readRanked(
  index: PassageIndex,
  view: CollectionView,
  ranked: readonly { readonly no: number; readonly score: number }[],
): Promise<readonly ScoredChunk[]> {
  if (ranked.length === 0) return [];
  const found = await index.read(
    view,
    ranked.map((one) => one.no),
  );
  const byNumber = new Map(found.map((chunk) => [chunk.no, chunk]));
  return ranked.flatMap(({ no, score }) => {
    const chunk = byNumber.get(no);
    return chunk === undefined ? [] : [{ ...chunk, score }];
  });
}

function toPassage(view: CollectionView, chunk: ScoredChunk): Passage {
  const { no, fileId, filename, title, headings, text, start, end, pages, score, injection, findings } = chunk;
  return {
    chunkId: `${fileId}#${no}`,
    fileId,
    filename,
    title,
    collectionId: view.id,
    collectionName: view.name,
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
