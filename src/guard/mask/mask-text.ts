import type { Finding } from "../../domain/finding.ts";
import type { Pseudonyms } from "./pseudonyms.ts";

/** In brackets, so that a model takes it for a name and no sentence runs into it. */
export const toMark = (pseudonym: string): string => `[${pseudonym}]`;

/** Longest mark: type, digest and the number of the way of writing. Those of eight digits are 17 to 30. */
export const MARK_BYTES_TYPICAL = 32;

/** `findings` ascend and do not overlap. */
export function maskText(text: string, findings: readonly Finding[], pseudonyms: Pseudonyms): string {
  if (findings.length === 0) return text;
  let out = "";
  let from = 0;
  for (const { type, start, end } of findings) {
    out += text.slice(from, start) + toMark(pseudonyms.of(type, text.slice(start, end)));
    from = end;
  }
  return out + text.slice(from);
}
