import type { Qdrant } from "../qdrant/index.ts";
import type { Database } from "../store/index.ts";
import { countIndexed, listLoose, markIndexed } from "../store/loose-vectors.ts";
import type { Graphs } from "./embed.ts";

/** Points in one step: half a second towards a server at work. */
const POINTS_PER_STEP = 256;

/**
 * Qdrant in the place of pgvector's approximate index, from the first vector on. A row is marked after its point is written: a process that dies in between
 * writes the same point again.
 */
export function createQdrantGraphs({ db, qdrant }: { readonly db: Database; readonly qdrant: Qdrant }): Graphs {
  return {
    engine: "qdrant",
    above: 0,
    dimensionsMax: 65_536,
    create: (tenantId, key, dimensions) => qdrant.ensure({ tenantId, ...key, dimensions }),
    // One that was emptied, or brought back from an older copy, has fewer points than are marked.
    isWhole: async (tenantId, key, dimensions) =>
      (await qdrant.count({ tenantId, ...key, dimensions })) >= (await countIndexed(db, tenantId, key)),
    async indexSome(tenantId, key, dimensions) {
      const rows = await listLoose(db, tenantId, key, POINTS_PER_STEP);
      if (rows.length === 0) return 0;
      await qdrant.add({ tenantId, ...key, dimensions }, rows);
      const numbers = rows.map(({ no }) => no);
      const marked = await markIndexed(db, tenantId, key, numbers);
      // Deleted in the meantime, with the points that were there by then.
      for (const no of numbers) if (!marked.has(no)) await qdrant.remove({ tenantId, ...key }, { from: no, to: no + 1 });
      return rows.length;
    },
    remove: (tenantId, key, range) => qdrant.remove({ tenantId, ...key }, range),
    dropStale: () => Promise.resolve(),
  };
}
