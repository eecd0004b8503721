import type { Fragment } from "./pdf-fragment.ts";

/** Lines from the top and from the bottom of a page that may be the same on every page. */
const EDGE_LINES = 3;
/** A line on fewer pages is text that happens to be the same. A chapter's header is on the pages of the chapter only. */
const PAGES_MIN = 3;
const PAGES_SHARE_MIN = 0.05;
/** Numbers that count with the pages go altogether, so they must do so on most of them. */
const NUMBERED_SHARE_MIN = 0.5;
/** Numbers of a line that may be the page's. */
const NUMBERS_MAX = 4;

/**
 * Pages without the header and footer that they share, which would part sentences in the middle. What is the same everywhere stays where it
 * is first; page numbers go.
 */
export function withoutRunningLines(pages: readonly (readonly Fragment[])[]): readonly (readonly Fragment[])[] {
  if (pages.length < PAGES_MIN) return pages;
  const keys = pages.map((page, at) => edgeKeys(page, at + 1));
  const counts = new Map<string, number>();
  for (const lines of keys) for (const key of new Set([...lines.values()].flat())) counts.set(key, (counts.get(key) ?? 0) + 1);
  const least = (share: number): number => Math.max(PAGES_MIN, pages.length * share);
  const [enough, enoughNumbered] = [least(PAGES_SHARE_MIN), least(NUMBERED_SHARE_MIN)];
  const seen = new Set<string>();
  return pages.map((page, at) =>
    page.filter((line) => {
      const [own = "", ...numbered] = keys[at]?.get(line) ?? [];
      if (numbered.some((key) => (counts.get(key) ?? 0) >= enoughNumbered)) return false;
      if ((counts.get(own) ?? 0) < enough) return true;
      const isFirst = !seen.has(own);
      seen.add(own);
      return isFirst;
    }),
  );
}

/** The lines at a page's edges, each with what makes it the same as another page's: its place and words, with or without the page's number. */
function edgeKeys(page: readonly Fragment[], number: number): ReadonlyMap<Fragment, readonly string[]> {
  const heights = [...new Set(page.map((line) => Math.round(line.y)))].toSorted((one, other) => one - other);
  const chosen = new Set([...heights.slice(0, EDGE_LINES), ...heights.slice(-EDGE_LINES)]);
  return new Map(page.filter((line) => chosen.has(Math.round(line.y))).map((line) => [line, keysOf(line, number)] as const));
}

/** `Page 3 of 9` on page 3 is the same as `Page 4 of 9` on page 4; `Invoice 17` on page 3 is not the same as `Invoice 99` on page 4. */
function keysOf(line: Fragment, page: number): readonly string[] {
  const at = `${Math.round(line.y / 2)} `;
  const numbers = [...line.text.matchAll(/\d{1,5}/g)].slice(0, NUMBERS_MAX);
  const numbered = numbers.map(
    (match) => `${at}${line.text.slice(0, match.index)}\0${Number(match[0]) - page}${line.text.slice(match.index + match[0].length)}`,
  );
  return [`${at}${line.text}`, ...numbered];
}
