import { GENERIC_WORDS, SAME_WORDS } from "../../domain/same-words.ts";

/** Words of measure: they say what kind of answer is wanted rather than what it is about. */
const MEASURES = "day week month year hour minute euro percent date money phone telephone number e-mail email address contact";

export type SameWords = {
  /** Other stems that stand for this one. */
  readonly others: ReadonlyMap<string, readonly string[]>;
  readonly generic: ReadonlySet<string>;
  readonly measures: ReadonlySet<string>;
};

export function readSameWords(terms: (text: string) => string[]): SameWords {
  const others = new Map<string, string[]>();
  for (const line of SAME_WORDS.trim().split("\n")) {
    const group = [...new Set(terms(line))];
    for (const stem of group) others.set(stem, [...(others.get(stem) ?? []), ...group.filter((other) => other !== stem)]);
  }
  return { others, generic: new Set(terms(GENERIC_WORDS)), measures: new Set(terms(MEASURES)) };
}
