import type { Finding } from "../../domain/finding.ts";

const length = (finding: Finding): number => finding.end - finding.start;

/** Surer first, then longer, then earlier. A finding that is barely surer does not win over one that covers it. */
function isBetter(one: Finding, other: Finding): boolean {
  const covers = one.start <= other.start && one.end >= other.end && length(one) > length(other);
  const covered = other.start <= one.start && other.end >= one.end && length(other) > length(one);
  const lead = covers ? COVER_LEAD : covered ? -COVER_LEAD : 0;
  if (one.score + lead !== other.score) return one.score + lead > other.score;
  if (length(one) !== length(other)) return length(one) > length(other);
  return one.start <= other.start;
}

/** What being inside another costs: a phone number of score 0.9 inside a card of score 0.8 is part of the card. */
const COVER_LEAD = 0.25;

/** Sorted, and no two overlap. Each new finding is weighed against those it overlaps; it stays if it is better than every one of them. */
export function resolveOverlaps(found: readonly Finding[]): readonly Finding[] {
  if (found.length < 2) return found;
  const sorted = found.toSorted((one, other) => one.start - other.start || other.end - one.end);
  const kept: Finding[] = [];
  for (const finding of sorted) {
    let loses = false;
    for (let i = kept.length - 1; i >= 0 && !loses; i--) {
      const other = kept[i];
      if (other === undefined || other.end <= finding.start) break;
      loses = isBetter(other, finding);
    }
    if (loses) continue;
    while ((kept.at(-1)?.end ?? 0) > finding.start) kept.pop();
    kept.push(finding);
  }
  return kept;
}
