import { joinForms, spanOf, withoutRanges } from "./entries.ts";
import { createScores, type Scored } from "./scores.ts";

/** Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with the idf of Lucene, which is never negative. */
export const K1 = 1.2;
export const B = 0.75;

export function inverseFrequency(chunkCount: number, found: number): number {
  const holding = Math.min(found, chunkCount);
  return Math.log(1 + (chunkCount - holding + 0.5) / (holding + 0.5));
}

export type Figures = {
  readonly chunkCount: number;
  readonly lengthSum: number;
  /** Chunks that do not count: `[first, count]`. */
  readonly hidden: readonly (readonly [number, number])[];
};

/** How often a term is in the query, and the entries of each of its forms: chunk number, occurrences + length << 16. */
export type SearchedTerm = {
  readonly asked: number;
  readonly lists: readonly Uint32Array[];
  /** How many visible chunks have it, where the lists do not hold them all. */
  readonly found?: number | undefined;
};

export type Searched = Figures & { readonly terms: readonly SearchedTerm[] };

/** Adds terms to the scores of chunks, always in the same order for the same scores to the last bit. */
export function createScorer({ chunkCount, lengthSum, hidden }: Figures) {
  const ranges = hidden.toSorted((one, other) => one[0] - other[0]);
  const scores = createScores(chunkCount);
  const slope = (K1 * B) / Math.max(1, lengthSum / chunkCount);
  return {
    ...scores,
    add({ asked, lists, found }: SearchedTerm): void {
      const visible = lists.map((entries) => withoutRanges(entries, ranges)).filter((entries) => entries.length > 0);
      // The chunks of each form add up: one that has two of them is rare, and so a count needs no look at the entries.
      const holding = found ?? visible.reduce((sum, entries) => sum + entries.length / 2, 0);
      const entries = joinForms(visible);
      if (entries.length === 0) return;
      scores.reach(...spanOf(entries));
      scores.add(entries, asked * inverseFrequency(chunkCount, holding) * (K1 + 1), K1 * (1 - B), slope);
    },
  };
}

/** How many entries a term has in all, whether or not they count. */
const countEntries = (lists: readonly Uint32Array[]): number => lists.reduce((sum, entries) => sum + entries.length / 2, 0);

/** The best chunks, best first; equal scores in order of their numbers, so that an answer is the same every time. */
export function rankChunks(searched: Searched, limit: number): readonly Scored[] {
  if (searched.chunkCount === 0 || limit === 0) return [];
  const scorer = createScorer(searched);
  // Rarest first, as a search does that need not read the others whole.
  for (const term of searched.terms.toSorted((one, other) => countEntries(one.lists) - countEntries(other.lists))) scorer.add(term);
  return scorer.best(limit);
}

export type { Scored };
