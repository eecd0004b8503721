import type { Fragment } from "./pdf-fragment.ts";

/** Lines from the top and from the bottom of a page that may be the same on every page. */
const EDGE_LINES = 3;
/** A line on fewer pages is text that happens to be the same. */
const PAGES_MIN = 3;
const PAGES_SHARE_MIN = 0.5;

/** Pages without the header and footer that they share, page numbers aside. In the middle of a sentence they would part it. */
export function withoutRunningLines(pages: readonly (readonly Fragment[])[]): readonly (readonly Fragment[])[] {
  if (pages.length < PAGES_MIN) return pages;
  const edges = pages.map(edgeLines);
  const counts = new Map<string, number>();
  for (const lines of edges) {
    for (const key of new Set([...lines].map(keyOf))) counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const enough = Math.max(PAGES_MIN, pages.length * PAGES_SHARE_MIN);
  return pages.map((page, at) => page.filter((line) => !(edges[at]?.has(line) === true && (counts.get(keyOf(line)) ?? 0) >= enough)));
}

function edgeLines(page: readonly Fragment[]): ReadonlySet<Fragment> {
  const heights = [...new Set(page.map((line) => Math.round(line.y)))].toSorted((one, other) => one - other);
  const chosen = new Set([...heights.slice(0, EDGE_LINES), ...heights.slice(-EDGE_LINES)]);
  return new Set(page.filter((line) => chosen.has(Math.round(line.y))));
}

/** At the same height and the same but for its numbers. */
const keyOf = (line: Fragment): string => `${Math.round(line.y / 2)} ${line.text.replace(/\d+/g, "0")}`;
