import type { CollectionSettings } from "../domain/collection.ts";
import type { AttributeFilter, Reader } from "../domain/reader.ts";
import type { CollectionId, TenantId } from "../kernel/ids.ts";
import type { FoundChunk } from "../store/postings.ts";
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
  readonly visible: Visible;
};

/** Where passages are found. One for PostgreSQL and PGlite, one for Qdrant; a contract test holds both to the same answers. */
export type PassageIndex = {
  /** undefined: there is no such collection for this reader. */
  open(ask: ViewAsk): Promise<CollectionView | undefined>;
  /** By words. `asked`: how often each term is in the query, by `termId`. Best first. */
  sparse(view: CollectionView, asked: ReadonlyMap<number, number>, limit: number): Promise<readonly Scored[]>;
  /** The chunks of these numbers that this reader may see at this moment, in any order. */
  read(view: CollectionView, numbers: readonly number[]): Promise<readonly FoundChunk[]>;
};
