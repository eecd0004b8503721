import { FILLER_PHRASES } from "./context-words.ts";
import { hashWord } from "./lexicon.ts";

const isAsciiOrSpaced = (word: string): boolean => !/[\u3040-\u9fff]/.test(word);

/** Hashes of words that may stand between a label and its value, or between a value and its label: "is", "number", "of my". */
export const FILLERS: ReadonlySet<number> = new Set(
  FILLER_PHRASES.flatMap((phrases) => phrases.split("|"))
    .filter(isAsciiOrSpaced)
    .map(hashWord),
);
