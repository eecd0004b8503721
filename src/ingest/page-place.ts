import type { PageStart } from "../domain/chat.ts";

/** The pages of a stretch of text, the first from the stretch's own beginning. `pages` are the document's, in order. */
export function pagesOf(pages: readonly PageStart[], span: { readonly start: number; readonly end: number }): readonly PageStart[] {
  const within = pages.slice(firstWithin(pages, span.start), firstWithin(pages, span.end - 1));
  const before = pages[firstWithin(pages, span.start) - 1];
  return before === undefined ? within : [{ offset: span.start, page: before.page }, ...within];
}

/** How many pages begin at or before a position. */
function firstWithin(pages: readonly PageStart[], position: number): number {
  let [low, high] = [0, pages.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((pages[middle]?.offset ?? 0) <= position) low = middle + 1;
    else high = middle;
  }
  return low;
}
