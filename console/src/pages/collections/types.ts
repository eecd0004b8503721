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
type Found = z.infer<typeof searchPage>;
type FoundHit = Found["data"][number];
/** As it is where `weir.explain` asks how each was found. */
export type SearchHit = FoundHit & { readonly weir: NonNullable<FoundHit["weir"]> };
export type SearchPage = Omit<Found, "data" | "weir"> & { readonly data: readonly SearchHit[]; readonly weir: NonNullable<Found["weir"]> };
export type HeldChunk = z.infer<typeof quarantinedChunk>;
export type EmbeddingState = z.infer<typeof embeddingState>;
export type ProgressEvent = z.infer<typeof progressEvent>;
export type Source = z.infer<typeof documentSource>;

export const storePath = (store: string): string => `/v1/vector_stores/${encodeURIComponent(store)}`;
export const filePath = (store: string, file: string): string => `${storePath(store)}/files/${encodeURIComponent(file)}`;
