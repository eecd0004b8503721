/** How a document is cut. Sizes are in tokens as `countTokens` estimates them. */
export type Chunking =
  /** Windows of one size, wherever they end. */
  | { readonly strategy: "fixed"; readonly tokens: number; readonly overlap: number }
  /** Ends with sentences, rather with paragraphs, rather still before a heading. */
  | { readonly strategy: "sentence"; readonly tokens: number; readonly overlap: number }
  /**
   * Small ones, which are searched with their neighbours' words too, at half the weight. Those of them that are found beside one another come back
   * as one passage: short passages, and the sentences that an answer goes on in.
   */
  | { readonly strategy: "window"; readonly tokens: number }
  /** Small chunks are searched, and what is returned is the larger one that they stand in. */
  | { readonly strategy: "parent-child"; readonly tokens: number; readonly parentTokens: number }
  /** By what the document itself is divided into: headings, numbered clauses, functions and classes of code. */
  | { readonly strategy: "structural"; readonly tokens: number };

/** A line of context before each chunk, searched with it: none, of title, headings and file, or one that a model writes. */
export type ChunkContext = "none" | "structure" | "model";

export const DEFAULT_CHUNKING: Chunking = { strategy: "sentence", tokens: 512, overlap: 128 };

/** Tokens of a chunk: fewer say too little to be found by, more are no passage. OpenAI's own range for `static` is 100 to 4096. */
export const CHUNK_TOKENS_RANGE = { min: 32, max: 4096 } as const;
export const STATIC_CHUNK_TOKENS_RANGE = { min: 100, max: 4096 } as const;

/** What is wrong with a chunking, as a sentence's end. undefined: nothing is. */
export function findChunkingFault(chunking: Chunking): string | undefined {
  const { min, max } = CHUNK_TOKENS_RANGE;
  const isSize = (tokens: number): boolean => Number.isInteger(tokens) && tokens >= min && tokens <= max;
  if (!isSize(chunking.tokens)) return `tokens must be a whole number from ${min} to ${max}`;
  if (chunking.strategy === "parent-child") {
    if (!isSize(chunking.parentTokens)) return `parentTokens must be a whole number from ${min} to ${max}`;
    return chunking.parentTokens < 2 * chunking.tokens ? "parentTokens must be at least twice tokens" : undefined;
  }
  if (chunking.strategy !== "fixed" && chunking.strategy !== "sentence") return undefined;
  const { overlap, tokens } = chunking;
  return Number.isInteger(overlap) && overlap >= 0 && overlap <= tokens / 2
    ? undefined
    : "overlap must be a whole number from 0 to half of tokens";
}

/** How a document goes into its index: what of it is one chunk, and what is searched with each. */
export type Cutting = { readonly chunking: Chunking; readonly context: ChunkContext };

export const DEFAULT_CUTTING: Cutting = { chunking: DEFAULT_CHUNKING, context: "none" };

/** Whether it makes what was made before there was a choice. */
export const isDefaultCutting = ({ chunking, context }: Cutting): boolean =>
  context === "none" && chunking.strategy === "sentence" && chunking.tokens === 512 && chunking.overlap === 128;

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
  /** Of its passages a model reads the sentences about the question only, unless a call says otherwise. */
  readonly compress?: boolean | undefined;
  /** Passages are never shortened, and answers are checked more strictly. */
  readonly highStakes?: boolean | undefined;
};
