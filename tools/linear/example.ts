import { createFeatureReader, type FeatureOptions, type Sheet } from "../../src/guard/linear/features.ts";

/** What a text named beside its hashed features: `id[k]` was seen at word `at[k]`; in the order of the words. */
export type NamedEvents = { readonly at: Int32Array; readonly id: Uint8Array };

/** A text as the trainer reads it. */
export type Example = {
  readonly label: 0 | 1;
  /** How much one text counts: the texts of a source that has very many count less each. */
  readonly weight: number;
  readonly features: Int32Array;
  /** Entry `i` is where the features of word `i` end. */
  readonly featureEnds: Int32Array;
  readonly named: NamedEvents;
};

export type Labelled = { readonly text: string; readonly label: 0 | 1; readonly weight: number };

const NO_EVENTS: NamedEvents = { at: new Int32Array(0), id: new Uint8Array(0) };

/** Reads texts into examples; of a long text its first piece. `readNamed` reads the evidence beside the table. */
export function createExampleReader(
  options: FeatureOptions,
  readNamed: (sheet: Sheet) => NamedEvents = () => NO_EVENTS,
): (labelled: Labelled) => Example {
  const read = createFeatureReader(options);
  return ({ text, label, weight }) => {
    const sheet = read(text, 0);
    const { count } = sheet.tokens;
    const featureEnds = sheet.featureEnds.slice(0, count);
    const features = sheet.features.slice(0, featureEnds.at(-1) ?? 0);
    return { label, weight, features, featureEnds, named: readNamed(sheet) };
  };
}
