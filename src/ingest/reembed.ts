import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import type { CollectionId, TenantId } from "../kernel/ids.ts";
import { findCollectionId } from "../store/collections.ts";
import type { Database } from "../store/index.ts";
import { tenantScope } from "../store/index.ts";
import {
  countEmbedded,
  dropRetired,
  listGenerations,
  promoteCandidate,
  readSettings,
  rollBack,
  startGeneration,
  updateGeneration,
  type Generation,
  type GenerationReport,
} from "../store/vector-generations.ts";
import type { Embedding } from "./embed.ts";

/** Asks both generations the same questions. Throws a Fault where a model does not answer. */
export type Compare = (
  at: { readonly tenantId: TenantId; readonly collectionId: CollectionId },
  serving: Generation,
  candidate: Generation,
) => Promise<GenerationReport>;

export type ReembedDeps = {
  readonly db: Database;
  readonly clock: Clock;
  readonly embedding: Embedding | undefined;
  readonly compare: Compare | undefined;
  readonly soon: (tenantId: TenantId, collectionId: CollectionId) => void;
};

/** Steps in which a candidate takes over, in percent of the questions. */
export const SHARES: readonly number[] = [5, 25, 50, 100];

export type GenerationStatus = Generation & { readonly documents: number; readonly embedded: number };
export type EmbeddingStatus = { readonly collectionId: CollectionId; readonly generations: readonly GenerationStatus[] };

/**
 * Embedding a collection anew, blue-green: a candidate is built beside what is serving while every new document goes into both, compared, given a
 * growing share of the questions, and put in its place; one command goes back at any time, also afterwards.
 */
export function createReembed(deps: ReembedDeps) {
  const look = createLook(deps.db);
  return {
    embeddingStatus: async (tenantId: TenantId, nameOrId: string): Promise<EmbeddingStatus> =>
      look.status(tenantId, await look.place(tenantId, nameOrId)),
    ...createBuild(deps, look),
    ...createMoves(deps, look),
  };
}

type Look = ReturnType<typeof createLook>;

function createLook(db: Database) {
  async function status(tenantId: TenantId, collectionId: CollectionId): Promise<EmbeddingStatus> {
    const generations: GenerationStatus[] = [];
    for (const one of await listGenerations(db, tenantId, collectionId))
      generations.push({ ...one, ...(await countEmbedded(db, tenantId, { collectionId, generation: one.generation })) });
    return { collectionId, generations };
  }
  return {
    status,
    async place(tenantId: TenantId, nameOrId: string): Promise<CollectionId> {
      const id = await findCollectionId(db, tenantId, nameOrId);
      if (id === undefined) throw new Fault("collection_unknown");
      return id;
    },
    async candidate(tenantId: TenantId, collectionId: CollectionId): Promise<GenerationStatus> {
      const { generations } = await status(tenantId, collectionId);
      const candidate = generations.find(({ role }) => role === "candidate");
      if (candidate === undefined) throw new Fault("not_found", { say: "The collection is not being embedded anew." });
      return candidate;
    },
  };
}

/** The candidate beside what is serving. */
function createBuild({ db, clock, embedding, compare, soon }: ReembedDeps, { place, status, candidate: findCandidate }: Look) {
  return {
    /** Begins a candidate. `model` is one of the configuration, of kind embedding. */
    async startEmbedding(tenantId: TenantId, nameOrId: string, model: string): Promise<EmbeddingStatus> {
      const collectionId = await place(tenantId, nameOrId);
      if (embedding === undefined || !(await embedding.isStored()))
        throw new Fault("conflict", { say: "This server's database holds no vectors: it has no pgvector (weir doctor says what to do)." });
      const space = embedding.spaceOf(model);
      if (space === undefined)
        throw new Fault("model_unknown", { say: "There is no model of kind embedding of that name.", param: "model" });
      const { trust } = await readSettings(db, tenantId, collectionId);
      if (trust === "private" && !embedding.isPrivate(model))
        throw new Fault("conflict", { say: "The collection's documents go to private models only, and this is none.", param: "model" });
      const made = await db.transaction(tenantScope(tenantId), (tx) =>
        startGeneration(tx, tenantId, { collectionId, model, space, now: new Date(clock.nowMs()) }),
      );
      if (made === undefined)
        throw new Fault("conflict", { say: "The collection is being embedded anew already: finish that, or roll it back, first." });
      soon(tenantId, collectionId);
      return await status(tenantId, collectionId);
    },

    /** Asks both the same questions, and keeps what came of it with the candidate. */
    async compareEmbedding(tenantId: TenantId, nameOrId: string): Promise<EmbeddingStatus> {
      const collectionId = await place(tenantId, nameOrId);
      const candidate = await findCandidate(tenantId, collectionId);
      const serving = (await listGenerations(db, tenantId, collectionId)).find(({ role }) => role === "serving");
      if (serving === undefined || compare === undefined)
        throw new Fault("conflict", { say: "Nothing is serving yet that it could be compared with." });
      if (candidate.embedded === 0) throw new Fault("conflict", { say: "No document has its vectors in the candidate yet." });
      const report = await compare({ tenantId, collectionId }, serving, candidate);
      await updateGeneration(db, tenantId, { collectionId, generation: candidate.generation }, { report });
      return await status(tenantId, collectionId);
    },
  };
}

/** In its place, and back. */
function createMoves({ db, soon }: ReembedDeps, { place, status, candidate: findCandidate }: Look) {
  return {
    /** Gives the candidate a share of the questions; 100 puts it in the place of what is serving. Only once it has every document. */
    async shiftEmbedding(tenantId: TenantId, nameOrId: string, share: number): Promise<EmbeddingStatus> {
      const collectionId = await place(tenantId, nameOrId);
      const candidate = await findCandidate(tenantId, collectionId);
      if (candidate.embedded < candidate.documents)
        throw new Fault("conflict", {
          say: `The candidate has ${candidate.embedded} of ${candidate.documents} documents: a question that it answered would miss the others.`,
        });
      if (share < 100) await updateGeneration(db, tenantId, { collectionId, generation: candidate.generation }, { share });
      else if (!(await db.transaction(tenantScope(tenantId), (tx) => promoteCandidate(tx, collectionId))))
        throw new Fault("conflict", { say: "A document came in the meantime that the candidate does not have yet: try again." });
      soon(tenantId, collectionId);
      return await status(tenantId, collectionId);
    },

    /** Gives a candidate up, or puts what was replaced back. */
    async rollBackEmbedding(tenantId: TenantId, nameOrId: string): Promise<EmbeddingStatus> {
      const collectionId = await place(tenantId, nameOrId);
      const done = await db.transaction(tenantScope(tenantId), (tx) => rollBack(tx, collectionId));
      if (done === undefined) throw new Fault("conflict", { say: "There is nothing to go back to." });
      soon(tenantId, collectionId);
      return await status(tenantId, collectionId);
    },

    /** Lets what was replaced go for good: new documents are no longer embedded for it. */
    async finishEmbedding(tenantId: TenantId, nameOrId: string): Promise<EmbeddingStatus> {
      const collectionId = await place(tenantId, nameOrId);
      if (!(await db.transaction(tenantScope(tenantId), (tx) => dropRetired(tx, collectionId))))
        throw new Fault("conflict", { say: "There is nothing left of an earlier embedding." });
      soon(tenantId, collectionId);
      return await status(tenantId, collectionId);
    },
  };
}
