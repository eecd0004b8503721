import type { Chunk } from "./types.ts";

/** A chunk as it is shown: what the chunk before it has said already is left out. */
export type Piece = { readonly chunk: Chunk; /** Where `text` begins in the document. */ readonly start: number; readonly text: string };

/** What a chunk adds to the one before it, without the blanks between the two. */
export function toPiece(chunk: Chunk, before: Chunk | undefined): Piece {
  const text = chunk.text ?? "";
  if (before === undefined || before.index !== chunk.index - 1 || before.end <= chunk.start) return { chunk, start: chunk.start, text };
  const rest = text.slice(Math.min(before.end, chunk.end) - chunk.start);
  const piece = rest.trimStart();
  return { chunk, start: chunk.end - piece.length, text: piece };
}

export type Part = { readonly text: string; readonly marked: boolean };

/** A piece cut where a range of the document begins and ends. */
export function markRange(
  { start, text }: Pick<Piece, "start" | "text">,
  range: { readonly start: number; readonly end: number } | undefined,
): readonly Part[] {
  if (range === undefined) return [{ text, marked: false }];
  const from = Math.max(0, Math.min(text.length, range.start - start));
  const to = Math.max(from, Math.min(text.length, range.end - start));
  return [
    { text: text.slice(0, from), marked: false },
    { text: text.slice(from, to), marked: true },
    { text: text.slice(to), marked: false },
  ].filter((part) => part.text !== "");
}
