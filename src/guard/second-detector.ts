import type { Finding } from "../domain/finding.ts";

/** Asks another detector for what it finds in texts: one list for each, in their order. Rejects where it fails or takes too long. */
export type FindElsewhere = (texts: readonly string[]) => Promise<readonly (readonly Finding[])[]>;
export type SecondDetector = {
  readonly find: FindElsewhere;
  /** `private-only`: a call that it could not look at goes to own hardware. */
  readonly onFailure: "refuse" | "private-only";
};

/** Of both: what the first found stays, and the other adds what lies beside it. Ascending, without overlaps. */
export function mergeFindings(found: readonly Finding[], more: readonly Finding[]): readonly Finding[] {
  const merged = [...found];
  for (const finding of more.toSorted((one, other) => other.score - one.score)) {
    if (merged.every((each) => finding.end <= each.start || each.end <= finding.start)) merged.push(finding);
  }
  return merged.length === found.length ? found : merged.toSorted((one, other) => one.start - other.start);
}
