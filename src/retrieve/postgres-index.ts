import type { Clock } from "../kernel/clock.ts";
import { createOpenCollection } from "../store/collection-view.ts";
import type { Database } from "../store/index.ts";
import { readChunks, readPostings } from "../store/postings.ts";
import { readPostingsWithin, readRarePostings } from "../store/rare-postings.ts";
import { listGenerations } from "../store/vector-generations.ts";
import { EXACT_VECTORS_MAX, searchVectors } from "../store/vectors.ts";
import type { PassageIndex, SearchedGeneration, Visible } from "./passage-index.ts";
import { searchSparse, type Postings } from "./sparse.ts";

export type PostgresIndexDeps = {
  readonly db: Database;
  readonly clock: Pick<Clock, "nowMs">;
  /** Of today's detectors: what others found is not told. */
  readonly guardRev: number;
};

/** Passages in PostgreSQL or PGlite: postings are read as bytes and scored here. */
export function createPostgresIndex({ db, clock, guardRev }: PostgresIndexDeps): PassageIndex {
  const open = createOpenCollection({ db, clock });
  return {
    async open(ask) {
      const opened = await open(ask);
      if (opened === undefined) return undefined;
      const { kind, ranges, chunkCount, lengthSum, ...collection } = opened;
      return { ask, ...collection, visible: { kind, ranges, chunkCount, lengthSum } };
    },
    async sparse({ ask, id, visible }, asked, limit) {
      const postings: Postings = {
        all: (ids) => readPostings(db, ask.tenantId, id, ids),
        rare: (words, entriesMax) => readRarePostings(db, ask.tenantId, id, words, entriesMax),
        within: (ids, ranges) => readPostingsWithin(db, ask.tenantId, id, ids, ranges),
      };
      return await searchSparse(postings, visible, asked, limit);
    },
    async generations({ ask, id }) {
      const found = await listGenerations(db, ask.tenantId, id);
      return found.flatMap(({ generation, model, space, dimensions, graph, share, role }): readonly SearchedGeneration[] =>
        dimensions === undefined || (role !== "serving" && role !== "candidate")
          ? []
          : [{ generation, model, space, dimensions, graph, share, serving: role === "serving" }],
      );
    },
    async dense({ ask, id, visible }, { generation, graph }, vector, limit) {
      const wanted = { tenantId: ask.tenantId, collectionId: id, generation, vector, visible, limit };
      return await searchVectors(db, wanted, wayOf(visible, graph));
    },
    async read({ ask, id }, numbers) {
      const { tenantId, reader, filter } = ask;
      return await readChunks(db, tenantId, id, numbers, { reader, filter, now: new Date(clock.nowMs()), guardRev });
    },
  };
}

/** Few chunks that may be seen are looked at one by one, wherever they are; of many, what the approximate index holds is found by it. */
function wayOf({ kind, ranges }: Visible, graph: boolean): "exact" | "graph" | "ranges" {
  const allowed = kind === "allowed" ? ranges.reduce((sum, [, count]) => sum + count, 0) : undefined;
  if (allowed !== undefined && allowed <= EXACT_VECTORS_MAX) return "ranges";
  return graph ? "graph" : "exact";
}
