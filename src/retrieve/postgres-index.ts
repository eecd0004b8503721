import type { Clock } from "../kernel/clock.ts";
import { createOpenCollection } from "../store/collection-view.ts";
import type { Database } from "../store/index.ts";
import { readChunks, readPostings } from "../store/postings.ts";
import { rankChunks } from "./bm25.ts";
import type { PassageIndex } from "./passage-index.ts";
import { hiddenOf } from "./ranges.ts";

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
      const lists = await readPostings(db, ask.tenantId, id, [...asked.keys()]);
      const terms = [...lists].map(([term, entries]) => ({ asked: asked.get(term) ?? 1, entries }));
      return rankChunks({ chunkCount: visible.chunkCount, lengthSum: visible.lengthSum, hidden: hiddenOf(visible), terms }, limit);
    },
    async read({ ask, id }, numbers) {
      const { tenantId, reader, filter } = ask;
      return await readChunks(db, tenantId, id, numbers, { reader, filter, now: new Date(clock.nowMs()), guardRev });
    },
  };
}
