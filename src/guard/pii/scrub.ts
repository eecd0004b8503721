import type { Finding } from "../../domain/finding.ts";

/** The text with `[TYPE]` in place of each finding. `findings` are sorted and do not overlap, as `find` returns them. */
export function scrub(text: string, findings: readonly Finding[]): string {
  let clean = "";
  let at = 0;
  for (const { type, start, end } of findings) {
    clean += `${text.slice(at, start)}[${type}]`;
    at = end;
  }
  return clean + text.slice(at);
}
