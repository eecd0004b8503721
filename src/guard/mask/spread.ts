import type { Finding, FindingType } from "../../domain/finding.ts";

/** Adds every other place of the values to the findings of a text: what is somebody's in one place is so in every place. */
export function spread(text: string, findings: readonly Finding[], values: ReadonlyMap<string, FindingType>): readonly Finding[] {
  let more: Finding[] | undefined;
  for (const [value, type] of values) {
    for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + value.length)) {
      const end = at + value.length;
      if (isInWord(text, at, end) || [...findings, ...(more ?? [])].some((each) => each.start < end && at < each.end)) continue;
      more ??= [];
      more.push({ type, start: at, end, score: 1, reason: "same-value" });
    }
  }
  return more === undefined ? findings : [...findings, ...more].toSorted((one, other) => one.start - other.start);
}

const WORD = /[\p{L}\p{N}_]/u;
const isInWord = (text: string, start: number, end: number): boolean =>
  (WORD.test(text.charAt(start)) && WORD.test(text.charAt(start - 1))) || (WORD.test(text.charAt(end - 1)) && WORD.test(text.charAt(end)));
