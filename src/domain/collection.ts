/** How a document is cut. Sizes are in tokens as `countTokens` estimates them. */
export type Chunking =
  /** Windows of one size, wherever they end. */
  | { readonly strategy: "fixed"; readonly tokens: number; readonly overlap: number }
  /** Ends with sentences, rather with paragraphs, rather still before a heading. */
  | { readonly strategy: "sentence"; readonly tokens: number; readonly overlap: number }
  /** Small chunks are searched, and what is returned is the larger one that they stand in. */
  | { readonly strategy: "parent-child"; readonly tokens: number; readonly parentTokens: number }
  /** By what the document itself is divided into: headings, numbered clauses, functions and classes of code. */
  | { readonly strategy: "structural"; readonly tokens: number };

/** A line of context before each chunk, searched with it: none, of title, headings and file, or one that a model writes. */
export type ChunkContext = "none" | "structure" | "model";

export const DEFAULT_CHUNKING: Chunking = { strategy: "sentence", tokens: 512, overlap: 128 };

/** How the two legs become one list. Weights of the dense leg, 0 (words alone) to 1 (vectors alone). */
export type Fusion = {
  readonly method: "rank" | "score";
  /** Questions in plain words. */
  readonly questionWeight: number;
  /** Codes, names, few words. */
  readonly keywordWeight: number;
};

/** What a collection's owner chose. Absent: as the configuration says. */
export type CollectionSettings = {
  readonly chunking?: Chunking | undefined;
  readonly context?: ChunkContext | undefined;
  /** A model of the configuration of kind embedding; `null`: none, by words alone. */
  readonly embedding?: string | null | undefined;
  /** ISO 639-1; empty or absent: detected for each document. */
  readonly languages?: readonly string[] | undefined;
  readonly fusion?: Fusion | undefined;
  /** Days after the last use until the collection is deleted, files of it not. */
  readonly expiresAfterDays?: number | undefined;
  /** Its passages go to private models only. */
  readonly trust?: "private" | undefined;
  /** Passages are never shortened, and answers are checked more strictly. */
  readonly highStakes?: boolean | undefined;
};
