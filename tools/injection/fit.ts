import { FEATURES_VERSION } from "../../src/guard/linear/features.ts";
import type { Calibration, Weights } from "../../src/guard/linear/weights.ts";
import { normalise } from "../../src/guard/attack/normalise.ts";
import { createSignalReader } from "../../src/guard/attack/read-signals.ts";
import type { Leaning } from "../../src/guard/attack/signal.ts";
import { SIGNALS, SIGNAL_NAMES } from "../../src/guard/attack/signals.ts";
import { createExampleReader, type Example } from "../linear/example.ts";
import { quantise, trainLogistic } from "../linear/train-logistic.ts";
import type { Labelled } from "./corpus.ts";

export const SETTINGS = {
  dims: 2 ** 17,
  charGrams: [4],
  windowWords: [32, 128, 512],
  featuresMin: 48,
  epochs: 8,
  namedEpochs: 4,
  dropout: 0.2,
  isAveraged: true,
  rate: 0.1,
  l2: 2e-4,
  namedL2: 1e-3,
  textsMin: 6,
  seed: 20,
} as const;

const WEIGHT_MAX = 5;
const leaningOf = (name: (typeof SIGNAL_NAMES)[number]): Leaning => {
  if (name === "quoted-order") return "ordinary";
  return name === "shouted-order" ? "attack" : SIGNALS[name].leaning;
};
const bounds: Readonly<Record<Leaning, { readonly min: number; readonly max: number }>> = {
  attack: { min: 0, max: WEIGHT_MAX },
  ordinary: { min: -WEIGHT_MAX, max: 0 },
  // What harmless texts have as well: several together may tell, one alone must not.
  either: { min: -1, max: 1 },
};

export function createReader(): (labelled: Labelled) => Example {
  const readSignals = createSignalReader();
  const read = createExampleReader({ dims: SETTINGS.dims, charGrams: SETTINGS.charGrams }, ({ tokens }) => {
    const { at, id, count } = readSignals(tokens);
    return { at: at.slice(0, count), id: id.slice(0, count) };
  });
  return (labelled) => read({ ...labelled, text: normalise(labelled.text).views[0]?.text ?? "" });
}

/** Of what the calibrated score supposes to be attacks. Fewer would make every score lower; one half favours neither kind of mistake. */
export const ATTACK_SHARE = 0.5;
const NOT_CALIBRATED: Calibration = { slope: 1, offset: 0 };

/** What the caller knows of the file that is to be written; a fold of a cross-validation has neither. */
export type About = { readonly calibration: Calibration; readonly provenance: Readonly<Record<string, unknown>> };

export function fit(examples: readonly Example[], about: About = { calibration: NOT_CALIBRATED, provenance: {} }): Weights {
  const fitted = trainLogistic(examples, { ...SETTINGS, named: SIGNAL_NAMES.map((name) => bounds[leaningOf(name)]) });
  const packed = quantise(fitted.table);
  const named = Object.fromEntries(SIGNAL_NAMES.map((name, at) => [name, Number((fitted.named[at] ?? 0).toFixed(3))]));
  const windows = fitted.windows.map(({ words, bias }) => ({ words, bias: Number(bias.toFixed(4)) }));
  const { dims, charGrams, featuresMin } = SETTINGS;
  return {
    header: {
      model: "injection",
      featuresVersion: FEATURES_VERSION,
      dims,
      charGrams,
      windows,
      featuresMin,
      unit: packed.unit,
      named,
      ...about,
    },
    table: packed.table,
  };
}
