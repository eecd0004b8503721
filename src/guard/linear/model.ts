import { createFeatureReader, type Sheet } from "./features.ts";
import { PIECE_UNITS } from "./tokens.ts";
import type { Weights } from "./weights.ts";
import { findBestWindow, nothingMore, type Best, type RunningSums } from "./windows.ts";

/** Evidence beside the table for words `from` to `to` of a sheet; a model without any leaves it out. */
export type ReadExtra = (sheet: Sheet) => (from: number, to: number) => number;

export type Scored = {
  /** From 0 to 1, calibrated as the file says. */
  readonly score: number;
};

export type LinearModel = {
  /** The highest score over all windows of a text. Linear in its length; memory does not grow with it. */
  readonly score: (text: string, extra?: ReadExtra, onBest?: (sheet: Sheet, best: Best) => void) => Scored;
};

export const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));

/** Words read again at the start of the next piece, so that nothing of their length is cut in two. */
const OVERLAP_WORDS = 64;

/** Where the next piece starts in the text. A piece of few and very long words is not read again. */
function findRestart({ tokens }: Sheet, from: number): number {
  const { count, starts, next } = tokens;
  const back = from + (starts[count - OVERLAP_WORDS] ?? 0);
  return count > 2 * OVERLAP_WORDS && back > from + PIECE_UNITS / 2 ? back : next;
}

/** A logistic regression over hashed features. `onBest` sees the sheet of the best window while it is still there. */
export function createLinearModel({ header, table }: Weights): LinearModel {
  const { dims, charGrams, windows, featuresMin = 0, unit, calibration } = header;
  const read = createFeatureReader({ dims, charGrams });
  const weights = new Float64Array(PIECE_UNITS + 1);
  const features = new Int32Array(PIECE_UNITS + 1);

  function sumUp(sheet: Sheet): RunningSums {
    const { features: rows, featureEnds } = sheet;
    const { count } = sheet.tokens;
    let at = 0;
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const end = featureEnds[i] ?? 0;
      let word = 0;
      for (; at < end; at++) word += table[rows[at] ?? 0] ?? 0;
      sum += word;
      weights[i + 1] = sum * unit;
      features[i + 1] = end;
    }
    return { count, weights, features };
  }

  return {
    score: (text, extra, onBest) => {
      let highest = -Infinity;
      for (let from = 0; from < text.length || from === 0;) {
        const sheet = read(text, from);
        const best = findBestWindow(sumUp(sheet), windows, extra === undefined ? nothingMore : extra(sheet), featuresMin);
        if (best.logit > highest) {
          highest = best.logit;
          onBest?.(sheet, best);
        }
        if (sheet.tokens.next >= text.length) break;
        from = findRestart(sheet, from);
      }
      return { score: sigmoid(calibration.slope * highest + calibration.offset) };
    },
  };
}
