import type { FoundBy } from "../domain/chat.ts";
import type { Scored } from "./bm25.ts";

/** The lists of a search, each best first. Without vectors `together` is that of words. */
export type Legs = {
  readonly words: readonly Scored[];
  readonly vectors?: readonly Scored[] | undefined;
  readonly together: readonly Scored[];
};

/** Where the legs have a chunk, by its number. Only those that are in the list of both together. */
export function createFoundBy({ words, vectors = [], together }: Legs): (no: number) => FoundBy | undefined {
  const [byWords, byVectors, byBoth] = [toPlaces(words), toPlaces(vectors), toPlaces(together)];
  return (no) => {
    const place = byBoth.get(no);
    return place === undefined ? undefined : { words: byWords.get(no), vectors: byVectors.get(no), together: place };
  };
}

const toPlaces = (leg: readonly Scored[]) => new Map(leg.map(({ no, score }, at) => [no, { rank: at + 1, score }]));
