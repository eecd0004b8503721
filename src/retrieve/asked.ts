import { DEFAULT_LANGUAGE } from "../domain/language.ts";
import { languageOf } from "./languages/language.ts";
import { spokenLanguage } from "./languages/spoken.ts";
import { cut, type Pieces } from "./terms.ts";
import { fold } from "./languages/fold.ts";
import { withoutMiddle } from "./query-ends.ts";
import { termId } from "./term-id.ts";

/**
 * One word of a query: the terms that documents of different languages made of it, by `termId`, and how often it is asked for. They count as one
 * term: a chunk has it as often as it has any of them, and so many chunks have it as have one of them, added up.
 */
export type AskedTerm = { readonly ids: readonly number[]; readonly count: number };

/** Each term is read whole, so a pasted page must not become a query of a thousand. Questions stand at its beginning or end. */
const QUERY_TERMS_MAX = 48;

type Word = { readonly terms: Set<string>; count: number };

/**
 * What a query asks for of a collection that holds documents of these languages. The language of a few words cannot be told, so each word is
 * looked for in every form that one of them gives it.
 */
export function askedTerms(text: string, languages: readonly string[]): readonly AskedTerm[] {
  const query = withoutMiddle(text);
  const held = languages.length === 0 ? [DEFAULT_LANGUAGE] : languages;
  const words = wordsOf(query, held);
  const distinct = [...words.values()];
  const half = QUERY_TERMS_MAX / 2;
  const kept = distinct.length <= QUERY_TERMS_MAX ? distinct : [...distinct.slice(0, half), ...distinct.slice(-half)];
  return joinShared(kept).map((one) => ({ ids: [...one.terms].map(termId), count: one.count }));
}

function wordsOf(query: string, held: readonly string[]): ReadonlyMap<string, Word> {
  const spoken = held.length === 1 ? undefined : spokenLanguage(query);
  const isSmall = (written: string): boolean => spoken !== undefined && languageOf(spoken).reduce(written) === "";
  const words = new Map<string, Word>();
  for (const code of held) {
    const language = languageOf(code);
    const counts = new Map<string, number>();
    const add = (key: string, term: string): void => {
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      const known = words.get(key);
      if (known === undefined) words.set(key, { terms: new Set([term]), count });
      else {
        known.terms.add(term);
        known.count = Math.max(known.count, count);
      }
    };
    const pieces: Pieces = {
      word(written) {
        const term = language.reduce(written);
        if (term !== "" && !isSmall(written)) add(fold(written), term);
      },
      whole: (term) => add(term, term),
    };
    cut(query, language, pieces, true);
  }
  return words;
}

/** Two forms of one word are asked for twice, not apart: their entries would be read and counted twice. */
function joinShared(words: readonly Word[]): readonly Word[] {
  const byTerm = new Map<string, Word>();
  const joined = new Set<Word>();
  for (const word of words) {
    const others = new Set([...word.terms].flatMap((term) => byTerm.get(term) ?? []));
    const whole: Word = { terms: new Set(word.terms), count: word.count };
    for (const other of others) {
      joined.delete(other);
      whole.count += other.count;
      for (const term of other.terms) whole.terms.add(term);
    }
    joined.add(whole);
    for (const term of whole.terms) byTerm.set(term, whole);
  }
  return [...joined];
}
