import type { Finding } from "../../domain/finding.ts";
import type { Pseudonyms } from "./pseudonyms.ts";

/** In brackets, so that a model takes it for a name and no sentence runs into it. */
export const toMark = (pseudonym: string): string => `[${pseudonym}]`;

/** Bytes of a mark: type, eight digits of the digest, the number of the way of writing, quotes around what was a number; by a third more in base64. */
export const MARK_BYTES_MAX = 56;

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
