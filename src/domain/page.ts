/** Where a page begins: `offset` is a UTF-16 position in the document's extracted text. Pages count from 1. */
export type PageStart = { readonly offset: number; readonly page: number };
type Span = { readonly start: number; readonly end: number };

/** The pages of a stretch of text, the first from the stretch's own beginning. `pages` are in order. */
export function pagesOf(pages: readonly PageStart[], span: Span): readonly PageStart[] {
  const first = beganBy(pages, span.start);
  const within = pages.slice(first, beganBy(pages, span.end - 1));
  const before = pages[first - 1];
  return before === undefined ? within : [{ offset: span.start, page: before.page }, ...within];
}

/** The pages of two stretches of a document, of which the second begins later. */
export function joinPages(first: readonly PageStart[], second: readonly PageStart[]): readonly PageStart[] {
  const last = first.at(-1)?.page ?? 0;
  return [...first, ...second.filter((one) => one.page > last)];
}

/** A stretch's place as it is cited: `p. 12`, `pp. 12-13`. undefined: the document has no pages. */
export function placeOf(pages: readonly PageStart[] | undefined, span: Span): string | undefined {
  const own = pagesOf(pages ?? [], span);
  const [first, last] = [own[0]?.page, own.at(-1)?.page];
  if (first === undefined || last === undefined) return undefined;
  return first === last ? `p. ${first}` : `pp. ${first}-${last}`;
}

/** How many pages begin at or before a position. */
function beganBy(pages: readonly PageStart[], position: number): number {
  let [low, high] = [0, pages.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((pages[middle]?.offset ?? 0) <= position) low = middle + 1;
    else high = middle;
  }
  return low;
}
