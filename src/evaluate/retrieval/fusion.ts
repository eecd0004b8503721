import { compare, meanOf, type Difference } from "./significance.ts";

/** One way to put both legs together: how, and how much the vectors weigh (0 to 1). */
export type Mix = { readonly method: "rank" | "score"; readonly weight: number };
export type QueryKind = "question" | "keyword";

/** What each mix scored for each query, in the queries' order. */
export type MixScores = { readonly mix: Mix; readonly values: readonly number[] };

export type FusionChoice = {
  readonly method: Mix["method"];
  readonly questionWeight: number;
  readonly keywordWeight: number;
};

export type FusionReport = {
  readonly proposed: FusionChoice;
  /** What the proposal scores on queries that had no say in it, over five folds, and how that differs from today's setting on the same queries. */
  readonly heldOut: { readonly proposed: number; readonly current: number; readonly difference: Difference };
  /** The proposal is better than what stands, by more than chance (p < 0.05). */
  readonly worthIt: boolean;
};

const FOLDS = 5;
const SIGNIFICANT = 0.05;

/** Every mix that is tried. The ends are the same whichever way lists are fused, so they are tried once. */
export const MIXES: readonly Mix[] = (["rank", "score"] as const).flatMap((method) =>
  Array.from({ length: 11 }, (_, at) => ({ method, weight: at / 10 })).filter(
    ({ weight }) => method === "rank" || (weight > 0 && weight < 1),
  ),
);

/**
 * Chooses method and weights by the mean over queries, the weight for each kind of query by itself, and tells what such a choice is worth on
 * queries that it was not made from. `current`: what today's setting scored, query by query.
 */
export function chooseFusion(scores: readonly MixScores[], kinds: readonly QueryKind[], current: readonly number[]): FusionReport {
  const all = kinds.map((_, at) => at);
  const unseen = all.map((at) => {
    const others = all.filter((one) => one % FOLDS !== at % FOLDS);
    const choice = choose(scores, kinds, others.length === 0 ? all : others);
    return valueAt(scores, choice, kinds[at] ?? "question", at);
  });
  const difference = compare(current, unseen);
  return {
    proposed: choose(scores, kinds, all),
    heldOut: { proposed: meanOf(unseen), current: meanOf(current), difference },
    worthIt: difference.mean > 0 && difference.p < SIGNIFICANT,
  };
}

function choose(scores: readonly MixScores[], kinds: readonly QueryKind[], queries: readonly number[]): FusionChoice {
  const candidates = (["rank", "score"] as const).map((method) => {
    const best = (kind: QueryKind) =>
      bestWeight(
        scores,
        method,
        queries.filter((at) => kinds[at] === kind),
      );
    const [question, keyword] = [best("question"), best("keyword")];
    return { choice: { method, questionWeight: question.weight, keywordWeight: keyword.weight }, sum: question.sum + keyword.sum };
  });
  const [rank, score] = candidates;
  if (rank === undefined || score === undefined) throw new RangeError("there are no ways to choose from");
  return score.sum > rank.sum ? score.choice : rank.choice;
}

/** The weight with the best sum; of equals the one nearest to the middle, which is the safer guess for queries not seen. */
function bestWeight(scores: readonly MixScores[], method: Mix["method"], queries: readonly number[]): { weight: number; sum: number } {
  const sums = scores
    .filter(({ mix }) => mix.method === method || mix.weight === 0 || mix.weight === 1)
    .map(({ mix, values }) => ({ weight: mix.weight, sum: queries.reduce((sum, at) => sum + (values[at] ?? 0), 0) }))
    .toSorted((one, other) => other.sum - one.sum || Math.abs(one.weight - 0.5) - Math.abs(other.weight - 0.5));
  return sums[0] ?? { weight: 0.5, sum: 0 };
}

function valueAt(scores: readonly MixScores[], choice: FusionChoice, kind: QueryKind, at: number): number {
  const weight = kind === "question" ? choice.questionWeight : choice.keywordWeight;
  const found =
    scores.find(({ mix }) => mix.weight === weight && mix.method === choice.method) ?? scores.find(({ mix }) => mix.weight === weight);
  return found?.values[at] ?? 0;
}
