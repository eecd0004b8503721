import type { AbusePolicy } from "../domain/abuse.ts";
import type { Source } from "./source.ts";

export function readAbuse(source: Source): AbusePolicy {
  const { abuse } = source.value;
  if (abuse.suspendAbove < abuse.throttleAbove)
    source.findings.problems.push({
      place: source.placeOf(["abuse", "suspendAbove"]),
      message: `must be at least throttleAbove (${String(abuse.throttleAbove)} points): a key is slowed down before it is stopped.`,
    });
  return abuse;
}
