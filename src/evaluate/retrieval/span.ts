/** Positions in a document's text, the end excluded. */
export type Span = readonly [start: number, end: number];

/** The same positions without overlaps, in order. */
export function unite(spans: readonly Span[]): readonly Span[] {
  const united: [number, number][] = [];
  for (const [start, end] of spans.toSorted((one, other) => one[0] - other[0])) {
    if (end <= start) continue;
    const last = united.at(-1);
    if (last !== undefined && start <= last[1]) last[1] = Math.max(last[1], end);
    else united.push([start, end]);
  }
  return united;
}

/** What is in both. */
export function intersect(ones: readonly Span[], others: readonly Span[]): readonly Span[] {
  const [left, right] = [unite(ones), unite(others)];
  return left.flatMap(([start, end]) =>
    right.map(([from, to]): Span => [Math.max(start, from), Math.min(end, to)]).filter(([from, to]) => to > from),
  );
}

/** How much they hold, by a count of words or tokens for any stretch of the text. */
export const measureSpans = (spans: readonly Span[], sizeOf: (span: Span) => number): number =>
  unite(spans).reduce((sum, span) => sum + sizeOf(span), 0);

/** Where a quotation stands in a text: undefined where it does not. */
export type Locate = (quotation: string) => Span | undefined;

/**
 * Finds quotations by their letters and digits alone: whoever quotes a passage seldom keeps its line breaks, and a parser takes marks such as
 * `**` away. Of several places the first.
 */
export function createLocator(text: string): Locate {
  const dense = toDense(text);
  return (quotation) => {
    const wanted = toDense(quotation).text;
    const at = wanted === "" ? -1 : dense.text.indexOf(wanted);
    return at < 0 ? undefined : [dense.places[at] ?? 0, (dense.places[at + wanted.length - 1] ?? 0) + 1];
  };
}

/** Letters and digits of a text in lower case, and where each of them stood. */
function toDense(text: string): { readonly text: string; readonly places: Uint32Array } {
  const places = new Uint32Array(text.length);
  const runs: string[] = [];
  let count = 0;
  for (const match of text.matchAll(/[\p{L}\p{N}]+/gu)) {
    const [run] = match;
    const lower = run.toLowerCase();
    runs.push(lower.length === run.length ? lower : run);
    for (let at = 0; at < run.length; at++) places[count++] = match.index + at;
  }
  return { text: runs.join(""), places };
}
