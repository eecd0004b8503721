import type { Query } from "./data.ts";
import { ndcgAt, precisionAt, recallAt, reciprocalRank, type Judged } from "./metrics.ts";
import { estimate, type Estimate } from "./significance.ts";

/** What a search found for a query: documents, best first, each once. */
export type Ranking = { readonly query: Query; readonly ranked: readonly string[]; readonly latencyMs: number };

export type Metric = { readonly name: string; readonly values: readonly number[]; readonly estimate: Estimate };

export type Scores = {
  /** Queries with at least one relevant document: only these can be scored. */
  readonly scored: number;
  /** Queries that no judgement names, or without anything relevant. */
  readonly unjudged: number;
  readonly metrics: readonly Metric[];
};

export const CUTS_DEFAULT: readonly number[] = [1, 3, 5, 10, 20];
const NDCG_CUT = 10;

/** recall@k and precision@k for each cut, nDCG@10 and MRR over the queries that have something relevant. */
export function scoreRankings(rankings: readonly Ranking[], judgements: ReadonlyMap<string, Judged>, cuts = CUTS_DEFAULT): Scores {
  const pairs = rankings.flatMap(({ query, ranked }) => {
    const judged = judgements.get(query.id);
    return judged === undefined || reciprocalRank(ranked, judged) === undefined ? [] : [{ ranked, judged }];
  });
  const metric = (name: string, of: (ranked: readonly string[], judged: Judged) => number | undefined): Metric => {
    const values = pairs.map(({ ranked, judged }) => of(ranked, judged) ?? 0);
    return { name, values, estimate: estimate(values) };
  };
  return {
    scored: pairs.length,
    unjudged: rankings.length - pairs.length,
    metrics: [
      ...cuts.map((cut) => metric(`recall@${cut}`, (ranked, judged) => recallAt(ranked, judged, cut))),
      ...cuts.map((cut) => metric(`precision@${cut}`, (ranked, judged) => precisionAt(ranked, judged, cut))),
      metric(`nDCG@${NDCG_CUT}`, (ranked, judged) => ndcgAt(ranked, judged, NDCG_CUT)),
      metric("MRR", reciprocalRank),
    ],
  };
}

/** Values of one metric, query by query. Throws where it was not measured. */
export function valuesOf({ metrics }: Scores, name: string): readonly number[] {
  const found = metrics.find((one) => one.name === name);
  if (found === undefined) throw new RangeError(`${name} was not measured`);
  return found.values;
}
