import type { FoundBy, Passage, Retrieved } from "../domain/chat.ts";
import { DEFAULT_CHUNKING } from "../domain/collection.ts";
import type { Chunking, CollectionSettings } from "../domain/collection.ts";
import type { Fusion } from "../domain/collection.ts";
import type { AttributeFilter, Reader } from "../domain/reader.ts";
import { Fault, type FaultCode } from "../kernel/fault.ts";
import type { TenantId } from "../kernel/ids.ts";
import { askedTerms } from "./asked.ts";
import type { Scored } from "./bm25.ts";
import { createDense, type DenseDeps } from "./dense.ts";
import { asksForSynthesis, DIVERSE_POOL, diversify } from "./diversity.ts";
import { DEFAULT_FUSION, fuse, weightsOf, type Weights } from "./fuse.ts";
import { readFamilies } from "./families.ts";
import { createFoundBy, type Legs } from "./found-by.ts";
import { hopQuery, joinHops } from "./hop.ts";
import { mergeChunks } from "./merge.ts";
import type { ScoredChunk } from "./merge.ts";
import type { CollectionView, PassageIndex } from "./passage-index.ts";
import { dropNear } from "./near.ts";
import { classifyQuery } from "./query-class.ts";
import { RERANK_CANDIDATES, rerankPassages, type Rerank } from "./rerank.ts";

/**
 * Chunks looked at for each passage wanted: overlapping neighbours become one, copies none. Of small ones several make a passage, or are found of
 * the same larger one.
 */
const CANDIDATES_PER_PASSAGE: Readonly<Record<Chunking["strategy"], number>> = {
  fixed: 2,
  sentence: 2,
  structural: 2,
  window: 5,
  "parent-child": 6,
};
const candidatesOf = ({ chunking = DEFAULT_CHUNKING }: CollectionSettings): number => CANDIDATES_PER_PASSAGE[chunking.strategy];
/** Of each leg, where there are two: what is far down in both may be the best of both. Ranks beyond count for next to nothing. */
const FUSED_CANDIDATES_MIN = 60;

/** Not a search that failed. */
const PASSED_ON: ReadonlySet<FaultCode> = new Set(["collection_unknown", "client_gone", "draining"]);

export type RetrieveAsk = {
  /** Name or id. */
  readonly collection: string;
  readonly topK: number;
  readonly query: string;
  readonly reader: Reader;
  readonly filter?: AttributeFilter | undefined;
  /** How much words and vectors count in this search. undefined: as the collection says for such a query. */
  readonly weights?: Weights | undefined;
  /** How the two lists become one in this search. undefined: as the collection says. */
  readonly fusion?: Fusion["method"] | undefined;
  /** 2: a second search asks for what the best passages name. It finds what is said in two places, and costs a search more. */
  readonly hops?: 1 | 2 | undefined;
  /** Puts the best few of many in order: the quality path. undefined: the order of the search is the answer's. */
  readonly rerank?: Rerank | undefined;
  /** Whether to tell each passage's place in the two lists of the first search. */
  readonly tellsLegs?: boolean | undefined;
};
export type Retrieve = (tenantId: TenantId, ask: RetrieveAsk) => Promise<Retrieved>;

/** Without `dense` searches go by words alone. */
export type RetrieverDeps = { readonly index: PassageIndex; readonly dense?: Omit<DenseDeps, "index"> | undefined };

