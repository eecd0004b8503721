import { createLinearModel, sigmoid } from "../linear/model.ts";
import type { Sheet } from "../linear/features.ts";
import type { Weights } from "../linear/weights.ts";
import type { ScoreInjection } from "../injection.ts";
import { normalise, type Reading } from "./normalise.ts";
import { createSignalReader, type Events } from "./read-signals.ts";
import { SIGNAL_NAMES } from "./signals.ts";

export type InjectionClassifier = {
  /**
   * How sure it is that the text attacks the model that reads it. `saw`: permanent words, the heaviest first: signals, `wording`,
   * `reading:base64`, `trick:look-alikes`. Never the text.
   */
  readonly score: ScoreInjection;
};

export type InjectionOptions = { /** Default: below every threshold. */ readonly wordingAloneMax?: number };

/** Evidence named at most. */
const SAW_MAX = 5;
/** Below it nothing is explained: an ordinary text should cost no lists. */
const EXPLAIN_ABOVE = 0.3;
/**
 * The most that wording alone can make of a text, below every threshold: nobody is refused, and nothing withheld, for words that happen to
 * stand in attacks more often than elsewhere. Beyond it something must have a name.
 */
const WORDING_ALONE_MAX = 0.69;
/** Signals of this weight together. */
const NAMED_MIN = 1.0;
/** What weighs less says nothing to a person. */
const SAW_WEIGHT_MIN = 0.3;

/** A linear model over hashed words and named signals, the highest of all windows and of all ways to read the text. */
export function createInjectionClassifier(weights: Weights, options: InjectionOptions = {}): InjectionClassifier {
  const { wordingAloneMax = WORDING_ALONE_MAX } = options;
  const { header } = weights;
  const model = createLinearModel(weights);
  const readSignals = createSignalReader();
  const signalWeights = Float64Array.from(SIGNAL_NAMES, (name) => header.named[name] ?? 0);
  const seen = new Int32Array(SIGNAL_NAMES.length);
  let round = 0;
  let events: Events = { at: new Int32Array(0), id: new Uint8Array(0), count: 0 };

  /** Each signal counts once in a window. */
  function weigh(from: number, to: number): number {
    if (events.count === 0) return 0;
    round++;
    let sum = 0;
    for (let i = findFirst(events, from); i < events.count && (events.at[i] ?? 0) < to; i++) {
      const id = events.id[i] ?? 0;
      if (seen[id] === round) continue;
      seen[id] = round;
      sum += signalWeights[id] ?? 0;
    }
    return sum;
  }

  const readExtra = (sheet: Sheet): ((from: number, to: number) => number) => {
    events = readSignals(sheet.tokens);
    return weigh;
  };

  function explain(from: number, to: number, logit: number): readonly string[] {
    const named = new Set<number>();
    for (let i = findFirst(events, from); i < events.count && (events.at[i] ?? 0) < to; i++) named.add(events.id[i] ?? 0);
    const found = [...named].map((id) => ({ name: SIGNAL_NAMES[id] ?? "", weight: signalWeights[id] ?? 0 }));
    const wording = logit - found.reduce((sum, { weight }) => sum + weight, 0);
    const saw = [...found, { name: "wording", weight: wording }]
      .filter(({ weight }) => weight >= SAW_WEIGHT_MIN)
      .toSorted((one, other) => other.weight - one.weight)
      .slice(0, SAW_MAX)
      .map(({ name }) => name);
    // Nothing stands out when many words say a little each.
    return saw.length === 0 ? ["wording"] : saw;
  }

  return {
    score: (text) => {
      const { views, tricks } = normalise(text);
      let highest = -1;
      let saw: readonly string[] = [];
      let how: Reading = "plain";
      for (const view of views) {
        let best: readonly string[] = [];
        let named = 0;
        const found = model.score(view.text, readExtra, (_, { from, to, logit }) => {
          named = weigh(from, to);
          // Who reads why is asked only about what is near a threshold.
          if (sigmoid(header.calibration.slope * logit + header.calibration.offset) > Math.max(highest, EXPLAIN_ABOVE))
            best = explain(from, to, logit);
        });
        const score = named >= NAMED_MIN ? found.score : Math.min(found.score, wordingAloneMax);
        if (score <= highest) continue;
        highest = score;
        saw = best;
        how = view.how;
      }
      const context = [...(how === "plain" ? [] : [`reading:${how}`]), ...tricks.map((trick) => `trick:${trick}`)];
      return { score: highest, saw: [...saw, ...context] };
    },
  };
}

/** The first event at or after a word. */
function findFirst({ at, count }: Events, word: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((at[middle] ?? 0) < word) low = middle + 1;
    else high = middle;
  }
  return low;
}
