import { ordinaryOf } from "./attributes.ts";
import { foldWord } from "./fold.ts";
import type { Tokens } from "./tokens.ts";

/** Ends of words that are streets in German, Dutch and the Nordic languages. */
const ENDINGS =
  `strasse strase straße str weg gasse platz allee damm ufer straat laan gracht kade plein dreef vagen gatan vej gade veien veg gata
  katu tie`
    .split(/\s+/u)
    .map(foldWord);
const ENDING_MIN = Math.min(...ENDINGS.map((ending) => ending.length));

/** True for `Hauptstraße`, `Marktplatz`, `Kerkstraat`: an ending and at least three letters before it. */
export function endsAsStreet(text: string, start: number, end: number): boolean {
  if (end - start < ENDING_MIN + 3 || end - start > 40) return false;
  const word = foldWord(text.slice(start, end));
  return ENDINGS.some((ending) => word.length >= ending.length + 3 && word.endsWith(ending));
}

const STRONG = new Set(
  "street str road rd avenue ave lane ln boulevard blvd parkway pkwy strasse straße straat terrace crescent".split(" "),
);

/** True for a word that is a street only beside a number: "a long drive", "the Supreme Court". */
export function isWeakStreet(attributes: number, text: string, tokens: Tokens, at: number): boolean {
  return ordinaryOf(attributes) > 0 && !STRONG.has(text.slice(tokens.start[at], tokens.end[at]).toLowerCase());
}
