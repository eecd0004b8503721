import type { Chunking } from "../../domain/collection.ts";
import type { PageStart } from "../../domain/page.ts";

/** A stretch of a document's text. Offsets are UTF-16 positions in it. */
export type Chunk = {
  readonly start: number;
  readonly end: number;
  /** What it stands under, outermost first: headings, numbered clauses, classes and functions. */
  readonly headings: readonly string[];
  readonly text: string;
  /** Where its pages begin, where the document has pages: the first at `start`. */
  readonly pages?: readonly PageStart[] | undefined;
  /** Of a small chunk: which chunk of the document, from 0, is the first of the larger one that it stands in. */
  readonly parent?: number | undefined;
  /** Searched with it, and not part of what is returned. */
  readonly context?: string | undefined;
};

/** One way of cutting: chunks in order, which cover the text but for blanks and line breaks, none longer than asked for. */
export type Cut<Strategy extends Chunking["strategy"]> = (
  text: string,
  chunking: Extract<Chunking, { readonly strategy: Strategy }>,
) => readonly Chunk[];

/**
 * Chunks that touch, so that neighbours put together are the text itself: the blanks between two go with the first. For ways of cutting whose
 * chunks are put together again.
 */
export const touching = (text: string, chunks: readonly Chunk[]): readonly Chunk[] =>
  chunks.map((chunk, at) => {
    const end = chunks[at + 1]?.start ?? chunk.end;
    return { ...chunk, end, text: text.slice(chunk.start, end) };
  });
