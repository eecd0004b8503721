import { FINDING_TYPES } from "../domain/finding.ts";
import {
  createInjectionClassifier,
  createNameTagger,
  createPiiFinder,
  loadInjectionWeights,
  type Find,
  type ScoreInjection,
} from "../guard/index.ts";
import { sha256Hex } from "../kernel/hash.ts";

/** What looks at texts, on the path and at ingestion: the same ones, so that what ingestion found holds for a call. */
export type DetectorParts = {
  readonly find: Find;
  readonly scoreInjection: ScoreInjection;
  /** Of them together: chunks that were indexed under another one are looked at again at each call. */
  readonly rev: number;
};

/** Raise it when rules or weights change what is found in the same text. */
const DETECTORS_REV = 2;

let made: DetectorParts | undefined;

/** Made once a process: they read some megabytes of lists and weights, and hold no state of any server. */
export const composeDetectors = (): DetectorParts => (made ??= makeDetectors());

function makeDetectors(): DetectorParts {
  const injection = loadInjectionWeights();
  return {
    // A header changes with everything that weights were fitted to.
    rev: revisionOf([String(DETECTORS_REV), ...FINDING_TYPES, JSON.stringify(injection.header)]),
    find: createPiiFinder({ extraRules: [createNameTagger()] }).find,
    scoreInjection: createInjectionClassifier(injection).score,
  };
}

/** 28 bits of a digest of everything that decides what is found. */
export const revisionOf = (words: readonly string[]): number => Number.parseInt(sha256Hex(words.join("\n")).slice(0, 7), 16);
