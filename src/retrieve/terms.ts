import { fold } from "./languages/fold.ts";
import { languageOf, TERM_CHARS_MAX, type Language } from "./languages/language.ts";
import { isUnspaced, unspacedTerms } from "./languages/unspaced.ts";

const ascii = /^[\0-\x7f]*$/;
const asciiToken = /[A-Za-z0-9]+(?:[-_.@'/:+][A-Za-z0-9]+)*/g;
const unicodeToken = /[\p{L}\p{M}\p{N}]+(?:[-_.@'’/:+][\p{L}\p{M}\p{N}]+)*/gu;
/** A space that does not break a line is one inside a number. */
const thousands = /(\d)[,\u00a0\u202f](?=\d{3}(?!\d))/g;
const pointThousands = /(?<![\d.,])\d{1,3}(?:\.\d{3})+(?![\d.]\d)(?!\d)/g;
const connector = /[-_.@'’/:+]+/;
const hasConnector = /[-_.@'’/:+]/;
const hasDigit = /\d/;
const decimal = /^\d+(?:\.\d+)+$/;
const humps = /[a-z](?=[A-Z])|[A-Z](?=[A-Z][a-z])/;
const humpEnd = /(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/;

/** What a text is made of: words, which are reduced as their language does it, and what stays as it is. */
export type Pieces = {
  /** As it is written. */
  word(written: string): void;
  /** A code, a number, or a part of a text without spaces: a term already. */
  whole(term: string): void;
};

/**
 * Cuts a text: what looks like a code (`E-4021`, `max_retries`, `ops@example.com`, `2026-03-01`) is kept whole and in its parts; `getUserName` as
 * well; Chinese, Japanese, Korean, Thai and their like are cut by `unspacedTerms`. `asked`: it is a query.
 */
export function cut(text: string, language: Language, into: Pieces, asked = false): void {
  const plain = ascii.test(text);
  const joined = text.replace(thousands, "$1");
  const source = language.pointsPartThousands ? joined.replace(pointThousands, (number) => number.replaceAll(".", "")) : joined;
  for (const [raw] of source.matchAll(plain ? asciiToken : unicodeToken)) {
    if (hasConnector.test(raw)) addCompound(raw, language, into, asked);
    else addSimple(raw, plain, into, asked);
  }
}

function addSimple(raw: string, plain: boolean, into: Pieces, asked: boolean): void {
  if (!plain && !ascii.test(raw) && isUnspaced(raw)) {
    addUnspaced(raw, into, asked);
    return;
  }
  into.word(raw);
  if (humps.test(raw)) for (const part of raw.split(humpEnd)) into.word(part);
}

function addUnspaced(raw: string, into: Pieces, asked: boolean): void {
  for (const { text, spaced } of unspacedTerms(fold(raw), asked)) {
    if (spaced) into.word(text);
    else into.whole(text);
  }
}

/** `don't` and `company's` are words, not two; `l'article` is two. */
function withoutApostrophe(raw: string, { elided }: Language): string {
  const rest = elided === undefined ? raw : raw.replace(elided, "");
  return rest.replace(/['’](?:s|S)$/, "").replace(/['’]/g, "");
}

function addCompound(raw: string, language: Language, into: Pieces, asked: boolean): void {
  const token = withoutApostrophe(raw, language);
  if (!hasConnector.test(token)) {
    addSimple(token, false, into, asked);
    return;
  }
  if (decimal.test(token)) {
    addWhole(token, into);
    return;
  }
  const parts = token.split(connector);
  const codeLike = hasDigit.test(token) || /[_@.]/.test(token);
  if (codeLike) addWhole(fold(token), into);
  else if ((parts[0] ?? "").length <= 2 && token.includes("-")) into.word(parts.join(""));
  for (const part of parts) addSimple(part, false, into, asked);
}

function addWhole(term: string, into: Pieces): void {
  if (term.length <= TERM_CHARS_MAX) into.whole(term);
}

/**
 * The index terms of a text in a language (ISO 639-1; English where none is named), in order, repeats kept. Words are folded, freed of
 * stop words and stemmed; a language that nobody here knows is folded only.
 */
export function terms(text: string, code?: string | null): string[] {
  const language = languageOf(code);
  const found: string[] = [];
  cut(text, language, {
    word(written) {
      const term = language.reduce(written);
      if (term !== "") found.push(term);
    },
    whole: (term) => void found.push(term),
  });
  return found;
}
