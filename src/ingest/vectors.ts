import type { Clock } from "../kernel/clock.ts";
import { collectionIds, tenantIds } from "../kernel/ids.ts";
import type { CollectionId, TenantId } from "../kernel/ids.ts";
import type { Jobs } from "../queue/index.ts";
import type { Database } from "../store/index.ts";
import { listBehind } from "../store/vector-generations.ts";
import { createEmbedBehind } from "./embed-behind.ts";
import { createEmbedder, type Embedding, type Graphs } from "./embed.ts";
import type { IndexerDeps } from "./indexer.ts";
import { createReembed, type Compare } from "./reembed.ts";

export type VectorsDeps = {
  readonly embedding: Embedding;
  readonly graphs: Graphs;
  /** How a candidate does beside what is serving. */
  readonly compare: Compare;
};

type Deps = {
  readonly db: Database;
  readonly clock: Clock;
  readonly jobs: Pick<Jobs, "send" | "sendAll" | "work">;
  readonly onError: (name: string, error: unknown) => void;
};

/** What makes and keeps the vectors of documents: with the document, and behind it. */
export function createVectors({ db, clock, jobs, onError }: Deps, given: VectorsDeps | undefined) {
  const embedder = given === undefined ? undefined : createEmbedder({ db, clock, embedding: given.embedding });
  const behind = given === undefined || embedder === undefined ? undefined : createEmbedBehind({ db, embedder, graphs: given.graphs });
  jobs.work("embed-collection", async (payload, { signal }) => {
    await behind?.(tenantIds.parse(payload.tenantId), collectionIds.parse(payload.collectionId), signal);
  });
  const soon = (tenantId: TenantId, collectionId: CollectionId): void =>
    void jobs
      .send("embed-collection", { tenantId, collectionId })
      .catch((error: unknown) => onError(`embed ${tenantId} ${collectionId}`, error));

  return {
    indexing: {
      embedder,
      embeddingSkipped: (error: unknown) => onError("embed", error),
      grown: soon,
      grownAbove: given?.graphs.above,
    } satisfies Partial<IndexerDeps>,
    /** Sends jobs for what a dead process left, and what a released chunk or a model that was away still misses. */
    async resume(): Promise<void> {
      if (embedder === undefined || !(await embedder.isStored())) return;
      await jobs.sendAll("embed-collection", await listBehind(db, given?.graphs.above ?? 0));
    },
    requests: createReembed({ db, clock, embedding: given?.embedding, compare: given?.compare, soon }),
  };
}
