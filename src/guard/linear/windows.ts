import type { Window } from "./weights.ts";

/** Sums over the words of a sheet, so that any window costs two subtractions: entry `i` is the sum of all before word `i`. */
export type RunningSums = {
  readonly count: number;
  readonly weights: Float64Array;
  readonly features: Int32Array;
};

export type Best = { logit: number; from: number; to: number; scale: number };

/**
 * The window with the highest logit: its weights over the root of its number of features, its constant, and what `extra` says of words
 * `from` to `to` (exclusive). A window of fewer features than `featuresMin` counts as if it had so many: two words prove little. Windows of each length overlap by half, so that what is at most half as long stands whole in one of them.
 */
export function findBestWindow(
  sums: RunningSums,
  windows: readonly Window[],
  extra: (from: number, to: number) => number,
  featuresMin: number,
): Best {
  const { count, weights, features } = sums;
  const best: Best = { logit: -Infinity, from: 0, to: 0, scale: 0 };
  for (let scale = 0; scale < windows.length; scale++) {
    const { words, bias } = windows[scale] ?? { words: count, bias: 0 };
    const step = Math.max(1, words >> 1);
    for (let from = 0; ; from += step) {
      const to = Math.min(count, from + words);
      const size = (features[to] ?? 0) - (features[from] ?? 0);
      const sum = (weights[to] ?? 0) - (weights[from] ?? 0);
      const logit = bias + (size === 0 ? 0 : sum / Math.sqrt(Math.max(size, featuresMin))) + extra(from, to);
      if (logit > best.logit) {
        best.logit = logit;
        best.from = from;
        best.to = to;
        best.scale = scale;
      }
      if (to === count) break;
    }
    // A longer window over a text that this one already covers would be the same words again.
    if (words >= count) break;
  }
  return best;
}

/** No extra evidence. */
export const nothingMore = (): number => 0;
