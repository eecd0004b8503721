import { units } from "../../retrieve/index.ts";
import { createPath, headingsOf } from "./headings.ts";
import { piecesOf } from "./piece.ts";
import { packPieces } from "./sentence.ts";
import type { Chunk, Cut } from "./span.ts";
import { touching } from "./span.ts";

/** Large chunks of whole sentences, each cut into small ones, which touch: all that one parent holds, put together, is its text. */
export const cutParentsAndChildren: Cut<"parent-child"> = (text, { tokens, parentTokens }) => {
  const found = units(text);
  const pieces = piecesOf(text, tokens, found);
  const pathAt = createPath(headingsOf(text, found));
  const chunks: Chunk[] = [];
  for (const parent of packPieces(pieces, { tokens: parentTokens, overlap: 0 })) {
    const first = chunks.length;
    const inside = pieces.slice(parent.from, parent.to);
    for (const child of packPieces(inside, { tokens, overlap: 0 })) {
      const [start, end] = [inside[child.from]?.start ?? 0, inside[child.to - 1]?.end ?? text.length];
      chunks.push({ start, end, headings: pathAt(start), text: text.slice(start, end), parent: first });
    }
  }
  return touching(text, chunks);
};
