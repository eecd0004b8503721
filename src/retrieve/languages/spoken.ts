import { STOP_WORDS } from "../stop-words.ts";
import { STOP_LISTS } from "./stop-lists.ts";

const word = /[\p{L}\p{M}]+/gu;
/** A question says what it is in from one small word of one language on. */
const LEAD_MIN = 1;
/** Of the words of a text that is certain: every third is a small one of its language, and they speak twice as clearly for it as for any other. */
const CERTAIN_SHARE_MIN = 0.3;
const CERTAIN_RATIO_MIN = 2;
/** In fewer words Danish and Norwegian say the same. */
const CERTAIN_WORDS_MIN = 16;
/** What its neighbours, who share the small words, do not write: Bulgarian and Ukrainian have no `ы`. */
const CERTAIN_LETTERS: Readonly<Record<string, RegExp>> = { ru: /[ыэ]/ };

let known: ReadonlyMap<string, readonly string[]> | undefined;

/** By word, the languages that have it as a small one. */
function smallWords(): ReadonlyMap<string, readonly string[]> {
  if (known !== undefined) return known;
  const made = new Map<string, string[]>();
  const add = (code: string, list: Iterable<string>): void => {
    for (const one of new Set(list)) made.set(one, [...(made.get(one) ?? []), code]);
  };
  add("en", STOP_WORDS);
  for (const [code, list] of Object.entries(STOP_LISTS)) add(code, list.split(/\s+/));
  known = made;
  return made;
}

type Weighed = { readonly code: string; readonly score: number; readonly next: number; readonly share: number; readonly words: number };

/** The language with most of a text's small words; one that several languages have counts a part for each. */
function weigh(text: string): Weighed | undefined {
  const scores = new Map<string, { score: number; words: number }>();
  let words = 0;
  for (const [one] of text.toLowerCase().matchAll(word)) {
    words += 1;
    const languages = smallWords().get(one) ?? [];
    for (const code of languages) {
      const before = scores.get(code) ?? { score: 0, words: 0 };
      scores.set(code, { score: before.score + 1 / languages.length, words: before.words + 1 });
    }
  }
  const [first, second] = [...scores].toSorted((one, other) => other[1].score - one[1].score);
  if (first === undefined) return undefined;
  return { code: first[0], score: first[1].score, next: second?.[1].score ?? 0, share: first[1].words / words, words };
}

/** The language that a question is asked in; undefined where its small words are too few to tell. */
export function spokenLanguage(question: string): string | undefined {
  const found = weigh(question);
  return found !== undefined && found.score - found.next >= LEAD_MIN ? found.code : undefined;
}

/** The language of a text where its small words leave no doubt. Nothing needs to be loaded for it. */
export function certainLanguage(text: string): string | undefined {
  const found = weigh(text);
  if (found === undefined || found.words < CERTAIN_WORDS_MIN) return undefined;
  if (found.share < CERTAIN_SHARE_MIN || found.score < CERTAIN_RATIO_MIN * found.next) return undefined;
  return CERTAIN_LETTERS[found.code]?.test(text.toLowerCase()) === false ? undefined : found.code;
}
