import { stemmer } from "stemmer";
import { STOP_WORDS } from "./stop-words.ts";

/** A SHA-256 in hex is 64 characters; what is longer is encoded data that nobody types. */
const TERM_CHARS_MAX = 72;
/** Stemming costs more than looking a word up; a vocabulary of this size is a few megabytes. */
const STEM_CACHE_MAX = 50_000;

const ascii = /^[\0-\x7f]*$/;
const asciiToken = /[A-Za-z0-9]+(?:[-_.@'/:+][A-Za-z0-9]+)*/g;
const unicodeToken = /[\p{L}\p{M}\p{N}]+(?:[-_.@'’/:+][\p{L}\p{M}\p{N}]+)*/gu;
const thousands = /(\d),(?=\d{3}(?!\d))/g;
const plainWord = /^[a-z]+$/;
const connector = /[-_.@'’/:+]+/;
const hasConnector = /[-_.@'’/:+]/;
const hasDigit = /\d/;
const decimal = /^\d+(?:\.\d+)+$/;
const humps = /[a-z](?=[A-Z])|[A-Z](?=[A-Z][a-z])/;
const humpEnd = /(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/;
const diacritics = /[\u0300-\u036f]/g;
/** Scripts written without spaces, and Hangul, whose words carry their particles. */
const unspaced =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const unspacedRun =
  /([\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}ー\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{M}]+)/u;

const FOLDED: Readonly<Record<string, string>> = { ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ı: "i" };
const foldable = /[ßæœøłđðþı]/g;

const stems = new Map<string, string>();

function stem(word: string): string {
  const known = stems.get(word);
  if (known !== undefined) return known;
  if (stems.size >= STEM_CACHE_MAX) stems.clear();
  const made = stemmer(word);
  stems.set(word, made);
  return made;
}

/** Compatibility forms, case and Latin diacritics make no difference to what a word is. */
function fold(token: string): string {
  if (ascii.test(token)) return token.toLowerCase();
  return token
    .normalize("NFKD")
    .replace(diacritics, "")
    .normalize("NFC")
    .toLowerCase()
    .replace(foldable, (letter) => FOLDED[letter] ?? letter);
}

function addWord(word: string, into: string[]): void {
  if (word === "" || word.length > TERM_CHARS_MAX || STOP_WORDS.has(word)) return;
  into.push(word.length > 2 && plainWord.test(word) ? stem(word) : word);
}

function addUnspaced(token: string, into: string[]): void {
  for (const run of token.split(unspacedRun)) {
    if (!unspaced.test(run)) {
      addWord(run, into);
      continue;
    }
    const letters = Array.from(run);
    if (letters.length === 1) into.push(run);
    for (let i = 0; i + 1 < letters.length; i++) into.push(`${letters[i] ?? ""}${letters[i + 1] ?? ""}`);
  }
}

function addSimple(raw: string, into: string[]): void {
  const word = fold(raw);
  if (!ascii.test(word) && unspaced.test(word)) {
    addUnspaced(word, into);
    return;
  }
  addWord(word, into);
  if (humps.test(raw)) for (const part of raw.split(humpEnd)) addWord(fold(part), into);
}

/** `don't` and `company's` are words, not two. */
function withoutApostrophe(raw: string): string {
  return raw.replace(/['’](?:s|S)$/, "").replace(/['’]/g, "");
}

function addCompound(raw: string, into: string[]): void {
  const token = withoutApostrophe(raw);
  if (!hasConnector.test(token)) {
    addSimple(token, into);
    return;
  }
  if (decimal.test(token)) {
    addWord(token, into);
    return;
  }
  const parts = token.split(connector);
  const codeLike = hasDigit.test(token) || /[_@.]/.test(token);
  if (codeLike) addWord(fold(token), into);
  else if ((parts[0] ?? "").length <= 2 && token.includes("-")) addWord(fold(parts.join("")), into);
  for (const part of parts) addSimple(part, into);
}

/**
 * The index terms of a text, in order, repeats kept. Words are folded, freed of stop words and stemmed (Porter); what looks like a
 * code (`E-4021`, `max_retries`, `ops@example.com`, `2026-03-01`) is kept whole and in its parts; `getUserName` as well;
 * Chinese, Japanese, Korean and Thai are cut into pairs of characters.
 */
export function terms(text: string): string[] {
  const found: string[] = [];
  const source = text.replace(thousands, "$1");
  const pattern = ascii.test(source) ? asciiToken : unicodeToken;
  for (const [raw] of source.matchAll(pattern)) {
    if (hasConnector.test(raw)) addCompound(raw, found);
    else addSimple(raw, found);
  }
  return found;
}
