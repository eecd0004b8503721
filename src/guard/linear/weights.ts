import { FEATURES_VERSION } from "./features.ts";

/** What a file of weights says about itself, in its first line as JSON. */
export type WeightsHeader = {
  /** What the model is for: `injection`, `toxicity`. */
  readonly model: string;
  /** Must be the code's own: see features.ts. */
  readonly featuresVersion: number;
  readonly dims: number;
  readonly charGrams: readonly number[];
  /** Windows over which the score is the highest, in words, with the constant of each. */
  readonly windows: readonly Window[];
  /** A window of fewer features counts as if it had so many; absent: none does. */
  readonly featuresMin?: number;
  /** A row's weight is its byte times this. */
  readonly unit: number;
  /** Weights of what a model reads beside the table, by its permanent name. */
  readonly named: Readonly<Record<string, number>>;
  /** Turns the logit into a probability: `slope * logit + offset`. */
  readonly calibration: Calibration;
  /** Where the data came from, with commit and licence, and how it was fitted. Never a date: the same data gives the same file. */
  readonly provenance: Readonly<Record<string, unknown>>;
};

export type Window = { readonly words: number; readonly bias: number };
export type Calibration = { readonly slope: number; readonly offset: number };

export type Weights = { readonly header: WeightsHeader; readonly table: Int8Array };

/** A table of 2^20 rows: more does not fit a processor's cache. */
const DIMS_MAX = 2 ** 20;
const NEWLINE = 10;

/** One line of JSON, then one byte a row. */
export function serialiseWeights({ header, table }: Weights): Uint8Array {
  const line = new TextEncoder().encode(`${JSON.stringify(header)}\n`);
  const bytes = new Uint8Array(line.length + table.length);
  bytes.set(line);
  bytes.set(new Uint8Array(table.buffer, table.byteOffset, table.length), line.length);
  return bytes;
}

/** Throws where the bytes are no weights, or weights that this code cannot read: a guard with wrong weights is worse than none. */
export function parseWeights(bytes: Uint8Array, model: string): Weights {
  const end = bytes.indexOf(NEWLINE);
  if (end < 0) throw new Error(`weights for ${model}: no header`);
  const header: WeightsHeader = JSON.parse(new TextDecoder().decode(bytes.subarray(0, end)));
  if (header.model !== model) throw new Error(`weights for ${model}: the file holds ${header.model}`);
  if (header.featuresVersion !== FEATURES_VERSION) {
    throw new Error(`weights for ${model}: fitted to features ${header.featuresVersion}, the code has ${FEATURES_VERSION}; train again`);
  }
  if (header.dims > DIMS_MAX || bytes.length !== end + 1 + header.dims)
    throw new Error(`weights for ${model}: ${bytes.length} bytes, ${header.dims} rows`);
  // Copied value by value: a Buffer's `slice` is a view, and its `buffer` starts elsewhere.
  const table = new Int8Array(header.dims);
  table.set(bytes.subarray(end + 1));
  return { header, table };
}
