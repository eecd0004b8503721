import type { Qdrant } from "../qdrant/index.ts";
import type { Database } from "../store/index.ts";
import type { VectorEngine } from "../store/vector-generations.ts";
import { EXACT_VECTORS_MAX, searchVectors, type VectorAsk, type VectorHit } from "../store/vectors.ts";

export type NearSearchDeps = {
  readonly db: Database;
  /** undefined: none is configured, and what it may hold of before is searched in the database. */
  readonly qdrant?: Pick<Qdrant, "search"> | undefined;
};
/** Whether a generation has an approximate index, and where. */
export type Held = { readonly graph: boolean; readonly engine: VectorEngine };
export type NearSearch = (ask: VectorAsk, held: Held) => Promise<readonly VectorHit[]>;

/** Beyond so many conditions Qdrant would read longer than the database does. Ranges are documents, neighbours joined. */
const QDRANT_RANGES_MAX = 4_000;

/**
 * The nearest vectors wherever they are: what the approximate index holds by it, the rest exactly, and all exactly where few may be seen. Throws
 * where Qdrant does not answer: words alone then find, and say so.
 */
export function createNearSearch({ db, qdrant }: NearSearchDeps): NearSearch {
  return async (ask, { graph, engine }) => {
    const way = wayOf(ask.visible, graph);
    if (way !== "graph" || engine === "pgvector") return await searchVectors(db, ask, way);
    if (qdrant === undefined || ask.visible.ranges.length > QDRANT_RANGES_MAX) return await searchVectors(db, ask, "exact");
    const [held, loose] = await Promise.all([qdrant.search({ ...ask, dimensions: ask.vector.length }), searchVectors(db, ask, "loose")]);
    // A point that was written and not yet marked is in both.
    const best = new Map([...held, ...loose].map((hit) => [hit.no, hit]));
    return [...best.values()].toSorted((one, other) => other.score - one.score || one.no - other.no).slice(0, ask.limit);
  };
}

/** Few chunks that may be seen are looked at one by one, wherever they are; of many, what the approximate index holds is found by it. */
function wayOf({ kind, ranges }: VectorAsk["visible"], graph: boolean): "exact" | "graph" | "ranges" {
  const allowed = kind === "allowed" ? ranges.reduce((sum, [, count]) => sum + count, 0) : undefined;
  if (allowed !== undefined && allowed <= EXACT_VECTORS_MAX) return "ranges";
  return graph ? "graph" : "exact";
}
