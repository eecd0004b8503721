import { QUASI_TYPES, type Finding } from "../domain/finding.ts";

/** Asks another detector for what it finds in texts: one list for each, in their order. Rejects where it fails or takes too long. */
export type FindElsewhere = (texts: readonly string[]) => Promise<readonly (readonly Finding[])[]>;
export type SecondDetector = {
  readonly find: FindElsewhere;
  /** `private-only`: a call that it could not look at goes to own hardware. */
  readonly onFailure: "refuse" | "private-only";
};

/**
 * Of both, as far as either reaches: what overlaps is one finding, of the type that names a person where one of them does. Ascending, without
 * overlaps.
 */
export function mergeFindings(found: readonly Finding[], more: readonly Finding[]): readonly Finding[] {
  if (more.length === 0) return found;
  const merged: Finding[] = [];
  for (const next of [...found, ...more].toSorted((one, other) => one.start - other.start)) {
    const last = merged.at(-1);
    if (last === undefined || next.start >= last.end) merged.push(next);
    else if (next.start !== last.start || next.end !== last.end || QUASI_TYPES.has(last.type)) merged[merged.length - 1] = join(last, next);
  }
  return merged;
}

function join(one: Finding, other: Finding): Finding {
  const [kept] = [one, other].toSorted((a, b) => Number(QUASI_TYPES.has(a.type)) - Number(QUASI_TYPES.has(b.type)) || b.score - a.score);
  return { ...(kept ?? one), start: one.start, end: Math.max(one.end, other.end) };
}
