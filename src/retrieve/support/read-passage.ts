import type { Passage } from "../../domain/chat.ts";
import { spokenLanguage } from "../languages/spoken.ts";
import { terms } from "../terms.ts";
import { units, type Unit } from "../units.ts";
import { acronymOf, codesOf, figuresOf, initialsOf, namesOf, type Figure } from "./facts.ts";
import { clausesOf, type Clause } from "./polarity.ts";

/** A sentence of a passage, as statements are held against it. */
export type Sentence = {
  readonly text: string;
  readonly terms: ReadonlySet<string>;
  readonly clauses: readonly (Clause & { readonly figures: readonly Figure[] })[];
  readonly figures: readonly Figure[];
  /** What stands above it in the passage: its heading, and a table's first row. */
  readonly above: ReadonlySet<string>;
};

/** A passage taken apart once, for all statements that cite it. */
export type ReadPassage = {
  /** ISO 639-1; undefined: cannot be told. */
  readonly language: string | undefined;
  readonly sentences: readonly Sentence[];
  /** Of title, headings and names of its file and collection: what it is about without saying it. */
  readonly about: ReadonlySet<string>;
  readonly aboutFigures: readonly Figure[];
  /** Every word in it and about it, as written, in lower case, and its names' acronyms. */
  readonly words: ReadonlySet<string>;
  /** Codes and acronyms in it. */
  readonly codes: ReadonlySet<string>;
  /** Beginnings of its words in a row. */
  readonly initials: string;
};

const wordOf = /[\p{L}\p{M}\p{N}]+/gu;

/** Of one passage: a few times the longest that is made by default. */
const PASSAGE_CHARS_MAX = 40_000;

export function readPassage(passage: Passage): ReadPassage {
  const { title, headings, filename } = passage;
  const text = passage.text.slice(0, PASSAGE_CHARS_MAX);
  const language = spokenLanguage(text.slice(0, 4000));
  const setOf = (of: string): ReadonlySet<string> => new Set(terms(of, language));
  const about = [title, ...headings, filename].join("\n");
  const sentences: Sentence[] = [];
  let heading = "";
  let header: string | undefined;
  for (const unit of joinDates(text, units(text))) {
    const raw = text.slice(unit.start, unit.end);
    if (unit.kind === "heading") heading = raw;
    if (unit.kind !== "row") header = undefined;
    else header ??= raw;
    const above = setOf(`${heading}\n${header ?? ""}`);
    const clauses = unit.kind === "row" ? [raw] : clausesOf(raw);
    sentences.push({
      text: raw,
      terms: setOf(raw),
      clauses: clauses.map((clause) => ({ text: clause, terms: setOf(clause), figures: figuresOf(clause) })),
      figures: figuresOf(raw),
      above,
    });
  }
  const whole = `${text}\n${about}`;
  const words = new Set((whole.match(wordOf) ?? []).map((one) => one.toLowerCase()));
  const codes = new Set(codesOf(whole));
  for (const code of codes) words.add(code);
  for (const name of namesOf(whole)) if (name.length > 1) words.add(acronymOf(name));
  return { language, sentences, about: setOf(about), aboutFigures: figuresOf(about), words, codes, initials: initialsOf(whole) };
}

/** `am 31. März`: the point ends no sentence. */
function joinDates(text: string, found: readonly Unit[]): readonly Unit[] {
  const joined: Unit[] = [];
  for (const unit of found) {
    const last = joined.at(-1);
    if (last?.kind === "sentence" && unit.kind === "sentence" && /(?<!\d)\d{1,2}\.$/.test(text.slice(last.start, last.end)))
      joined[joined.length - 1] = { ...last, end: unit.end, closes: unit.closes };
    else joined.push(unit);
  }
  return joined;
}
