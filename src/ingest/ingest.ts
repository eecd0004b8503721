import type { Passage, Retrieved } from "../domain/chat.ts";
import type { AttributeFilter, Reader } from "../domain/reader.ts";
import type { Clock } from "../kernel/clock.ts";
import type { TenantId } from "../kernel/ids.ts";
import type { ObjectStore } from "../object/index.ts";
import { findAttributes } from "../store/collection-files.ts";
import type { Attributes } from "../store/collection-files.ts";
import { findIndexLag } from "../store/file-progress.ts";
import type { Database } from "../store/index.ts";
import { createBackground } from "./background.ts";
import { clean } from "./clean.ts";
import { createCollectionFiles } from "./collection-files.ts";
import { createCollections } from "./collections.ts";
import { createDeadLetters } from "./dead-letters.ts";
import { exportChunks } from "./export.ts";
import { createFileBatches } from "./file-batches.ts";
import { createFiles } from "./files.ts";
import { createFollow, type FollowDeps } from "./follow.ts";
import { tellingGates, type GateFacts } from "./gates/facts.ts";
import { createIndexFile, type IndexFileDeps } from "./index-file.ts";
import { createIndexer } from "./indexer.ts";
import type { IndexerDeps, IndexerOptions } from "./indexer.ts";
import { createPrepareApart } from "./prepare-apart.ts";
import { createVectors, type VectorsDeps } from "./vectors.ts";
import { createQuarantine, type Audited } from "./quarantine.ts";

export type IngestDeps = Pick<IndexerDeps, "detectors" | "injectionMode" | "quarantined" | "contextLine" | "contextSkipped"> &
  Pick<IndexFileDeps, "jobs" | "indexed"> &
  Pick<FollowDeps, "wait"> & {
    readonly db: Database;
    readonly objects: ObjectStore;
    readonly clock: Clock;
    /** The retriever's: passages of a collection for a query. */
    readonly retrieve: (
      tenantId: TenantId,
      ask: {
        readonly collection: string;
        readonly query: string;
        readonly topK: number;
        readonly reader: Reader;
        readonly filter?: AttributeFilter | undefined;
        readonly weights?: { readonly dense: number; readonly sparse: number } | undefined;
        readonly fusion?: "rank" | "score" | undefined;
        readonly tellsLegs?: boolean | undefined;
      },
    ) => Promise<Retrieved>;
    /** Told of work in the background that failed; `name` holds ids only. */
    readonly onError: (name: string, error: unknown) => void;
    readonly audited: Audited;
    /** Told what the gates saw of each file. */
    readonly gated?: ((facts: GateFacts) => void) | undefined;
    /** undefined: no vectors are made or kept. */
    readonly vectors?: VectorsDeps | undefined;
  };

export type FoundPassage = Passage & { readonly attributes: Attributes };
/** `degraded`: the collection has vectors, and they could not be searched now. */
export type SearchedCollection = { readonly passages: readonly FoundPassage[] } & Pick<
  Retrieved,
  "degraded" | "reranked" | "fused" | "foundBy"
>;

export type Ingest = ReturnType<typeof createIngest>;

/** Files, collections, and what leads from one to the other. */
export function createIngest(deps: IngestDeps, options: IndexerOptions = {}) {
  const { db, objects, clock } = deps;
  const ending = new AbortController();
  const background = createBackground(deps.onError);
  const cleanSoon = (): void => background.add("clean", (signal) => clean({ db, objects, graphs: deps.vectors?.graphs }, signal));
  const files = createFiles({ db, objects, clock, cleanSoon });
  const collections = createCollections({ db, clock, cleanSoon });
  const apart = createPrepareApart();
  const vectors = createVectors({ db, clock, jobs: deps.jobs, onError: deps.onError }, deps.vectors);
  const indexFile = createIndexFile({
    db,
    clock,
    readFile: files.readFile,
    prepare: tellingGates(apart.prepare, deps.gated),
    index: createIndexer({ ...deps, ...vectors.indexing, exported: (run) => exportChunks({ db, objects }, run) }, options),
    jobs: deps.jobs,
    indexed: deps.indexed,
    onError: deps.onError,
    cleanSoon,
  });
  const placing = { db, clock, getFile: files.getFile, indexFile, cleanSoon };
  const collectionFiles = createCollectionFiles(placing);
  const fileBatches = createFileBatches(placing);
  const deadLetters = createDeadLetters({ db, clock, indexFile, getCollectionFile: collectionFiles.getCollectionFile });

  const quarantine = createQuarantine({ db, clock, audited: deps.audited });

  return {
    ...files,
    ...quarantine,
    ...collections,
    ...collectionFiles,
    ...fileBatches,
    ...deadLetters,
    ...vectors.requests,
    followCollection: createFollow({ db, wait: deps.wait, ending: ending.signal }),
    indexLagSeconds: () => findIndexLag(db),
    /** Whether vectors can be made by a model of this name. */
    hasEmbedding: (name: string): boolean => deps.vectors?.embedding.spaceOf(name) !== undefined,
    /** By which collections expire. */
    nowMs: (): number => clock.nowMs(),
    /** Passages of a collection for a query, best first, with what their files are tagged with. */
    async searchCollection(tenantId: TenantId, ask: Parameters<IngestDeps["retrieve"]>[1]): Promise<SearchedCollection> {
      const { collectionId, passages, degraded, reranked, fused, foundBy } = await deps.retrieve(tenantId, ask);
      const tags = await findAttributes(db, tenantId, collectionId, [...new Set(passages.map((passage) => passage.fileId))]);
      return {
        passages: passages.map((passage) => ({ ...passage, attributes: tags.get(passage.fileId) ?? {} })),
        degraded,
        reranked,
        fused,
        foundBy,
      };
    },
    /** At start, and every minute where several processes share the database: takes up what a dead process left. */
    async resume(): Promise<void> {
      await collections.expireCollections();
      await indexFile.resume();
      await vectors.resume();
      cleanSoon();
    },
    /** Resolves when nothing is being cleaned away. */
    idle: background.idle,
    /** Stops at the next step. What is unfinished is taken up at the next start. Jobs have been told to stop before. */
    async close(): Promise<void> {
      ending.abort();
      apart.close();
      await background.close();
    },
  };
}
