import { FEATURES_VERSION } from "../../src/guard/linear/features.ts";
import type { Weights } from "../../src/guard/linear/weights.ts";
import { normalise } from "../../src/guard/attack/normalise.ts";
import { createSignalReader } from "../../src/guard/attack/read-signals.ts";
import { SIGNALS, SIGNAL_NAMES, type Leaning } from "../../src/guard/attack/signals.ts";
import { createExampleReader, type Example } from "../linear/example.ts";
import { quantise, trainLogistic } from "../linear/train-logistic.ts";
import type { Labelled } from "./corpus.ts";

export const SETTINGS = {
  dims: 2 ** 18,
  charGrams: [4],
  windowWords: [32, 128, 512],
  epochs: 8,
  namedEpochs: 4,
  dropout: 0.2,
  rate: 0.1,
  l2: 2e-4,
  namedL2: 1e-3,
  textsMin: 4,
  seed: 20,
};
export type Settings = typeof SETTINGS;

const WEIGHT_MAX = 5;
const leaningOf = (name: (typeof SIGNAL_NAMES)[number]): Leaning => {
  if (name === "quoted-order") return "ordinary";
  return name === "shouted-order" ? "attack" : SIGNALS[name].leaning;
};
const bounds: Readonly<Record<Leaning, { readonly min: number; readonly max: number }>> = {
  attack: { min: 0, max: WEIGHT_MAX },
  ordinary: { min: -WEIGHT_MAX, max: 0 },
  either: { min: -1, max: WEIGHT_MAX },
};

export function createReader(): (labelled: Labelled) => Example {
  const readSignals = createSignalReader();
  const read = createExampleReader({ dims: SETTINGS.dims, charGrams: SETTINGS.charGrams }, ({ tokens }) => {
    const { at, id, count } = readSignals(tokens);
    return { at: at.slice(0, count), id: id.slice(0, count) };
  });
  return (labelled) => read({ ...labelled, text: normalise(labelled.text).views[0]?.text ?? "" });
}

export const NOT_CALIBRATED = { slope: 1, offset: 0 };

/** Fits examples; the file's header but for what only the caller knows. */
export function fit(examples: readonly Example[], settings: Settings = SETTINGS, calibration = NOT_CALIBRATED, provenance: Readonly<Record<string, unknown>> = {}): Weights {
  const fitted = trainLogistic(examples, { ...settings, named: SIGNAL_NAMES.map((name) => bounds[leaningOf(name)]) });
  const packed = quantise(fitted.table);
  const named = Object.fromEntries(SIGNAL_NAMES.map((name, at) => [name, Number((fitted.named[at] ?? 0).toFixed(3))]));
  const windows = fitted.windows.map(({ words, bias }) => ({ words, bias: Number(bias.toFixed(4)) }));
  const { dims, charGrams } = SETTINGS;
  return { header: { model: "injection", featuresVersion: FEATURES_VERSION, dims, charGrams, windows, unit: packed.unit, named, calibration, provenance }, table: packed.table };
}
