import { sigmoid } from "../../src/guard/linear/model.ts";
import { findBestWindow, type Best, type RunningSums } from "../../src/guard/linear/windows.ts";
import { createSeededRandom } from "../../src/kernel/seeded-random.ts";
import { shuffle } from "./shuffle.ts";
import type { Example, NamedEvents } from "./example.ts";

export type TrainOptions = {
  readonly dims: number;
  /** Lengths of the windows in words. The trainer looks at a text as the model will: only its highest window counts. */
  readonly windowWords: readonly number[];
  /** A window of fewer features counts as if it had so many. Default 0. */
  readonly featuresMin?: number;
  readonly epochs: number;
  /** Epochs before those in which only what has a name is fitted: the table then learns what the names leave open. Default 0. */
  readonly namedEpochs?: number;
  /** Whether the result is the mean over the later half of the epochs, which is steadier than wherever the last step went. Default: no. */
  readonly isAveraged?: boolean;
  /** Step of AdaGrad. */
  readonly rate: number;
  /** Strength of the pull towards zero, of the table and of what has a name. */
  readonly l2: number;
  readonly namedL2: number;
  /** Share of the words whose features are left out of each step, so that no single word carries a text. Default 0. */
  readonly dropout?: number;
  /** Rows seen in fewer texts stay zero: they are a text's own, not its kind's. */
  readonly textsMin: number;
  readonly seed: number;
  /** How many names there are, and the least and the most that each may weigh: a sign of an attack must never speak against one. */
  readonly named: readonly { readonly min: number; readonly max: number }[];
};

export type Fitted = {
  readonly table: Float32Array;
  readonly named: Float64Array;
  readonly windows: readonly { readonly words: number; readonly bias: number }[];
};

const ADAGRAD_FLOOR = 1e-8;

/** Rows that at least `textsMin` texts have. */
function countTexts(examples: readonly Example[], dims: number, textsMin: number): Uint8Array {
  const texts = new Uint16Array(dims);
  const last = new Int32Array(dims).fill(-1);
  for (const [number, { features }] of examples.entries()) {
    for (const row of features) {
      if (last[row] === number) continue;
      last[row] = number;
      texts[row] = Math.min(65_535, (texts[row] ?? 0) + 1);
    }
  }
  return Uint8Array.from(texts, (count) => (count >= textsMin ? 1 : 0));
}

/** Which names occur in words `from` to `to`: each counts once. */
function namesBetween({ at, id }: NamedEvents, from: number, to: number): readonly number[] {
  const found = new Set<number>();
  for (let i = 0; i < at.length; i++) {
    const word = at[i] ?? 0;
    if (word >= to) break;
    if (word >= from) found.add(id[i] ?? 0);
  }
  return [...found];
}

type Vector = Float32Array | Float64Array;

/** A vector under AdaGrad: every place has its own step, which shrinks with what it has moved; the mean is over what `note` saw. */
function createWeights<Values extends Vector>(values: Values, squares: Values, sum: Values, rate: number) {
  let noted = 0;
  return {
    values,
    move: (at: number, slope: number): number => {
      const square = (squares[at] ?? 0) + slope * slope;
      squares[at] = square;
      return (values[at] ?? 0) - (rate * slope) / Math.sqrt(square + ADAGRAD_FLOOR);
    },
    note: (): void => {
      noted++;
      for (let at = 0; at < values.length; at++) sum[at] = (sum[at] ?? 0) + (values[at] ?? 0);
    },
    mean: (): Values => {
      for (let at = 0; at < values.length; at++) sum[at] = (sum[at] ?? 0) / noted;
      return sum;
    },
  };
}

/** The weights of a text's words with some left out, as the model would sum them up. */
function createSummary(examples: readonly Example[], table: Float32Array, dropout: number, dice: () => number) {
  const longest = examples.reduce((most, example) => Math.max(most, example.featureEnds.length), 0);
  const weights = new Float64Array(longest + 1);
  const sizes = new Int32Array(longest + 1);
  const dropped = new Uint8Array(longest + 1);
  /** What stays counts more, so that the sum is the same on average. */
  const scale = 1 / (1 - dropout);
  return {
    dropped,
    scale,
    of: ({ features, featureEnds }: Example): RunningSums => {
      let at = 0;
      let sum = 0;
      for (let word = 0; word < featureEnds.length; word++) {
        const end = featureEnds[word] ?? 0;
        dropped[word] = dropout > 0 && dice() < dropout ? 1 : 0;
        if (dropped[word] === 1) at = end;
        for (; at < end; at++) sum += table[features[at] ?? 0] ?? 0;
        weights[word + 1] = sum * scale;
        sizes[word + 1] = end;
      }
      return { count: featureEnds.length, weights, features: sizes };
    },
  };
}

