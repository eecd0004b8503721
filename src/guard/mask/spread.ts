import type { Finding, FindingType } from "../../domain/finding.ts";

/** Adds every other place of the values to the findings of a text: what is somebody's in one place is so in every place. */
export function spread(text: string, findings: readonly Finding[], values: ReadonlyMap<string, FindingType>): readonly Finding[] {
  let more: Finding[] | undefined;
  for (const [value, type] of values) {
    for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + value.length)) {
      const end = at + value.length;
      if (overlaps(findings, at, end) || (more !== undefined && overlaps(more, at, end)) || isInWord(text, at, end)) continue;
      more ??= [];
      more.push({ type, start: at, end, score: 1, reason: "same-value" });
    }
  }
  return more === undefined ? findings : [...findings, ...more].toSorted((one, other) => one.start - other.start);
}

const overlaps = (findings: readonly Finding[], start: number, end: number): boolean => {
  for (const finding of findings) if (finding.start < end && start < finding.end) return true;
  return false;
};

const WORD = /[\p{L}\p{N}_]/u;
const isInWord = (text: string, start: number, end: number): boolean =>
  (WORD.test(text.charAt(start)) && WORD.test(text.charAt(start - 1))) || (WORD.test(text.charAt(end - 1)) && WORD.test(text.charAt(end)));
