import type { z } from "zod";
import type {
  fileChunk,
  fileChunkList,
  quarantinedChunk,
  searchPage,
  vectorStore,
  vectorStoreFile,
} from "../../../../src/contract/answer-knowledge.ts";
import type { embeddingState } from "../../../../src/contract/embedding-anew.ts";
import type { collectionSettings, VectorStoreSearch } from "../../../../src/contract/knowledge.ts";
import type { progressEvent } from "../../../../src/contract/knowledge-progress.ts";
import type { documentSource } from "../../../../src/contract/sources.ts";

/** What the server answers and takes, as its contract says. */
export type Collection = z.infer<typeof vectorStore>;
export type CollectionSettings = z.input<typeof collectionSettings>;
export type CollectionFile = z.infer<typeof vectorStoreFile>;
export type Attributes = NonNullable<CollectionFile["attributes"]>;
export type Chunk = z.infer<typeof fileChunk>;
export type ChunkPage = z.infer<typeof fileChunkList>;
export type SearchBody = VectorStoreSearch;
export type SearchPage = z.infer<typeof searchPage>;
export type SearchHit = SearchPage["data"][number];
export type HeldChunk = z.infer<typeof quarantinedChunk>;
export type EmbeddingState = z.infer<typeof embeddingState>;
export type ProgressEvent = z.infer<typeof progressEvent>;
export type Source = z.infer<typeof documentSource>;

export const storePath = (store: string): string => `/v1/vector_stores/${encodeURIComponent(store)}`;
export const filePath = (store: string, file: string): string => `${storePath(store)}/files/${encodeURIComponent(file)}`;
