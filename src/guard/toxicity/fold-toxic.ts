import { hashWord } from "../linear/tokens.ts";
import { GROUPS, GROUP_ADJECTIVES, PEOPLE } from "./words.ts";
import { PROFANITY_HASHES, SLUR_HASHES } from "./word-hashes.generated.ts";

/** What stands for a group of people, a slur, a curse: which one it is says nothing about how hateful a sentence is. */
export const GROUP_WORD = "xgroupx";
export const SLUR_WORD = "xslurx";
export const PROFANE_WORD = "xprofanex";

const SIGNS: Readonly<Record<string, string>> = {
  "0": "o",
  "1": "i",
  "3": "e",
  "4": "a",
  "5": "s",
  "7": "t",
  "8": "b",
  "@": "a",
  $: "s",
  "!": "i",
};
const WORD = /[\p{L}\p{N}@$][\p{L}\p{N}\p{M}@$!*]*/gu;
/** Three letters or more, one by one. */
const SPELLED = /(?<![\p{L}\p{N}])(?:\p{L}[ .\-_*]){2,}\p{L}(?![\p{L}\p{N}])/gu;
const ADJECTIVE = new RegExp(`\\b(?:${[...GROUP_ADJECTIVES].join("|")}) (?:${[...PEOPLE].join("|")})\\b`, "g");

/**
 * A text as the model reads it: lower case, signs that stand for letters replaced, letters written one by one joined, and one word each for
 * any group, any slur and any curse.
 */
export function foldToxic(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(SPELLED, (spelled) => spelled.replaceAll(/[ .\-_*]/g, ""))
    .replaceAll(WORD, foldWord)
    .replaceAll(ADJECTIVE, GROUP_WORD);
}

function foldWord(word: string): string {
  const plain = classOf(word);
  if (plain !== undefined) return plain;
  if (!/[0-9@$!*]/.test(word) || !/\p{L}/u.test(word)) return word;
  // A mark at the end is a mark.
  const letters = word.replace(/(?<![!*])[!*]+$/, "").replaceAll(/[0134578@$!]/g, (sign) => SIGNS[sign] ?? sign);
  return classOf(letters) ?? letters + (/(?<![!*])[!*]+$/.exec(word)?.[0] ?? "");
}

function classOf(word: string): string | undefined {
  if (GROUPS.has(word)) return GROUP_WORD;
  const hash = hashWord(word);
  return SLUR_HASHES.has(hash) ? SLUR_WORD : PROFANITY_HASHES.has(hash) ? PROFANE_WORD : undefined;
}
