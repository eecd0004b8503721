import type { Passage } from "../domain/chat.ts";
import type { CollectionSettings } from "../domain/collection.ts";

/** Passages that a model reads to put the best few first: far more and it takes seconds, far fewer and what the search ranked low stays lost. */
export const RERANK_CANDIDATES = 20;

export type RerankAsk = {
  readonly query: string;
  /** At least one; best first, as the search has them. */
  readonly passages: readonly Passage[];
  /** They may go to own hardware only. */
  readonly trust: CollectionSettings["trust"];
};

/** How well each passage answers the query, in their order; undefined: that could not be had, which whoever was asked has told. */
export type Rerank = (ask: RerankAsk) => Promise<readonly number[] | undefined>;

export type InOrder = { readonly passages: readonly Passage[]; readonly reranked: boolean };

/** The best of them first, by what a model makes of each; in the order of the search where it could not be asked. Equals keep that order. */
export async function rerankPassages(rerank: Rerank, ask: RerankAsk, topK: number): Promise<InOrder> {
  const { passages } = ask;
  const scores = passages.length === 0 ? [] : await rerank(ask);
  if (scores === undefined) return { passages: passages.slice(0, topK), reranked: false };
  if (scores.length !== passages.length) throw new TypeError("a ranking has one score for each passage");
  const unit = toUnit(scores);
  const best = passages.map((passage, at) => ({ ...passage, score: unit[at] ?? 0 })).toSorted((a, b) => b.score - a.score);
  return { passages: best.slice(0, topK), reranked: true };
}

/** Most models tell a probability. What tells anything else tells logits, which become one. */
function toUnit(scores: readonly number[]): readonly number[] {
  return scores.every((score) => score >= 0 && score <= 1) ? scores : scores.map((score) => 1 / (1 + Math.exp(-score)));
}
