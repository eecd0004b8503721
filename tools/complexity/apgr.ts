/** A request with what a weak and a strong model made of it (0 or 1), and its score. */
export type Judged = { readonly score: number; readonly weak: number; readonly strong: number };

/**
 * Average performance gap recovered (RouteLLM, Ong et al. 2024): requests go to the strong model in the order of their scores; of each share
 * sent there, the part of the gap between the two models that is recovered; the mean over all shares. Chance is 0.5, and it may exceed 1.
 */
export function apgr(judged: readonly Judged[]): number {
  const sorted = judged.toSorted((one, other) => other.score - one.score);
  const gap = sorted.reduce((sum, { weak, strong }) => sum + strong - weak, 0);
  let recovered = 0;
  let area = 0;
  for (const { weak, strong } of sorted) {
    area += recovered + (strong - weak) / 2;
    recovered += strong - weak;
  }
  return area / (gap * sorted.length);
}

/** The chance that a request which only the strong model can do scores above one that the weak model can do; equal scores count half. */
export function auc(judged: readonly Judged[]): number {
  const needs = judged.filter(({ weak, strong }) => strong === 1 && weak === 0);
  const rest = judged.filter(({ weak }) => weak === 1);
  const sorted = [...needs, ...rest].toSorted((one, other) => one.score - other.score);
  let ranks = 0;
  for (let at = 0; at < sorted.length;) {
    let end = at;
    while (end < sorted.length && sorted[end]?.score === sorted[at]?.score) end++;
    ranks += sorted.slice(at, end).filter(({ weak }) => weak === 0).length * ((at + end + 1) / 2);
    at = end;
  }
  return (ranks - (needs.length * (needs.length + 1)) / 2) / (needs.length * rest.length);
}
