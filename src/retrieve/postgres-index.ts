import type { Clock } from "../kernel/clock.ts";
import { createOpenCollection } from "../store/collection-view.ts";
import type { Database } from "../store/index.ts";
import { readChunks, readPostings } from "../store/postings.ts";
import { readPostingsWithin, readRarePostings } from "../store/rare-postings.ts";
import { listGenerations } from "../store/vector-generations.ts";
import { createNearSearch, type NearSearchDeps } from "./near-search.ts";
import type { PassageIndex, SearchedGeneration } from "./passage-index.ts";
import { searchSparse, type Postings } from "./sparse.ts";

export type PostgresIndexDeps = NearSearchDeps & {
  readonly db: Database;
  readonly clock: Pick<Clock, "nowMs">;
  /** Of today's detectors: what others found is not told. */
  readonly guardRev: number;
};

/** Passages in PostgreSQL or PGlite: postings are read as bytes and scored here. */
export function createPostgresIndex({ db, clock, guardRev, qdrant }: PostgresIndexDeps): PassageIndex {
  const near = createNearSearch({ db, qdrant });
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
      return found.flatMap(({ generation, model, space, dimensions, graph, engine, share, role }): readonly SearchedGeneration[] =>
        dimensions === undefined || (role !== "serving" && role !== "candidate")
          ? []
          : [{ generation, model, space, dimensions, graph, engine, share, serving: role === "serving" }],
      );
    },
    async dense({ ask, id, visible }, { generation, ...held }, vector, limit) {
      return await near({ tenantId: ask.tenantId, collectionId: id, generation, vector, visible, limit }, held);
    },
    async read({ ask, id }, numbers) {
      const { tenantId, reader, filter } = ask;
      return await readChunks(db, tenantId, id, numbers, { reader, filter, now: new Date(clock.nowMs()), guardRev });
    },
  };
}
