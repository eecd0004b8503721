import type { CollectionSettings } from "../domain/collection.ts";
import type { CollectionId, TenantId } from "../kernel/ids.ts";
import { completeDocument } from "../store/documents.ts";
import type { Database, Tx } from "../store/index.ts";
import { tenantScope } from "../store/index.ts";
import { findLacking, readSettings } from "../store/vector-generations.ts";
import type { Generation } from "../store/vector-generations.ts";
import { EXACT_VECTORS_MAX } from "../store/vectors.ts";
import { GivenUp, type Embedder } from "./embed.ts";
import { Lost, type Indexed } from "./index-steps.ts";

export type FinishDeps = {
  readonly db: Database;
  readonly now: () => Date;
  /** Throws `Lost` where somebody else has the document. */
  readonly holdOn: (run: Indexed, tx: Tx) => Promise<void>;
  readonly embedder: Embedder | undefined;
  readonly onSkipped: ((error: unknown) => void) | undefined;
  /** A collection may have grown past what is searched exactly. */
  readonly grown?: ((tenantId: TenantId, collectionId: CollectionId) => void) | undefined;
  /** Puts its chunks beside the index: a document is completed only once that is done. */
  readonly exported?: ((run: Finished) => Promise<void>) | undefined;
  /** Of so many chunks. */
  readonly grownAbove?: number | undefined;
};

export type Finished = Indexed & { readonly filename: string; readonly title: string };

/**
 * Completes a document whose postings are written: with its vectors, where its collection has any, so that from that moment on both legs of a
 * search find it. Returns how many of its chunks are held.
 */
export function createFinish({
  db,
  now,
  holdOn,
  embedder,
  onSkipped,
  grown,
  exported,
  grownAbove = EXACT_VECTORS_MAX,
}: FinishDeps): (run: Finished) => Promise<number> {
  async function embedInto(run: Finished, of: Embedder, generation: Generation): Promise<void> {
    const { tenantId, key, filename } = run;
    const ask = { tenantId, collectionId: key.collectionId, document: key.firstChunk, filename };
    try {
      await of.embedDocument(ask, generation, (tx) => holdOn(run, tx));
    } catch (error) {
      if (error instanceof GivenUp) return;
      // Searches read the serving one. Another one's model may be away for longer than a document should wait.
      if (generation.role === "serving" || error instanceof Lost) throw error;
      onSkipped?.(error);
    }
  }

  /** False: a generation that searches read lacks it, because it came to serve in the meantime. */
  const complete = (run: Finished): Promise<number | false> =>
    db.transaction(tenantScope(run.tenantId), async (tx) => {
      await tx.query("SELECT id FROM collections WHERE id = $1 FOR NO KEY UPDATE", [run.key.collectionId]);
      if (
        embedder !== undefined &&
        (await embedder.isStored()) &&
        (await findLacking(tx, run.key.collectionId, run.key.firstChunk)).length > 0
      )
        return false;
      return await completeDocument(tx, run.key, now());
    });

  return async (run) => {
    await exported?.(run);
    for (;;) {
      if (embedder !== undefined) {
        const settings: CollectionSettings = await readSettings(db, run.tenantId, run.key.collectionId);
        for (const generation of await embedder.open(run.tenantId, run.key.collectionId, settings))
          await embedInto(run, embedder, generation);
      }
      const held = await complete(run);
      if (held === false) continue;
      if (embedder !== undefined && run.key.firstChunk > grownAbove) grown?.(run.tenantId, run.key.collectionId);
      return held;
    }
  };
}
