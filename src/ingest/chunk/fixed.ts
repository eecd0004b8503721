import { countTokens, units } from "../../retrieve/index.ts";
import { createPath, headingsOf } from "./headings.ts";
import { piecesOf } from "./piece.ts";
import type { Cut } from "./span.ts";

type Word = { readonly start: number; readonly end: number; readonly tokens: number };

/** Windows of one size over the words of a text, wherever they end. */
export const cutFixed: Cut<"fixed"> = (text, { tokens, overlap }) => {
  const words = wordsOf(text, tokens);
  const pathAt = createPath(headingsOf(text, units(text)));
  const chunks = [];
  for (let from = 0; from < words.length;) {
    const to = takeWords(words, from, tokens);
    const [start, end] = [words[from]?.start ?? 0, words[to - 1]?.end ?? text.length];
    chunks.push({ start, end, headings: pathAt(start), text: text.slice(start, end) });
    from = to >= words.length ? to : stepBack(words, { from, to }, overlap);
  }
  return chunks;
};

/** Each with one token more where a line ends behind it. What is longer than a chunk comes in parts. */
function wordsOf(text: string, tokensMax: number): readonly Word[] {
  const words: Word[] = [];
  for (const { index, 0: found } of text.matchAll(/\S+/g)) {
    const end = index + found.length;
    const breaks = text.charCodeAt(end) === 10 ? 1 : 0;
    const tokens = countTokens(found) + breaks;
    if (tokens <= tokensMax) words.push({ start: index, end, tokens });
    else words.push(...piecesOf(text, tokensMax, [{ kind: "sentence", start: index, end, level: 0, closes: false }]));
  }
  return words;
}

function takeWords(words: readonly Word[], from: number, tokensMax: number): number {
  let to = from;
  for (let tokens = 0; to < words.length; to++) {
    tokens += words[to]?.tokens ?? 0;
    if (to > from && tokens > tokensMax) break;
  }
  return to;
}

function stepBack(words: readonly Word[], { from, to }: { readonly from: number; readonly to: number }, overlap: number): number {
  let start = to;
  for (let tokens = 0; start - 1 > from; start--) {
    tokens += words[start - 1]?.tokens ?? 0;
    if (tokens > overlap) break;
  }
  return start;
}
