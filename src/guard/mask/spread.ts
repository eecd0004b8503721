import type { Finding, FindingType } from "../../domain/finding.ts";

/**
 * Adds every other place of the values to the findings of a text, which ascend and do not overlap: what is somebody's in one place is so in every
 * place. Linear in the text and its findings for each value.
 */
export function spread(text: string, findings: readonly Finding[], values: ReadonlyMap<string, FindingType>): readonly Finding[] {
  let all = findings;
  for (const [value, type] of values) {
    const more = placesOf(text, value, type, all);
    if (more.length > 0) all = merge(all, more);
  }
  return all;
}

/** Where the value stands and nothing was found yet. */
function placesOf(text: string, value: string, type: FindingType, known: readonly Finding[]): readonly Finding[] {
  const places: Finding[] = [];
  let next = 0;
  for (let start = text.indexOf(value); start >= 0; start = text.indexOf(value, start + value.length)) {
    const end = start + value.length;
    while ((known[next]?.end ?? Infinity) <= start) next++;
    if ((known[next]?.start ?? Infinity) < end || isInWord(text, start, end)) continue;
    places.push({ type, start, end, score: 1, reason: "same-value" });
  }
  return places;
}

function merge(known: readonly Finding[], more: readonly Finding[]): readonly Finding[] {
  const merged: Finding[] = [];
  let next = 0;
  for (const finding of known) {
    for (let added = more[next]; added !== undefined && added.start < finding.start; added = more[++next]) merged.push(added);
    merged.push(finding);
  }
  return [...merged, ...more.slice(next)];
}

const WORD = /[\p{L}\p{N}_]/u;
const isInWord = (text: string, start: number, end: number): boolean =>
  (WORD.test(text.charAt(start)) && WORD.test(text.charAt(start - 1))) || (WORD.test(text.charAt(end - 1)) && WORD.test(text.charAt(end)));
