import { createInjectionClassifier } from "../../src/guard/attack/classifier.ts";
import type { Example } from "../linear/example.ts";
import { isOwn, label, type Labelled } from "./corpus.ts";
import { createReader, fit, SETTINGS } from "./fit.ts";
import type { Calibration } from "../../src/guard/linear/weights.ts";
import type { Source } from "./sources.ts";

export type Tested = {
  readonly source: Source;
  /** Of each text, by weights that were fitted without its source; as probabilities before calibration. */
  readonly scores: readonly number[];
};

/** Reads a text once, however many folds it is in. */
function createCache(): (labelled: Labelled) => Example {
  const read = createReader();
  const cache = new Map<string, Example>();
  return (labelled) => {
    const key = `${labelled.label} ${labelled.weight} ${labelled.text}`;
    const known = cache.get(key);
    if (known !== undefined) return known;
    const example = read(labelled);
    cache.set(key, example);
    return example;
  };
}

/**
 * Fits once without each origin (everything that was published together) and scores what was left out. Our own templates are always among
 * what is fitted, and never tested.
 */
export function crossValidate(
  corpus: readonly Source[],
  onFold: (folder: string) => void = () => {},
  /** Given: the scores are those that a caller would see. */
  calibration?: Calibration,
): readonly Tested[] {
  const read = createCache();
  const folders = [...new Set(corpus.filter((source) => !isOwn(source)).map(({ folder }) => folder))];
  return folders.flatMap((folder) => {
    onFold(folder);
    const weights = fit(
      label(
        corpus.filter((source) => source.folder !== folder),
        SETTINGS.seed,
      ).map(read),
      calibration === undefined ? undefined : { calibration, provenance: {} },
    );
    // A calibration is fitted to scores that nothing has cut.
    const classifier = createInjectionClassifier(weights, calibration === undefined ? { wordingAloneMax: 1 } : {});
    return corpus
      .filter((source) => source.folder === folder)
      .map((source): Tested => ({ source, scores: source.texts.map((text) => classifier.score(text).score) }));
  });
}

const PLATT_ROUNDS = 400;
const PLATT_RATE = 0.5;
/** A probability of exactly 0 or 1 has no logit. */
const EDGE = 1e-9;

const toLogit = (score: number): number => {
  const inside = Math.min(1 - EDGE, Math.max(EDGE, score));
  return Math.log(inside / (1 - inside));
};
const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));

/**
 * Platt's calibration on scores that were made without the source: a slope and an offset that make of a logit a probability, where every
 * source counts the same within its class and `attackShare` of what is asked is an attack.
 */
export function calibrate(tested: readonly Tested[], attackShare: number): { readonly slope: number; readonly offset: number } {
  const attacks = tested.filter(({ source }) => source.nature === "attack");
  const others = tested.filter(({ source }) => source.nature !== "attack");
  const points = [
    ...attacks.flatMap(({ scores }) =>
      scores.map((score) => ({ logit: toLogit(score), label: 1, weight: attackShare / attacks.length / scores.length })),
    ),
    ...others.flatMap(({ scores }) =>
      scores.map((score) => ({ logit: toLogit(score), label: 0, weight: (1 - attackShare) / others.length / scores.length })),
    ),
  ];
  let slope = 1;
  let offset = 0;
  for (let round = 0; round < PLATT_ROUNDS; round++) {
    let bySlope = 0;
    let byOffset = 0;
    for (const { logit, label: wanted, weight } of points) {
      const error = (sigmoid(slope * logit + offset) - wanted) * weight;
      bySlope += error * logit;
      byOffset += error;
    }
    slope -= PLATT_RATE * bySlope;
    offset -= PLATT_RATE * byOffset;
  }
  return { slope: Number(slope.toFixed(4)), offset: Number(offset.toFixed(4)) };
}
