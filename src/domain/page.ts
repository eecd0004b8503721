/** Where a page begins: `offset` is a UTF-16 position in the document's extracted text. Pages count from 1, in order. */
export type PageStart = {
  readonly offset: number;
  readonly page: number;
  /** How it is cited where it is no page of paper: `slide 4`, `sheet Costs`, `guide/fees.pdf p. 3`. */
  readonly name?: string | undefined;
};
type Span = { readonly start: number; readonly end: number };

/** The pages of a stretch of text, the first from the stretch's own beginning. `pages` are in order. */
export function pagesOf(pages: readonly PageStart[], span: Span): readonly PageStart[] {
  const first = beganBy(pages, span.start);
  const within = pages.slice(first, beganBy(pages, span.end - 1));
  const before = pages[first - 1];
  return before === undefined ? within : [{ ...before, offset: span.start }, ...within];
}

/** The pages of two stretches of a document, of which the second begins later. */
export function joinPages(first: readonly PageStart[], second: readonly PageStart[]): readonly PageStart[] {
  const last = first.at(-1)?.page ?? 0;
  return [...first, ...second.filter((one) => one.page > last)];
}

/** One page as it is cited: `p. 12`, `slide 4`. */
export const nameOfPage = ({ page, name }: Omit<PageStart, "offset">): string => name ?? `p. ${page}`;

/** A stretch's place as it is cited: `p. 12`, `pp. 12-13`, `slides 4-5`, `sheet Costs to sheet Plan`. undefined: the document has no pages. */
export function placeOf(pages: readonly PageStart[] | undefined, span: Span): string | undefined {
  const own = pagesOf(pages ?? [], span);
  const [first, last] = [own[0], own.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  if (first.page === last.page) return nameOfPage(first);
  if (first.name === undefined && last.name === undefined) return `pp. ${first.page}-${last.page}`;
  return joinNames(nameOfPage(first), nameOfPage(last));
}

const numbered = /^(.*\b)(slide|p\.) (\d+)$/;

/** What both have in common stands once: `deck.pptx slides 4-5`. */
function joinNames(first: string, last: string): string {
  const [, before, kind, from] = numbered.exec(first) ?? [];
  const [, beforeLast, kindLast, to] = numbered.exec(last) ?? [];
  if (kind === undefined || kind !== kindLast || before !== beforeLast) return `${first} to ${last}`;
  return `${before}${kind === "p." ? "pp." : `${kind}s`} ${from}-${to}`;
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
