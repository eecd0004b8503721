import type { Passage } from "../domain/chat.ts";
import { withoutMiddle } from "./query-ends.ts";
import { codesOf, namesOf } from "./support/facts.ts";
import { terms } from "./terms.ts";
import { units } from "./units.ts";

/** Read for what to look for next. Further down passages are about something else. */
const READ_PASSAGES = 3;
/** Names and codes that the second search asks for besides the question's own words. */
const LEADS_MAX = 5;
/** Of the places, this share belongs to the first search: what it found best answers the question itself. */
const FIRST_SHARE = 0.6;

/** What a text refers to by its number. */
const reference =
  /\b(?:clause|section|article|schedule|annex|appendix|chapter|paragraph|§+|artikel|abschnitt|anlage|ziffer|annexe|cláusula|artículo|clausola|articolo)\s*(?:\d+(?:\.\d+)*|\p{Lu}(?!\p{L}))/giu;
const quoted = /["“„«]([^"“”„«»\n]{3,60})["”“»]/g;

/**
 * What a second search should ask for: names, codes and terms in quotation marks that stand in the best passages beside the question's own words, and
 * that the question does not name. undefined: there are none, and the first search is all there is to be found.
 */
export function hopQuery(query: string, passages: readonly Pick<Passage, "text" | "title">[]): string | undefined {
  const asked = new Set(terms(withoutMiddle(query)));
  const leads = new Map<string, number>();
  for (const [rank, { text, title }] of passages.slice(0, READ_PASSAGES).entries()) {
    const known = new Set(terms(title));
    for (const { start, end, kind } of units(text)) {
      if (kind === "code") continue;
      const sentence = text.slice(start, end);
      const met = new Set(terms(sentence).filter((term) => asked.has(term))).size;
      if (met === 0) continue;
      for (const lead of leadsOf(sentence)) {
        const own = terms(lead);
        if (own.every((term) => asked.has(term) || known.has(term))) continue;
        leads.set(lead, (leads.get(lead) ?? 0) + met / (1 + rank));
      }
    }
  }
  const best = [...leads].toSorted((one, other) => other[1] - one[1]).slice(0, LEADS_MAX);
  return best.length === 0 ? undefined : `${best.map(([lead]) => lead).join(" ")} ${query}`;
}

function leadsOf(sentence: string): readonly string[] {
  const plain = sentence.replace(/[*_`#|]+/g, " ");
  const names = namesOf(plain).map((name) => name.join(" "));
  return [
    ...new Set([
      ...names,
      ...codesOf(plain),
      ...(plain.match(reference) ?? []),
      ...Array.from(plain.matchAll(quoted), (match) => match[1] ?? ""),
    ]),
  ];
}

/** Two lists of a search's chunks as one: the first's best, then by turns what is new in the second and the rest of the first. */
export function joinHops<T extends { readonly no: number }>(first: readonly T[], second: readonly T[], limit: number): readonly T[] {
  const sure = first.slice(0, Math.ceil(limit * FIRST_SHARE));
  const rest = first.slice(sure.length);
  const known = new Set(sure.map(({ no }) => no));
  const joined = [...sure];
  const fresh = second.filter(({ no }) => !known.has(no));
  for (let at = 0; at < Math.max(fresh.length, rest.length); at++)
    for (const one of [fresh[at], rest[at]]) {
      if (one === undefined || known.has(one.no)) continue;
      known.add(one.no);
      joined.push(one);
    }
  return joined;
}
