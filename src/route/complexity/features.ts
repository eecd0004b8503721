import type { Reading } from "./read.ts";
import { WORD_KINDS, type WordKind } from "./words.ts";

/** Something of a text that makes it harder or easier. */
export type Feature = {
  /** Permanent: weights are fitted to it. */
  readonly name: string;
  /** For people: what it is a sign of. */
  readonly says: string;
  /** Which way it may count, whatever data says: a sign of hard work never makes a request easy. */
  readonly sign: "harder" | "easier";
  /** Its largest value: with the largest weight, what it can do to a request at most. */
  readonly most: number;
  /** 0 where the text has none of it; grows with the logarithm of how often, so that no single word decides. */
  readonly of: (reading: Reading) => number;
};

/** Every doubling counts the same: one is 1, four are 2, thirteen are 3. */
const grow = (count: number): number => Math.log2(1 + 2 * count) / Math.log2(3);

const KINDS: Readonly<Record<WordKind, { readonly says: string; readonly sign: Feature["sign"] }>> = {
  reasoning: { says: "asks for reasons, proofs or conclusions", sign: "harder" },
  judgement: { says: "weighs or analyses", sign: "harder" },
  mathematics: { says: "words of mathematics", sign: "harder" },
  programming: { says: "words of programming", sign: "harder" },
  constraint: { says: "conditions that the answer must keep to", sign: "harder" },
  change: { says: "how quantities depend on each other", sign: "harder" },
  negation: { says: "negations", sign: "harder" },
  steps: { says: "several steps", sign: "harder" },
  building: { says: "designs, plans or builds something", sign: "harder" },
  profession: { says: "words of law, medicine or finance", sign: "harder" },
  scenario: { says: "people and what they do: a case to think through", sign: "harder" },
  reading: { says: "takes from, shortens or changes a text", sign: "easier" },
  recall: { says: "asks for a fact or a definition", sign: "easier" },
  creative: { says: "free writing", sign: "easier" },
  small: { says: "greeting or thanks, and little else", sign: "easier" },
};

/** "What is the capital" asks for a fact, "what is the probability" for work: signs of work take away from what speaks for a fact. */
const factOf = ({ kinds, operators, numbers }: Reading): number =>
  grow(kinds.recall / (1 + kinds.mathematics + kinds.programming + kinds.reasoning + kinds.judgement + operators + numbers / 2));

/** A greeting before a long request says nothing. */
const SMALL_WORDS = 6;
/** Kinds that are more than their count; the others count as they are. */
const COUNTED: Partial<Readonly<Record<WordKind, (reading: Reading) => number>>> = {
  recall: factOf,
  small: ({ kinds, words }) => grow(kinds.small) * Math.min(1, SMALL_WORDS / Math.max(1, words)) ** 2,
  // One "not" is how people speak.
  negation: ({ kinds }) => grow(Math.max(0, kinds.negation - 1)),
};

const MOST: Partial<Readonly<Record<WordKind, number>>> = { negation: 3, small: 2 };

const ofWords: readonly Feature[] = WORD_KINDS.map((kind) => ({
  name: kind,
  ...KINDS[kind],
  most: MOST[kind] ?? 4,
  of: COUNTED[kind] ?? (({ kinds }: Reading) => grow(kinds[kind])),
}));

const ofStructure: readonly Feature[] = [
  { name: "length", says: "length", sign: "harder", most: 12, of: ({ words }) => Math.log2(1 + words) },
  { name: "questions", says: "several questions", sign: "harder", most: 4, of: ({ questions }) => grow(Math.max(0, questions - 1)) },
  { name: "formulas", says: "formulas", sign: "harder", most: 4, of: ({ operators }) => grow(operators) },
  {
    name: "code",
    says: "code or structured data",
    sign: "harder",
    most: 4,
    of: ({ codeMarks, fences }) => grow(codeMarks / 4 + 3 * fences),
  },
  // The lines of a list are as often what the work is done on as they are work.
  { name: "parts", says: "several parts", sign: "harder", most: 3, of: ({ items, parts }) => grow(parts + items / 3) },
  {
    name: "formal-share",
    says: "mostly figures, letters and signs",
    sign: "harder",
    most: 2,
    of: ({ numbers, variables, operators, codeMarks, words }) =>
      (4 * (numbers + variables + operators + codeMarks)) / (6 + words + numbers + operators),
  },
  {
    name: "supplied",
    says: "a long text to take from or to change, or a part to be played",
    sign: "easier",
    most: 6,
    of: ({ kinds, words }) => (kinds.reading + kinds.creative > 0 ? Math.max(0, Math.log2(1 + words) - 4) : 0),
  },
];

export const FEATURES: readonly Feature[] = [...ofStructure, ...ofWords];

/** The values of all features, in their order. */
export const featuresOf = (reading: Reading): Float64Array => Float64Array.from(FEATURES, ({ of, most }) => Math.min(most, of(reading)));
