import { FINDING_TYPES } from "../../domain/finding.ts";
import type { Pseudonyms } from "./pseudonyms.ts";

/** Models drop brackets and change letter case inside them. Without brackets only the exact form counts. */
const BODY = `(?:${FINDING_TYPES.join("|")})_[0-9a-f]{8,64}(?:_[1-9][0-9]{0,5})?`;
const MARK = new RegExp(`\\[(${BODY})\\]|(?<![A-Za-z0-9_])(${BODY})(?![A-Za-z0-9_])`, "gi");
const EXACT = new RegExp(`^${BODY}$`);

/** What could still become a mark, or a longer one, with more text behind it. */
const TAIL = /(?:\[|(?<![A-Za-z0-9_]))[A-Z][A-Z_]*(?:_[0-9a-f]*)?(?:_[0-9]*)?$|\[[A-Za-z_0-9]*$/;
/** Longer than any mark: what is held never grows past it. */
export const TAIL_CHARS_MAX = 112;

/** How a mark is written back: as it is, or inside a string of JSON. */
export type Escape = (original: string) => string;
export const asText: Escape = (original) => original;
export const asJsonString: Escape = (original) => JSON.stringify(original).slice(1, -1);

/** Names of marks that a text holds, whosever they are. */
export function namesIn(text: string): readonly string[] {
  if (!mayHoldMark(text)) return [];
  return [...text.matchAll(MARK)].flatMap(([, inBrackets, bare]) => {
    const name = inBrackets === undefined ? bare : toExact(inBrackets);
    return name !== undefined && EXACT.test(name) ? [name] : [];
  });
}

/** Marks that this conversation gave out become what they stand for; any other stays. */
export function unmaskText(text: string, pseudonyms: Pseudonyms, escape: Escape): string {
  if (!mayHoldMark(text)) return text;
  return text.replace(MARK, (mark: string, inBrackets: string | undefined, bare: string | undefined) => {
    const pseudonym = inBrackets === undefined ? bare : toExact(inBrackets);
    if (pseudonym === undefined || !EXACT.test(pseudonym)) return mark;
    const original = pseudonyms.originalOf(pseudonym);
    return original === undefined ? mark : escape(original);
  });
}

const mayHoldMark = (text: string): boolean => text.includes("_");

const toExact = (inBrackets: string): string => {
  const at = inBrackets.search(/_[0-9a-f]{8}/i);
  return inBrackets.slice(0, at).toUpperCase() + inBrackets.slice(at).toLowerCase();
};

/** Where the text ends in what may become a mark: the offset of that tail, else the text's length. */
export function tailStart(text: string): number {
  const window = Math.max(0, text.length - TAIL_CHARS_MAX - 1);
  const last = text.charCodeAt(text.length - 1);
  if (!isWordCode(last) && last !== BRACKET) return text.length;
  const found = TAIL.exec(window === 0 ? text : text.slice(window));
  if (found === null) return text.length;
  const at = window + found.index;
  return text.length - at > TAIL_CHARS_MAX ? text.length : at;
}

const BRACKET = 91;
/** Letters, digits and `_`: with `[`, all that stands inside an unfinished mark. */
export const isWordCode = (code: number): boolean =>
  (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || code === 95 || (code >= 97 && code <= 122);
