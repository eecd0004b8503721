import type { Sheet } from "../linear/features.ts";
import { hashWord } from "../linear/tokens.ts";
import { GROUP_WORD, PROFANE_WORD, SLUR_WORD } from "./fold-toxic.ts";
import { CONTEMPT, EXCLUSION, HATE, NEGATIONS, OWN, PRAISE, SAYING, VIOLENCE, WE, WILL, YOU } from "./words.ts";

/** What words near each other say together. Permanent: the weights name them. */
export const EVIDENCE = [
  "group",
  "slur",
  "slur-own",
  "slur-you",
  "group-hate",
  "group-contempt",
  "group-violence",
  "group-exclusion",
  "group-praise",
  "group-denied",
  "you-contempt",
  "you-violence",
  "will-violence",
  "negated",
  "told",
  "hate",
  "contempt",
  "violence",
  "profanity",
] as const;
export type Evidence = (typeof EVIDENCE)[number];
const ID = new Map<Evidence, number>(EVIDENCE.map((name, id) => [name, id]));
const id = (name: Evidence): number => ID.get(name) ?? 0;

/** Words that are still about the same thing. */
const NEAR_WORDS = 10;
/** A negation is about the next few words. */
const NEGATED_WORDS = 5;

const BIT = { group: 1, slur: 2, hate: 4, contempt: 8, violence: 16, exclusion: 32, praise: 64, you: 128, we: 256, will: 512, negation: 1024, saying: 2048, own: 4096, profanity: 8192 }; // prettier-ignore
/** What a negation turns into its opposite. */
const MEANT = BIT.hate | BIT.contempt | BIT.violence;
const EVIL = BIT.slur | BIT.hate | BIT.contempt | BIT.violence | BIT.exclusion;

const CLASSES = ((): ReadonlyMap<number, number> => {
  const classes = new Map<number, number>();
  const add = (of: Iterable<string>, bit: number): void => {
    for (const word of of) {
      const hash = hashWord(word);
      classes.set(hash, (classes.get(hash) ?? 0) | bit);
    }
  };
  add([GROUP_WORD], BIT.group);
  add([SLUR_WORD], BIT.slur);
  add([PROFANE_WORD], BIT.profanity);
  add(HATE, BIT.hate);
  add(CONTEMPT, BIT.contempt);
  add(VIOLENCE, BIT.violence);
  add(EXCLUSION, BIT.exclusion);
  add(PRAISE, BIT.praise);
  add(YOU, BIT.you);
  add(WE, BIT.we);
  add(WILL, BIT.will);
  add(NEGATIONS, BIT.negation);
  add(SAYING, BIT.saying);
  add(OWN, BIT.own);
  return classes;
})();

/** Evidence in the order of the words: `id[i]` of EVIDENCE at word `at[i]`. */
export type Evident = { readonly at: Int32Array; readonly id: Uint8Array; readonly count: number };

/** For a pair of classes within NEAR_WORDS, either first; a group may also be a slur. */
const PAIRS: readonly (readonly [one: number, other: number, name: Evidence])[] = [
  [BIT.group | BIT.slur, BIT.hate, "group-hate"],
  [BIT.group | BIT.slur, BIT.contempt, "group-contempt"],
  [BIT.group | BIT.slur, BIT.violence, "group-violence"],
  [BIT.group | BIT.slur, BIT.exclusion, "group-exclusion"],
  [BIT.group, BIT.praise, "group-praise"],
  [BIT.you, BIT.contempt, "you-contempt"],
  [BIT.you, BIT.violence, "you-violence"],
  [BIT.will, BIT.violence, "will-violence"],
  [BIT.own, BIT.slur, "slur-own"],
  [BIT.you, BIT.slur, "slur-you"],
];
const ALONE: readonly (readonly [bit: number, name: Evidence])[] = [
  [BIT.group, "group"],
  [BIT.slur, "slur"],
  [BIT.hate, "hate"],
  [BIT.contempt, "contempt"],
  [BIT.violence, "violence"],
  [BIT.profanity, "profanity"],
];

export function createEvidenceReader(): (sheet: Sheet) => Evident {
  const lastAt = new Int32Array(16);
  let at = new Int32Array(256);
  let ids = new Uint8Array(256);
  let count = 0;

  function add(word: number, name: Evidence): void {
    if (count === at.length) {
      at = grown(at, new Int32Array(count * 2));
      ids = grown(ids, new Uint8Array(count * 2));
    }
    at[count] = word;
    ids[count] = id(name);
    count++;
  }

  /** The last word of any of the classes, if it is near. */
  function isNear(bits: number, word: number, within: number): boolean {
    for (let bit = 0; bit < lastAt.length; bit++)
      if ((bits >>> bit) & 1 && word - (lastAt[bit] ?? 0) <= within && (lastAt[bit] ?? 0) >= 0) return true;
    return false;
  }

  return ({ tokens }) => {
    count = 0;
    lastAt.fill(-1);
    let deniedAt = -1;
    for (let word = 0; word < tokens.count; word++) {
      const bits = CLASSES.get(tokens.hashes[word] ?? 0);
      if (bits === undefined) continue;
      const isNegated = isNear(BIT.negation, word, NEGATED_WORDS);
      for (const [bit, name] of ALONE) if ((bits & bit) !== 0) add(word, name);
      if ((bits & BIT.praise) !== 0 && isNegated && isNear(BIT.group | BIT.slur, word, NEAR_WORDS)) add(word, "group-denied");
      if ((bits & (BIT.group | BIT.slur)) !== 0 && deniedAt >= 0 && word - deniedAt <= NEAR_WORDS) add(word, "group-denied");
      if ((bits & BIT.praise) !== 0 && isNegated) deniedAt = word;
      if ((bits & MEANT) !== 0 && isNegated) {
        // Whoever says that somebody is not vermin says the opposite.
        add(word, "negated");
        continue;
      }
      for (const [one, other, name] of PAIRS) {
        if (name === "group-praise" && isNegated) continue;
        const isOne = (bits & one) !== 0 && isNear(other, word, NEAR_WORDS);
        if (isOne || ((bits & other) !== 0 && isNear(one, word, NEAR_WORDS))) add(word, name);
      }
      if (((bits & EVIL) !== 0 && isNear(BIT.saying, word, NEAR_WORDS)) || ((bits & BIT.saying) !== 0 && isNear(EVIL, word, NEAR_WORDS)))
        add(word, "told");
      for (let bit = 0; bit < lastAt.length; bit++) if ((bits >>> bit) & 1) lastAt[bit] = word;
    }
    return { at, id: ids, count };
  };
}

function grown<Numbers extends Int32Array | Uint8Array>(from: Numbers, to: Numbers): Numbers {
  to.set(from);
  return to;
}
