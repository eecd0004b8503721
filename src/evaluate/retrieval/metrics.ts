/** How relevant each document is to one query; what is not named is not relevant. Grades above 0 count as relevant. */
export type Judged = ReadonlyMap<string, number>;

/** Of the relevant documents, those among the first `cut`: 0 to 1. `undefined` where nothing is relevant. */
export function recallAt(ranked: readonly string[], judged: Judged, cut: number): number | undefined {
  const relevant = countRelevant(judged);
  return relevant === 0 ? undefined : countFound(ranked, judged, cut) / relevant;
}

/** Of the first `cut` places, those that hold a relevant document. Empty places count against it, as trec_eval has it. */
export function precisionAt(ranked: readonly string[], judged: Judged, cut: number): number | undefined {
  return countRelevant(judged) === 0 ? undefined : countFound(ranked, judged, cut) / cut;
}

/** Normalised discounted cumulative gain with linear gains, as trec_eval computes it (Järvelin and Kekäläinen 2002). */
export function ndcgAt(ranked: readonly string[], judged: Judged, cut: number): number | undefined {
  const ideal = gain(
    [...judged.values()].filter((grade) => grade > 0).toSorted((one, other) => other - one),
    cut,
  );
  if (ideal === 0) return undefined;
  return (
    gain(
      ranked.map((id) => Math.max(0, judged.get(id) ?? 0)),
      cut,
    ) / ideal
  );
}

/** One divided by the place of the first relevant document; 0 where none is ranked. */
export function reciprocalRank(ranked: readonly string[], judged: Judged): number | undefined {
  if (countRelevant(judged) === 0) return undefined;
  const first = ranked.findIndex((id) => (judged.get(id) ?? 0) > 0);
  return first < 0 ? 0 : 1 / (first + 1);
}

const countRelevant = (judged: Judged): number => [...judged.values()].filter((grade) => grade > 0).length;
const countFound = (ranked: readonly string[], judged: Judged, cut: number): number =>
  new Set(ranked.slice(0, cut).filter((id) => (judged.get(id) ?? 0) > 0)).size;
const gain = (grades: readonly number[], cut: number): number =>
  grades.slice(0, cut).reduce((sum, grade, at) => sum + grade / Math.log2(at + 2), 0);
