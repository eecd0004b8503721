import type { FoundChunk } from "../store/postings.ts";
import type { CollectionView, PassageIndex } from "./passage-index.ts";

/** Of the larger chunks that the best small ones stand in, all chunks that this reader may see. */
export async function readFamilies(
  index: PassageIndex,
  view: CollectionView,
  chunks: readonly FoundChunk[],
  limit: number,
): Promise<readonly FoundChunk[]> {
  const parents = new Map<number, number>();
  for (const { parent, chunking } of chunks) {
    if (parents.size >= limit) break;
    if (parent !== undefined && chunking?.strategy === "parent-child") parents.set(parent, childrenMax(chunking));
  }
  if (parents.size === 0) return [];
  const numbers = [...parents].flatMap(([parent, most]) => Array.from({ length: most }, (_, at) => parent + at));
  const found = await index.read(view, [...new Set(numbers)]);
  return found.filter(({ parent }) => parent !== undefined && parents.has(parent));
}

/** Two neighbours together are longer than one may be, or they would be one. */
const childrenMax = ({ tokens, parentTokens }: { readonly tokens: number; readonly parentTokens: number }): number =>
  2 * Math.ceil(parentTokens / tokens) + 1;
