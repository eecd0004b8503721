import type { CollectionId, TenantId } from "../kernel/ids.ts";
import type { DeadDocument } from "../store/documents.ts";
import type { Database } from "../store/index.ts";
import { tenantScope } from "../store/index.ts";
import { dropGenerations, dropGenerationStep, listGenerations, unmarkEmbedded } from "../store/vector-generations.ts";
import { deleteVectors } from "../store/vectors.ts";
import type { Graphs } from "./embed.ts";

/** Rows that one transaction removes: under 25 ms in PGlite. */
const ROWS_PER_STEP = 300;

/** `graphs`: undefined where nothing is embedded. */
export type CleanVectorsDeps = { readonly db: Database; readonly graphs: Pick<Graphs, "remove"> | undefined };

/** Of a collection that was deleted. */
export async function cleanVectors(
  { db, graphs }: CleanVectorsDeps,
  tenantId: TenantId,
  collectionId: CollectionId,
  signal: AbortSignal,
): Promise<void> {
  for (const generation of await dropGenerations(db, tenantId, collectionId)) {
    await graphs?.remove(tenantId, { collectionId, generation });
    while (!signal.aborted && (await dropGenerationStep(db, tenantId, { collectionId, generation }, ROWS_PER_STEP)));
  }
}

/** Of a document that was deleted, in every generation. */
export async function cleanDocumentVectors(
  { db, graphs }: CleanVectorsDeps,
  tenantId: TenantId,
  dead: DeadDocument,
  signal: AbortSignal,
): Promise<void> {
  const { collectionId, firstChunk } = dead;
  const end = firstChunk + dead.chunkCount;
  const generations = await listGenerations(db, tenantId, collectionId);
  for (const { generation } of generations) {
    // Its rows first: whoever writes points of them at this moment looks afterwards whether they are still there.
    for (let from = firstChunk; from < end && !signal.aborted; from += ROWS_PER_STEP)
      await deleteVectors(db, tenantId, { collectionId, generation }, { from, to: Math.min(from + ROWS_PER_STEP, end) });
    if (!signal.aborted) await graphs?.remove(tenantId, { collectionId, generation }, { from: firstChunk, to: end });
  }
  if (generations.length > 0 && !signal.aborted)
    await db.transaction(tenantScope(tenantId), (tx) => unmarkEmbedded(tx, collectionId, firstChunk));
}
