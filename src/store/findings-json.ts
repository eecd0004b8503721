import { FINDING_TYPES, type Finding } from "../domain/finding.ts";

const TYPES: ReadonlyMap<string, Finding["type"]> = new Map(FINDING_TYPES.map((type) => [type, type]));
/** What saw it is not kept: only masks are made of it. */
const REASON = "ingestion";

/** Findings as a chunk keeps them: `[[type, start, end, score], …]`. */
export const toFindingsJson = (findings: readonly Finding[]): string =>
  JSON.stringify(findings.map(({ type, start, end, score }) => [type, start, end, Math.round(score * 100) / 100]));

/** undefined: it was written by a version that knew other types, and the text must be looked at again. */
export function fromFindingsJson(value: unknown): readonly Finding[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const findings: Finding[] = [];
  for (const each of value as readonly unknown[]) {
    if (!Array.isArray(each)) return undefined;
    const [name, start, end, score] = each as readonly unknown[];
    const type = typeof name === "string" ? TYPES.get(name) : undefined;
    if (type === undefined || typeof start !== "number" || typeof end !== "number" || typeof score !== "number") return undefined;
    findings.push({ type, start, end, score, reason: REASON });
  }
  return findings;
}
