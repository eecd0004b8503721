import type { CollectionSettings } from "../domain/collection.ts";
import type { AttributeFilter, Reader } from "../domain/reader.ts";
import type { CollectionId, TenantId } from "../kernel/ids.ts";
import type { FoundChunk } from "../store/postings.ts";
import type { AskedTerm } from "./asked.ts";
import type { Scored } from "./bm25.ts";

/** Chunk numbers as `[first, count]`, in any order. */
export type Ranges = readonly (readonly [first: number, count: number])[];

/** What of a collection one reader may find, and its figures alone: a ranking over it equals that of an index that holds nothing else. */
export type Visible = {
  /** `hidden`: everything but these. `allowed`: only these. */
  readonly kind: "hidden" | "allowed";
  readonly ranges: Ranges;
  readonly chunkCount: number;
  /** Of the visible chunks, in terms. */
  readonly lengthSum: number;
};

export type ViewAsk = {
  readonly tenantId: TenantId;
  /** Name or id. */
  readonly collection: string;
  readonly reader: Reader;
  readonly filter: AttributeFilter | undefined;
};

/** A collection as one reader sees it at one moment. */
export type CollectionView = {
  readonly ask: ViewAsk;
  readonly id: CollectionId;
  readonly name: string;
  readonly version: number;
  readonly settings: CollectionSettings;
  /** What its documents' words were reduced for, ISO 639-1: a word of a query is looked for in the form of each. */
  readonly languages: readonly string[];
  readonly visible: Visible;
};

/** The vectors of one model in a collection, as far as a search needs to know them. */
export type SearchedGeneration = {
  readonly generation: number;
  /** As the configuration calls it. */
  readonly model: string;
  /** As its provider does: a question's vector has to come from the same one. */
  readonly space: string;
  readonly dimensions: number;
  /** It has an approximate index. */
  readonly graph: boolean;
  /** Where that is. */
  readonly engine: "pgvector" | "qdrant";
  /** Percent of the questions that it answers instead of what serves the rest. */
  readonly share: number;
  readonly serving: boolean;
};

/** Where passages are found. One for PostgreSQL and PGlite, one for Qdrant; a contract test holds both to the same answers. */
export type PassageIndex = {
  /** undefined: there is no such collection for this reader. */
  open(ask: ViewAsk): Promise<CollectionView | undefined>;
  /** By words. Best first. */
  sparse(view: CollectionView, asked: readonly AskedTerm[], limit: number): Promise<readonly Scored[]>;
  /** What vectors there are, the serving ones first. Empty: the collection is found by words alone. */
  generations(view: CollectionView): Promise<readonly SearchedGeneration[]>;
  /** By meaning: the nearest to a vector of length 1. Best first; scores are cosines. */
  dense(view: CollectionView, generation: SearchedGeneration, vector: Float32Array, limit: number): Promise<readonly Scored[]>;
  /** The chunks of these numbers that this reader may see at this moment, in any order. */
  read(view: CollectionView, numbers: readonly number[]): Promise<readonly FoundChunk[]>;
};
