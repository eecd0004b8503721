import { FEATURES_VERSION } from "../../src/guard/linear/features.ts";
import type { Weights, WeightsHeader } from "../../src/guard/linear/weights.ts";
import { foldToxic } from "../../src/guard/toxicity/fold-toxic.ts";
import { createEvidenceReader, EVIDENCE, type Evidence } from "../../src/guard/toxicity/read-evidence.ts";
import { createExampleReader, type Example } from "../linear/example.ts";
import { quantise, trainLogistic } from "../linear/train-logistic.ts";
import type { Benign, HateCase } from "./corpus.ts";

const DIMS = 2 ** 18;
const CHAR_GRAMS = [4];
const WINDOW_WORDS = [16, 48];

/** What is known without data: a slur speaks for hate, praise against it. Least and most weight. */
const BOUNDS: Readonly<Record<Evidence, readonly [min: number, max: number]>> = {
  // Hate is about somebody: without a group or a slur a text needs much more to be taken for it.
  group: [2.5, 6],
  slur: [4, 8],
  "slur-own": [-6, -1],
  "slur-you": [0.5, 6],
  "group-hate": [1.5, 6],
  "group-contempt": [1.5, 6],
  "group-violence": [1.5, 6],
  "group-exclusion": [0.5, 6],
  "group-praise": [-6, -1.5],
  "group-denied": [0.5, 6],
  "you-contempt": [-3, 3],
  "you-violence": [-3, 3],
  "will-violence": [-3, 3],
  negated: [-6, -0.5],
  told: [-6, -0.5],
  hate: [-3, 3],
  contempt: [-3, 3],
  violence: [-3, 3],
  profanity: [-6, 0],
};

/** A source of ordinary texts counts as much as this many texts. */
const SOURCE_TEXTS = 500;

/** Fits a model to the cases and the ordinary texts. The same input gives the same weights. */
export function fitToxicity(
  cases: readonly HateCase[],
  benign: readonly Benign[],
  more: Partial<Pick<WeightsHeader, "calibration" | "provenance">> = {},
): Weights {
  const readEvidence = createEvidenceReader();
  const read = createExampleReader({ dims: DIMS, charGrams: CHAR_GRAMS }, (sheet) => {
    const { at, id, count } = readEvidence(sheet);
    return { at: at.slice(0, count), id: id.slice(0, count) };
  });
  const examples: Example[] = [
    ...cases.map(({ text, isHateful }) => read({ text: foldToxic(text), label: isHateful ? 1 : 0, weight: isHateful ? 1 : 3 })),
    ...benign.flatMap(({ source, texts }) =>
      texts.map((text) =>
        read({ text: foldToxic(text), label: 0, weight: source.startsWith("none") ? 3 : Math.min(2, SOURCE_TEXTS / texts.length) }),
      ),
    ),
  ];
  const fitted = trainLogistic(examples, {
    dims: DIMS,
    windowWords: WINDOW_WORDS,
    epochs: 12,
    rate: 0.2,
    l2: 0.0005,
    namedL2: 0.0005,
    textsMin: 3,
    seed: 11,
    named: EVIDENCE.map((name) => ({ min: BOUNDS[name][0], max: BOUNDS[name][1] })),
  });
  const { unit, table } = quantise(fitted.table);
  return {
    header: {
      model: "toxicity",
      featuresVersion: FEATURES_VERSION,
      dims: DIMS,
      charGrams: CHAR_GRAMS,
      windows: fitted.windows,
      unit,
      named: Object.fromEntries(EVIDENCE.map((name, at) => [name, Math.round((fitted.named[at] ?? 0) * 1000) / 1000])),
      calibration: { slope: 1, offset: 0 },
      provenance: {},
      ...more,
    },
    table,
  };
}
