import { openCollection } from "../store/collection-view.ts";
import type { Database } from "../store/index.ts";
import { readChunks, readPostings } from "../store/postings.ts";
import { rankChunks } from "./bm25.ts";
import type { PassageIndex } from "./passage-index.ts";

export type PostgresIndexDeps = {
  readonly db: Database;
  /** Of today's detectors: what others found is not told. */
  readonly guardRev: number;
};

/** Passages in PostgreSQL or PGlite: postings are read as bytes and scored here. */
export function createPostgresIndex({ db, guardRev }: PostgresIndexDeps): PassageIndex {
  return {
    async open(ask) {
      const opened = await openCollection(db, ask.tenantId, ask.collection);
      if (opened === undefined) return undefined;
      const { id, name, version, settings, chunkCount, lengthSum, hidden } = opened;
      return { ask, id, name, version, settings, visible: { kind: "hidden", ranges: hidden, chunkCount, lengthSum } };
    },
    async sparse({ ask, id, visible }, asked, limit) {
      const lists = await readPostings(db, ask.tenantId, id, [...asked.keys()]);
      const terms = [...lists].map(([term, entries]) => ({ asked: asked.get(term) ?? 1, entries }));
      return rankChunks({ chunkCount: visible.chunkCount, lengthSum: visible.lengthSum, hidden: visible.ranges, terms }, limit);
    },
    async read({ ask, id }, numbers) {
      return await readChunks(db, ask.tenantId, id, numbers, guardRev);
    },
  };
}
