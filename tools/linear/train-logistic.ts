import { sigmoid } from "../../src/guard/linear/model.ts";
import { findBestWindow, type Best, type RunningSums } from "../../src/guard/linear/windows.ts";
import { createDice, shuffle } from "./dice.ts";
import type { Example, NamedEvents } from "./example.ts";

export type TrainOptions = {
  readonly dims: number;
  /** Lengths of the windows in words. The trainer looks at a text as the model will: only its highest window counts. */
  readonly windowWords: readonly number[];
  readonly epochs: number;
  /** Epochs before those in which only what has a name is fitted: the table then learns what the names leave open. */
  readonly namedEpochs: number;
  /** Step of AdaGrad. */
  readonly rate: number;
  /** Strength of the pull towards zero, of the table and of what has a name. */
  readonly l2: number;
  readonly namedL2: number;
  /** Share of the words whose features are left out of each step, so that no single word carries a text. */
  readonly dropout: number;
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
export function namesBetween({ at, id }: NamedEvents, from: number, to: number): readonly number[] {
  const found = new Set<number>();
  for (let i = 0; i < at.length; i++) {
    const word = at[i] ?? 0;
    if (word >= to) break;
    if (word >= from) found.add(id[i] ?? 0);
  }
  return [...found];
}

/**
 * Logistic regression over the highest window of each text (a latent-variable fit: the window is chosen anew with the weights of the
 * moment), by AdaGrad with L2. Deterministic for a seed.
 */
export function trainLogistic(examples: readonly Example[], options: TrainOptions): Fitted {
  const { dims, windowWords, namedEpochs, dropout, rate, l2, namedL2, named: bounds } = options;
  const epochs = namedEpochs + options.epochs;
  const dice = createDice(options.seed);
  const isKept = countTexts(examples, dims, options.textsMin);
  const table = new Float32Array(dims);
  const tableSquares = new Float32Array(dims);
  const named = new Float64Array(bounds.length);
  const namedSquares = new Float64Array(bounds.length);
  const biases = windowWords.map(() => 0);
  const biasSquares = windowWords.map(() => 0);
  const longest = examples.reduce((most, example) => Math.max(most, example.featureEnds.length), 0);
  const weights = new Float64Array(longest + 1);
  const sizes = new Int32Array(longest + 1);
  const dropped = new Uint8Array(longest + 1);
  const kept = 1 / (1 - dropout);
  const sum = { table: new Float32Array(dims), named: new Float64Array(bounds.length), biases: windowWords.map(() => 0) };

  const sumUp = ({ features, featureEnds }: Example): RunningSums => {
    let at = 0;
    let sum = 0;
    for (let word = 0; word < featureEnds.length; word++) {
      const end = featureEnds[word] ?? 0;
      dropped[word] = dice() < dropout ? 1 : 0;
      if (dropped[word] === 1) at = end;
      for (; at < end; at++) sum += table[features[at] ?? 0] ?? 0;
      weights[word + 1] = sum * kept;
      sizes[word + 1] = end;
    }
    return { count: featureEnds.length, weights, features: sizes };
  };

  function step(example: Example, best: Best, error: number, isTableFitted: boolean): void {
    const first = best.from === 0 ? 0 : (example.featureEnds[best.from - 1] ?? 0);
    const last = best.to === 0 || !isTableFitted ? first : (example.featureEnds[best.to - 1] ?? 0);
    const gradient = last > first ? (error * kept) / Math.sqrt(last - first) : 0;
    let word = best.from;
    for (let i = first; i < last; i++) {
      while (i >= (example.featureEnds[word] ?? last)) word++;
      if (dropped[word] === 1) continue;
      const row = example.features[i] ?? 0;
      if (isKept[row] === 0) continue;
      const weight = table[row] ?? 0;
      const slope = gradient + l2 * weight;
      const squares = (tableSquares[row] ?? 0) + slope * slope;
      tableSquares[row] = squares;
      table[row] = weight - (rate * slope) / Math.sqrt(squares + ADAGRAD_FLOOR);
    }
    for (const id of namesBetween(example.named, best.from, best.to)) {
      const weight = named[id] ?? 0;
      const slope = error + namedL2 * weight;
      const squares = (namedSquares[id] ?? 0) + slope * slope;
      namedSquares[id] = squares;
      const { min, max } = bounds[id] ?? { min: 0, max: 0 };
      named[id] = Math.min(max, Math.max(min, weight - (rate * slope) / Math.sqrt(squares + ADAGRAD_FLOOR)));
    }
    const squares = (biasSquares[best.bias] ?? 0) + error * error;
    biasSquares[best.bias] = squares;
    biases[best.bias] = (biases[best.bias] ?? 0) - (rate * error) / Math.sqrt(squares + ADAGRAD_FLOOR);
  }

  const averagedFrom = namedEpochs + Math.floor(options.epochs / 2);
  const averaged = epochs - averagedFrom;
  const order = Array.from(examples.keys());
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const number of shuffle(order, dice)) {
      const example = examples[number];
      if (example === undefined) continue;
      const extra = (from: number, to: number): number =>
        namesBetween(example.named, from, to).reduce((sum, id) => sum + (named[id] ?? 0), 0);
      const windows = windowWords.map((words, scale) => ({ words, bias: biases[scale] ?? 0 }));
      const best = findBestWindow(sumUp(example), windows, extra);
      step(example, best, (sigmoid(best.logit) - example.label) * example.weight, epoch >= namedEpochs);
    }
    // The mean over the later epochs is steadier than wherever the last step went.
    if (epoch < averagedFrom) continue;
    for (let row = 0; row < dims; row++) sum.table[row] = (sum.table[row] ?? 0) + (table[row] ?? 0);
    for (let id = 0; id < named.length; id++) sum.named[id] = (sum.named[id] ?? 0) + (named[id] ?? 0);
    for (let scale = 0; scale < biases.length; scale++) sum.biases[scale] = (sum.biases[scale] ?? 0) + (biases[scale] ?? 0);
  }
  const share = 1 / averaged;
  return {
    table: sum.table.map((weight) => weight * share),
    named: sum.named.map((weight) => weight * share),
    windows: windowWords.map((words, scale) => ({ words, bias: (sum.biases[scale] ?? 0) * share })),
  };
}

/** One byte a row: the largest weight is 127 units. */
export function quantise(table: Float32Array): { readonly unit: number; readonly table: Int8Array } {
  const largest = table.reduce((most, weight) => Math.max(most, Math.abs(weight)), 0);
  const unit = largest === 0 ? 1 : largest / 127;
  return { unit, table: Int8Array.from(table, (weight) => Math.round(weight / unit)) };
}
