import type { Passage } from "../domain/chat.ts";
import type { FoundPassage } from "../domain/timings.ts";

/** Passages on their way into a prompt. Each list is part of the one before, in its order. */
export type PassagesSeen = {
  readonly found: readonly Passage[];
  /** Without those that the rules for content kept back. */
  readonly sifted: readonly Passage[];
  /** How many of `sifted`, from the best, were in the prompt. */
  readonly read: number;
  /** Places in `sifted` that the answer cites. */
  readonly cited: ReadonlySet<number>;
};

/** What became of each passage that was found, by its ids: their text is no record's. */
export function toFoundPassages({ found, sifted, read, cited }: PassagesSeen): FoundPassage[] {
  const places = new Map(sifted.map((passage, at) => [passage.chunkId, at]));
  return found.map(({ chunkId, fileId, score }) => {
    const at = places.get(chunkId);
    const fate = at === undefined ? "withheld" : at >= read ? "trimmed" : cited.has(at) ? "cited" : "read";
    return { chunkId, fileId, score: Math.round(score * 1e4) / 1e4, fate };
  });
}
