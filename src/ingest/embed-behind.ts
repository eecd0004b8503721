import type { CollectionId, TenantId } from "../kernel/ids.ts";
import type { Database, Tx } from "../store/index.ts";
import { tenantScope } from "../store/index.ts";
import {
  dropGenerationStep,
  findFilename,
  listDropped,
  listGenerations,
  listUnembeddedDocuments,
  promoteCandidate,
  updateGeneration,
  type Generation,
} from "../store/vector-generations.ts";
import { loosenSome } from "../store/loose-vectors.ts";
import { countVectors } from "../store/vectors.ts";
import { GivenUp, type Embedder, type Graphs } from "./embed.ts";
import { Lost } from "./index-steps.ts";

/** Documents asked for at once: a list of numbers. */
const DOCUMENTS_PER_LOOK = 100;
const ROWS_PER_STEP = 300;

export type EmbedBehindDeps = { readonly db: Database; readonly embedder: Embedder; readonly graphs: Graphs };

/**
 * Brings a collection's vectors to where they should be: documents that miss theirs get them, a first generation that is whole begins to serve, one
 * that has grown gets its approximate index, and what was dropped goes. Small steps, each of which may be the last: whoever comes next
 * goes on. Throws where the embedding model is away.
 */
export function createEmbedBehind({ db, embedder, graphs }: EmbedBehindDeps) {
  const fill = (tenantId: TenantId, collectionId: CollectionId, generation: Generation, signal: AbortSignal): Promise<void> =>
    fillWhole(tenantId, collectionId, generation, signal).catch((error: unknown) => {
      if (!(error instanceof GivenUp)) throw error;
    });

  async function fillWhole(tenantId: TenantId, collectionId: CollectionId, generation: Generation, signal: AbortSignal): Promise<void> {
    const key = { collectionId, generation: generation.generation };
    for (;;) {
      const documents = await listUnembeddedDocuments(db, tenantId, key, DOCUMENTS_PER_LOOK);
      if (documents.length === 0) return;
      for (const document of documents) {
        if (signal.aborted) return;
        await embedReady({ tenantId, collectionId, document }, generation);
      }
    }
  }

  /** What is deleted in the meantime must get no vector any more. */
  async function embedReady(
    at: { tenantId: TenantId; collectionId: CollectionId; document: number },
    generation: Generation,
  ): Promise<void> {
    const filename = await findFilename(db, at.tenantId, at.collectionId, at.document);
    if (filename === undefined) return;
    const holdOn = async (tx: Tx): Promise<void> => {
      const [there] = await tx.query(
        "SELECT 1 AS there FROM documents WHERE collection_id = $1 AND first_chunk = $2 AND state = 'ready' FOR SHARE",
        [at.collectionId, at.document],
      );
      if (there === undefined) throw new Lost();
    };
    try {
      await embedder.embedDocument({ ...at, filename }, generation, holdOn);
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
    }
  }

  const keepGraph = createKeepGraph({ db, graphs });

  /** Returns whether another generation was begun meanwhile: while this job is under way, none is sent for it. */
  async function bringUp(tenantId: TenantId, collectionId: CollectionId, signal: AbortSignal): Promise<boolean> {
    const before = await listGenerations(db, tenantId, collectionId);
    for (const generation of before) {
      if (signal.aborted) return false;
      await fill(tenantId, collectionId, generation, signal);
      const [now] = (await listGenerations(db, tenantId, collectionId)).filter((one) => one.generation === generation.generation);
      if (now !== undefined) await keepGraph(tenantId, collectionId, now, signal);
    }
    const after = await listGenerations(db, tenantId, collectionId);
    if (!signal.aborted && after.every(({ role }) => role !== "serving"))
      await db.transaction(tenantScope(tenantId), (tx) => promoteCandidate(tx, collectionId));
    const dropped = await listDropped(db, tenantId, collectionId);
    for (const generation of dropped) {
      await graphs.remove(tenantId, { collectionId, generation });
      while (!signal.aborted && (await dropGenerationStep(db, tenantId, { collectionId, generation }, ROWS_PER_STEP)));
    }
    if (dropped.length > 0) await graphs.dropStale();
    const known = new Set(before.map(({ createdAt }) => createdAt.getTime()));
    return (await listGenerations(db, tenantId, collectionId)).some(({ createdAt }) => !known.has(createdAt.getTime()));
  }

  return async (tenantId: TenantId, collectionId: CollectionId, signal: AbortSignal): Promise<void> => {
    if (!(await embedder.isStored())) return;
    while ((await bringUp(tenantId, collectionId, signal)) && !signal.aborted);
  };
}

/** Makes the approximate index of a generation that has grown, puts what is new into it, and takes it from another engine or makes it again. */
function createKeepGraph({ db, graphs }: Pick<EmbedBehindDeps, "db" | "graphs">) {
  /** Generations whose index was looked at since the start. */
  const checked = new Set<string>();

  return async (tenantId: TenantId, collectionId: CollectionId, generation: Generation, signal: AbortSignal): Promise<void> => {
    const { dimensions, engine } = generation;
    if (dimensions === undefined || dimensions > graphs.dimensionsMax) return;
    const key = { collectionId, generation: generation.generation };
    let { graph } = generation;
    const name = `${tenantId} ${collectionId} ${key.generation}`;
    const lost = graph && engine === graphs.engine && !checked.has(name) && (await graphs.isWhole?.(tenantId, key, dimensions)) === false;
    checked.add(name);
    if (lost || engine !== graphs.engine) {
      // That index is searched no more from here on: what it holds counts as held by none.
      await updateGeneration(db, tenantId, key, { graph: false });
      while (!signal.aborted && (await loosenSome(db, tenantId, key, ROWS_PER_STEP)) > 0);
      if (signal.aborted) return;
      await updateGeneration(db, tenantId, key, { engine: graphs.engine });
      graph = false;
    }
    if (!graph) {
      if ((await countVectors(db, tenantId, key)) <= graphs.above) return;
      await graphs.create(tenantId, key, dimensions);
      await updateGeneration(db, tenantId, key, { graph: true });
    }
    while (!signal.aborted && (await graphs.indexSome(tenantId, key, dimensions)) > 0);
  };
}
