import type { Finding } from "../domain/finding.ts";

/** What ingestion found in a stretch of text. undefined: nobody looked. */
export type Found = { readonly injection?: number | undefined; readonly findings?: readonly Finding[] | undefined };

/**
 * Of two stretches that became one, of which the second begins `offset` behind the first. Where they share text, what one of them cut off at its
 * edge is whole in the other: findings that touch become one that covers both. What only one was looked at for must be looked at again.
 */
export function joinFound(first: Found, second: Found, offset: number): Found {
  const injection =
    first.injection === undefined || second.injection === undefined ? undefined : Math.max(first.injection, second.injection);
  if (first.findings === undefined || second.findings === undefined) return { injection };
  const moved = second.findings.map((one) => ({ ...one, start: one.start + offset, end: one.end + offset }));
  const joined: Finding[] = [];
  for (const finding of [...first.findings, ...moved].toSorted((one, other) => one.start - other.start)) {
    const last = joined.at(-1);
    if (last === undefined || finding.start >= last.end) joined.push(finding);
    else joined[joined.length - 1] = cover(last, finding);
  }
  return { injection, findings: joined };
}

function cover(one: Finding, other: Finding): Finding {
  const longer = other.end - other.start > one.end - one.start ? other : one;
  return { ...longer, start: Math.min(one.start, other.start), end: Math.max(one.end, other.end) };
}

/** Of a part of a stretch. Its score stays: what looked like an attack may stand in this part. */
export function cutFound({ injection, findings }: Found, span: { readonly start: number; readonly end: number }): Found {
  const inside = findings
    ?.filter((one) => one.start < span.end && one.end > span.start)
    .map((one) => ({ ...one, start: Math.max(0, one.start - span.start), end: Math.min(one.end, span.end) - span.start }));
  return { injection, findings: inside };
}
