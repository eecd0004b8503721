import { nameOfPage } from "../domain/page.ts";
import type { PageStart } from "../domain/page.ts";
import type { Extracted } from "./extracted.ts";

/** A file that was inside of another: its name there, and what is in it. */
export type Section = Extracted & { readonly name: string };
type Place = { readonly offset: number; readonly name: string };

/** Beyond this a name was made to be long. */
const NAME_CHARS_MAX = 200;

/**
 * Files as sections of one document, each under its name as a heading. Places name the file first: `guide/fees.pdf p. 3`. `first`, where there is some,
 * stands before them and is called `called`.
 */
export function composeSections(
  sections: readonly Section[],
  first?: { readonly text: string; readonly called: string },
): Omit<Extracted, "title"> {
  const pieces: string[] = [];
  const places: Place[] = [];
  const parts: number[] = [];
  let length = 0;
  const add = (text: string): void => {
    pieces.push(text);
    length += text.length;
  };
  if (first !== undefined && first.text !== "") {
    places.push({ offset: 0, name: first.called });
    add(first.text);
  }
  for (const { name: raw, title, text, pages, parts: inner = [] } of sections) {
    const name = tidyName(raw);
    const start = length + (length === 0 ? 0 : 2);
    if (start > 0) parts.push(start);
    add(`${length === 0 ? "" : "\n\n"}# ${name}\n\n`);
    // A title that stands nowhere in the text is searched for all the same.
    if (title !== undefined && !name.includes(title) && !text.includes(title)) add(`${title}\n\n`);
    const moved = lowerHeadings(text);
    for (const part of inner) parts.push(length + moved.at(part));
    if (pages === undefined) places.push({ offset: start, name });
    // The first page of a file begins with the heading over it.
    else
      for (const [at, page] of pages.entries())
        places.push({ offset: at === 0 ? start : length + moved.at(page.offset), name: `${name} ${nameOfPage(page)}` });
    add(moved.text);
  }
  return { text: pieces.join(""), parts, pages: places.map((place, at): PageStart => ({ ...place, page: at + 1 })) };
}

const tidyName = (name: string): string =>
  name
    .replace(/[\p{Cc}\s]+/gu, " ")
    .trim()
    .slice(-NAME_CHARS_MAX);

/** Headings one rank lower, under that of the file. `at` tells where a position of the text has gone. */
function lowerHeadings(text: string): { readonly text: string; at(offset: number): number } {
  const grown: number[] = [];
  const lines: string[] = [];
  let fenced = false;
  let at = 0;
  for (const line of text.split("\n")) {
    if (/^[ \t]*(?:```|~~~)/.test(line)) fenced = !fenced;
    const isHeading = !fenced && /^#{1,5}[ \t]+\S/.test(line);
    if (isHeading) grown.push(at);
    lines.push(isHeading ? `#${line}` : line);
    at += line.length + 1;
  }
  return { text: lines.join("\n"), at: (offset) => offset + countBefore(grown, offset) };
}

/** How many of the ascending numbers are below `limit`. */
function countBefore(numbers: readonly number[], limit: number): number {
  let [low, high] = [0, numbers.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((numbers[middle] ?? 0) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