/** Finds the passages of a tenant's collection for a query. Throws `collection_unknown`, or `retrieval_failed` where the database did. */
export function createRetriever({ index, dense }: RetrieverDeps): Retrieve {
  const rank = createRanking(index, dense);
  return async (tenantId, { collection, topK, query, reader, filter, weights, fusion, hops, rerank, tellsLegs }) => {
    try {
      const view = await index.open({ tenantId, collection, reader, filter });
      if (view === undefined) throw new Fault("collection_unknown");
      const isSynthesis = asksForSynthesis(query);
      const enough = isSynthesis ? topK * DIVERSE_POOL : topK;
      const wanted = rerank === undefined ? enough : Math.max(enough, RERANK_CANDIDATES);
      const limit = wanted * candidatesOf(view.settings);
      const { ranked, generation, degraded, ...legs } = await rank(view, { query, limit, weights, fusion });
      const first = dropNear(await readRanked(index, view, ranked));
      const next = hops === 2 ? hopQuery(query, first) : undefined;
      const second =
        next === undefined ? [] : await readRanked(index, view, (await rank(view, { query: next, limit, weights, fusion })).ranked);
      const chunks = second.length === 0 ? first : dropNear(joinHops(first, second, topK));
      const merged = mergeChunks(chunks, wanted, await readFamilies(index, view, chunks, wanted));
      const found = merged.map((chunk) => toPassage(view, chunk));
      const inOrder =
        rerank === undefined
          ? { passages: found }
          : await rerankPassages(rerank, { query, passages: found, trust: view.settings.trust }, enough);
      return {
        collectionId: view.id,
        indexVersion: `${view.id}.${view.version}${generation === undefined ? "" : `.${generation}`}`,
        ...(degraded ? { degraded: "dense" } : {}),
        ...(generation === undefined ? {} : { fused: true }),
        ...(tellsLegs === true ? { foundBy: foundByOf(merged, { ...legs, together: ranked }) } : {}),
        ...(view.settings.trust === undefined ? {} : { trust: view.settings.trust }),
        ...(view.settings.highStakes === true ? { highStakes: true } : {}),
        ...(view.settings.compress === true ? { compress: true } : {}),
        ...inOrder,
        ...(isSynthesis ? { passages: diversify(inOrder.passages, topK) } : {}),
      };
    } catch (error) {
      if (error instanceof Fault && PASSED_ON.has(error.code)) throw error;
      throw new Fault("retrieval_failed", {}, { cause: error });
    }
  };
}

type RankAsk = Pick<RetrieveAsk, "query" | "weights" | "fusion"> & { readonly limit: number };
type Ranked = Omit<Legs, "together"> & { readonly ranked: readonly Scored[]; readonly generation?: number; readonly degraded: boolean };

/** Both legs at the same time, and the two as one list. Where there are no vectors, or none can be had now, words alone. */
function createRanking(index: PassageIndex, deps: RetrieverDeps["dense"]) {
  const dense = deps === undefined ? undefined : createDense({ index, ...deps });
  return async (view: CollectionView, ask: RankAsk): Promise<Ranked> => {
    const { query, limit } = ask;
    const bySparse = (most: number): Promise<readonly Scored[]> => index.sparse(view, askedTerms(query, view.languages), most);
    const { fusion = DEFAULT_FUSION } = view.settings;
    const weights = ask.weights ?? weightsOf(fusion, classifyQuery(query));
    const generation = weights.dense > 0 ? await dense?.choose(view, query) : undefined;
    if (dense === undefined || generation === undefined) {
      const words = await bySparse(limit);
      return { words, ranked: words, degraded: false };
    }
    const depth = Math.max(limit, FUSED_CANDIDATES_MIN);
    const [near, sparse] = await Promise.all([dense.find(view, generation, query, depth), bySparse(depth)]);
    if (near === undefined) return { words: sparse, ranked: sparse.slice(0, limit), degraded: true };
    return {
      words: sparse,
      vectors: near,
      ranked: fuse(near, sparse, ask.fusion ?? fusion.method, weights).slice(0, limit),
      generation: generation.generation,
      degraded: false,
    };
  };
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

function foundByOf(merged: readonly ScoredChunk[], legs: Legs): ReadonlyMap<string, FoundBy> {
  const foundBy = createFoundBy(legs);
  return new Map(
    merged.flatMap((chunk) => {
      const found = foundBy(chunk.no);
      return found === undefined ? [] : [[chunkIdOf(chunk), found] as const];
    }),
  );
}

const chunkIdOf = ({ fileId, no }: Pick<ScoredChunk, "fileId" | "no">): string => `${fileId}#${no}`;

function toPassage(view: CollectionView, chunk: ScoredChunk): Passage {
  const { no, fileId, filename, title, headings, text, start, end, pages, score, injection, findings } = chunk;
  return {
    chunkId: chunkIdOf({ fileId, no }),
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
