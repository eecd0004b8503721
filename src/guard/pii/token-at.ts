import type { Scan } from "./scan.ts";

/** Index of the first token that starts at or after `offset`. */
export function firstTokenFrom(scan: Scan, offset: number): number {
  let low = 0;
  let high = scan.tokens;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((scan.start[middle] ?? 0) < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

export const gapBefore = (scan: Scan, token: number): number => (scan.start[token] ?? 0) - (scan.end[token - 1] ?? 0);
