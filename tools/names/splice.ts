import type { Dice } from "./dice.ts";
import type { Example, Span } from "./fill.ts";
import type { Invent } from "./invent.ts";

/**
 * Where a name can stand in ordinary prose: for a pronoun, for a place after a preposition, for the subject of a sentence, for whom
 * something is done by. The named group is replaced.
 */
const PLACES: readonly { readonly pattern: RegExp; readonly labels: readonly number[] }[] = [
  { pattern: /(?<![\w'’])(?<slot>he|she|him)(?![\w'’])/giu, labels: [1] },
  { pattern: /(?<![\w'’])(?<slot>they|them|we|us)(?![\w'’])/giu, labels: [1, 1, 3, 2] },
  {
    pattern: /(?<=\b(?:in|from|to|near|through|across|into) )(?<slot>(?:the|my|our|a|an|this|their) [a-z]+)(?![\w'’])/gu,
    labels: [2, 2, 2, 3],
  },
  { pattern: /(?<=\b(?:at|for|of) )(?<slot>(?:the|my|our|a|an|this) [a-z]+)(?![\w'’])/gu, labels: [3, 2, 1] },
  {
    pattern: /(?<=\b(?:by|with|and|but|that|than|as|if|when|because|while|after) )(?<slot>(?:the|my|our|a|an) [a-z]+)(?![\w'’])/gu,
    labels: [1, 1, 1, 3, 2],
  },
  {
    pattern:
      /(?<=^|[.!?] )(?<slot>(?:The|A|An|My|This|Your) [a-z]+)(?= (?:is|was|has|had|will|can|could|did|would|may|should|does|were)\b)/gu,
    labels: [1, 3, 2],
  },
];

/** Puts names into a piece of prose that has none; undefined where nothing was put. */
export function splice(piece: string, invent: Invent, dice: Dice): Example | undefined {
  const { pattern, labels } = dice.pick(PLACES);
  let text = "";
  let at = 0;
  const spans: Span[] = [];
  for (const match of piece.matchAll(pattern)) {
    if (dice.chance(0.3)) continue;
    const label = dice.pick(labels);
    const isShort = dice.chance(0.5);
    const person = isShort ? invent.given() : invent.person();
    text += piece.slice(at, match.index);
    const start = text.length;
    text += label === 1 ? (dice.chance(0.2) ? invent.family() : person) : label === 2 ? invent.place() : invent.organisation();
    spans.push({ start, end: text.length, label });
    at = match.index + match[0].length;
  }
  return spans.length === 0 ? undefined : { text: text + piece.slice(at), spans };
}
