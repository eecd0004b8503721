import { SAME_WORDS } from "../../domain/same-words.ts";
import { terms } from "../terms.ts";

/** A term that is met by its beginning: `terminat` by `terminate`, `vertrag` by `vertragslaufzeit`. */
const PREFIX_CHARS_MIN = 5;
const PREFIX_WORTH = 0.85;
const OTHER_WORD_WORTH = 0.85;

const SAME: ReadonlyMap<string, readonly string[]> = readSame();

/** Stems that people use for one another. */
function readSame(): ReadonlyMap<string, readonly string[]> {
  const made = new Map<string, string[]>();
  for (const line of SAME_WORDS.trim().split("\n")) {
    const group = [...new Set(terms(line))];
    for (const stem of group) made.set(stem, [...(made.get(stem) ?? []), ...group.filter((other) => other !== stem)]);
  }
  return made;
}

/** How well a term is met by a text's: itself, another word for it, or its beginning. */
export function worth(term: string, held: ReadonlySet<string>): number {
  if (held.has(term)) return 1;
  if (SAME.get(term)?.some((other) => held.has(other)) === true) return OTHER_WORD_WORTH;
  return isBegun(term, held) ? PREFIX_WORTH : 0;
}

/** Itself or its beginning: a name has no other word. */
export const isMet = (term: string, held: ReadonlySet<string>): boolean => held.has(term) || isBegun(term, held);

function isBegun(term: string, held: ReadonlySet<string>): boolean {
  if (term.length < PREFIX_CHARS_MIN) return false;
  for (const other of held)
    if (other.length >= PREFIX_CHARS_MIN && (other.startsWith(term) || term.startsWith(other) || sharedStart(term, other) >= 6))
      return true;
  return false;
}

function sharedStart(one: string, other: string): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  return at;
}