/**
 * Logistic regression over the highest window of each text (a latent-variable fit: the window is chosen anew with the weights of the
 * moment), by AdaGrad with L2. Deterministic for a seed.
 */
export function trainLogistic(examples: readonly Example[], options: TrainOptions): Fitted {
  const {
    dims,
    windowWords,
    namedEpochs = 0,
    epochs,
    rate,
    l2,
    namedL2,
    dropout = 0,
    isAveraged = false,
    featuresMin = 0,
    named: bounds,
  } = options;
  const dice = createSeededRandom(options.seed);
  const isKept = countTexts(examples, dims, options.textsMin);
  const table = createWeights(new Float32Array(dims), new Float32Array(dims), new Float32Array(dims), rate);
  const named = createWeights(new Float64Array(bounds.length), new Float64Array(bounds.length), new Float64Array(bounds.length), rate);
  const biases = createWeights(
    new Float64Array(windowWords.length),
    new Float64Array(windowWords.length),
    new Float64Array(windowWords.length),
    rate,
  );
  const summary = createSummary(examples, table.values, dropout, dice);

  function stepTable({ features, featureEnds }: Example, { from, to }: Best, error: number): void {
    const first = from === 0 ? 0 : (featureEnds[from - 1] ?? 0);
    const last = to === 0 ? first : (featureEnds[to - 1] ?? 0);
    const gradient = last > first ? (error * summary.scale) / Math.sqrt(Math.max(last - first, featuresMin)) : 0;
    for (let word = from, at = first; word < to; word++) {
      const end = featureEnds[word] ?? last;
      if (summary.dropped[word] === 1) at = end;
      for (; at < end; at++) {
        const row = features[at] ?? 0;
        if (isKept[row] === 1) table.values[row] = table.move(row, gradient + l2 * (table.values[row] ?? 0));
      }
    }
  }

  function stepNamed(id: number, error: number): void {
    const { min, max } = bounds[id] ?? { min: 0, max: 0 };
    named.values[id] = Math.min(max, Math.max(min, named.move(id, error + namedL2 * (named.values[id] ?? 0))));
  }

  const averagedFrom = isAveraged ? namedEpochs + Math.floor(epochs / 2) : namedEpochs + epochs - 1;
  const order = Array.from(examples.keys());
  for (let epoch = 0; epoch < namedEpochs + epochs; epoch++) {
    for (const number of shuffle(order, dice)) {
      const example = examples[number];
      if (example === undefined) continue;
      const extra = (from: number, to: number): number =>
        namesBetween(example.named, from, to).reduce((sum, id) => sum + (named.values[id] ?? 0), 0);
      const windows = windowWords.map((words, scale) => ({ words, bias: biases.values[scale] ?? 0 }));
      const best = findBestWindow(summary.of(example), windows, extra, featuresMin);
      const error = (sigmoid(best.logit) - example.label) * example.weight;
      if (epoch >= namedEpochs) stepTable(example, best, error);
      for (const id of namesBetween(example.named, best.from, best.to)) stepNamed(id, error);
      biases.values[best.scale] = biases.move(best.scale, error);
    }
    if (epoch >= averagedFrom) for (const weights of [table, named, biases]) weights.note();
  }
  const bias = biases.mean();
  return { table: table.mean(), named: named.mean(), windows: windowWords.map((words, scale) => ({ words, bias: bias[scale] ?? 0 })) };
}

/** One byte a row: the largest weight is 127 units. */
export function quantise(table: Float32Array): { readonly unit: number; readonly table: Int8Array } {
  const largest = table.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
  const unit = largest === 0 ? 1 : largest / 127;
  return { unit, table: Int8Array.from(table, (weight) => Math.round(weight / unit)) };
}
