/** Chunks of a document that follow each other, as one text. */
export type Stitched = {
  readonly text: string;
  /** Where a character of the document stands in it; undefined: outside of it. */
  placeOf(character: number): number | undefined;
};

type Piece = { readonly start: number; readonly end: number; readonly text: string | null };

/** Neighbours may overlap, and what lies between two is white space that no chunk holds; where a chunk is held back, or gone, there is a gap. */
export function stitch(chunks: readonly Piece[]): Stitched {
  const parts: { readonly start: number; readonly end: number; readonly at: number }[] = [];
  let text = "";
  let until = 0;
  for (const chunk of chunks) {
    if (chunk.text === null || chunk.end <= until) continue;
    const start = parts.length === 0 ? chunk.start : Math.max(chunk.start, until);
    if (parts.length > 0 && start > until) text += start - until > 8 ? "\n…\n" : "\n\n".slice(0, start - until);
    parts.push({ start, end: chunk.end, at: text.length });
    text += chunk.text.slice(start - chunk.start);
    until = chunk.end;
  }
  return {
    text,
    placeOf(character) {
      const part = parts.findLast(({ start }) => start <= character);
      return part === undefined || character > part.end ? undefined : part.at + character - part.start;
    },
  };
}
