import type { Scan } from "./scan.ts";

/** How far context words are looked for around a span, in characters. */
export type Reach = { readonly beforeChars: number; readonly afterChars: number };

/** About a short clause before, a few words after. */
export const NEARBY: Reach = { beforeChars: 48, afterChars: 24 };

/** Index of the first mark that ends at or after `offset`. */
export function firstMarkFrom(scan: Scan, offset: number): number {
  let low = 0;
  let high = scan.markEnd.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((scan.markEnd[middle] ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The nearest context word of any of `topics` around a span, as an index of the marks; -1: none. What stands before wins over what stands
 * after: a label goes before its value.
 */
export function nearestMark(scan: Scan, topics: number, start: number, end: number, reach: Reach = NEARBY): number {
  if ((scan.topics & topics) === 0) return -1;
  let found = -1;
  const from = firstMarkFrom(scan, start - reach.beforeChars);
  for (let mark = from; mark < scan.markStart.length; mark++) {
    const markStart = scan.markStart[mark] ?? 0;
    if (markStart >= end + reach.afterChars) break;
    if (((scan.markTopics[mark] ?? 0) & topics) === 0) continue;
    if ((scan.markEnd[mark] ?? 0) <= start) found = mark;
    else if (markStart >= end && found < 0) return mark;
  }
  return found;
}

/** A later label stands between this one and the span: the span is that one's value. */
export function isOvertaken(scan: Scan, mark: number, topics: number, start: number): boolean {
  const next = mark + 1;
  return next < scan.markStart.length && (scan.markEnd[next] ?? 0) <= start && ((scan.markTopics[next] ?? 0) & topics) !== 0;
}

export function isNear(scan: Scan, topics: number, start: number, end: number, reach: Reach = NEARBY): boolean {
  return nearestMark(scan, topics, start, end, reach) >= 0;
}
