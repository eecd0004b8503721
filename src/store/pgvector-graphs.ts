import type { TenantId } from "../kernel/ids.ts";
import { tenantScope } from "./database.ts";
import type { Engine } from "./engine.ts";
import { createGraph, dropStaleGraphs, GRAPH_DIMENSIONS_MAX, hasGraph, indexSome } from "./vector-graphs.ts";
import { EXACT_VECTORS_MAX, type GenerationKey } from "./vectors.ts";

/** Vectors that one transaction puts into the approximate index: 4 ms each in PGlite. */
const INDEXED_PER_STEP = 5;

/** pgvector's own approximate indexes: one for each generation that has grown. */
export const createPgvectorGraphs = (db: Engine) => ({
  engine: "pgvector" as const,
  above: EXACT_VECTORS_MAX,
  dimensionsMax: GRAPH_DIMENSIONS_MAX,
  create: (tenantId: TenantId, key: GenerationKey, dimensions: number): Promise<void> => createGraph(db, tenantId, key, dimensions),
  isWhole: (tenantId: TenantId, key: GenerationKey): Promise<boolean> => hasGraph(db, tenantId, key),
  indexSome: (tenantId: TenantId, key: GenerationKey): Promise<number> =>
    db.transaction(tenantScope(tenantId), (tx) => indexSome(tx, key, INDEXED_PER_STEP)),
  // A row that goes leaves the index by itself.
  remove: (): Promise<void> => Promise.resolve(),
  dropStale: (): Promise<unknown> => dropStaleGraphs(db),
});
