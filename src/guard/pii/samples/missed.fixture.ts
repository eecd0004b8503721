import type { PiiFinder } from "../pii-finder.ts";
import type { Dice } from "./dice.fixture.ts";
import { BARE_SENTENCES, SENTENCES, type Sample } from "./sample.fixture.ts";

export const SAMPLES_A_KIND = process.env["WEIR_TEST_LONG"] === "1" ? 2000 : 200;

function labelOf(sample: Sample, language: number): string | undefined {
  return typeof sample.label === "string" ? sample.label : sample.label?.[language];
}

/** The samples that were not found with their type and exact place, as `kind: text`. Languages take turns. */
export function missedSamples(
  finder: PiiFinder,
  samples: readonly Sample[],
  dice: Dice,
  disguise: (value: string) => string = (value) => value,
): { readonly missed: readonly string[]; readonly tried: number } {
  const missed: string[] = [];
  let tried = 0;
  for (const sample of samples) {
    for (let i = 0; i < SAMPLES_A_KIND; i++) {
      const language = i % SENTENCES.length;
      const label = labelOf(sample, language);
      const value = disguise(sample.make(dice));
      const sentence = (label === undefined ? BARE_SENTENCES : SENTENCES)[language] ?? "";
      const text = sentence.replace("{label}", () => label ?? "").replace("{value}", () => value);
      const start = text.indexOf(value);
      const isFound = finder
        .find(text)
        .some((finding) => finding.type === sample.type && finding.start === start && finding.end === start + value.length);
      tried++;
      if (!isFound) missed.push(`${sample.name}: ${text}`);
    }
  }
  return { missed, tried };
}
