import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Finding, FindingType } from "../../../domain/finding.ts";
import { HONORIFICS, INTRODUCTIONS, PLACES, PREFECTURES } from "./japanese-words.ts";
import { SHAPE_EAST_ASIAN, type Tokens } from "./tokens.ts";

/** Finds persons, places and addresses in the Japanese runs of a stretch; says whether it added any. */
export type JapaneseTagger = (text: string, tokens: Tokens, out: Finding[]) => boolean;

type Index = ReadonlyMap<number, readonly string[]>;

const isKanji = (code: number): boolean => (code >= 0x3400 && code <= 0x9fff) || code === 0x3005;
const isKatakana = (code: number): boolean => code >= 0x30a0 && code <= 0x30ff;
const isHiragana = (code: number): boolean => code >= 0x3040 && code <= 0x309f;
const isDigit = (code: number): boolean => (code >= 48 && code <= 57) || (code >= 0xff10 && code <= 0xff19);
const MIDDLE_DOT = 0x30fb;

function indexOf(words: readonly string[]): Index {
  const index = new Map<number, string[]>();
  for (const word of words.toSorted((one, other) => other.length - one.length)) {
    const code = word.charCodeAt(0);
    index.set(code, [...(index.get(code) ?? []), word]);
  }
  return index;
}

/** The longest word of the index that stands at `at`; "" without one. */
const wordAt = (text: string, at: number, index: Index): string =>
  index.get(text.charCodeAt(at))?.find((word) => text.startsWith(word, at)) ?? "";

const GIVEN_KANJI_MAX = 3;
const FOREIGN_CHARS_MAX = 24;
const ADDRESS_CHARS_MAX = 60;

/** How many kanji stand from `at` on, up to `most`. */
function kanjiRun(text: string, at: number, most: number): number {
  let size = 0;
  while (size < most && isKanji(text.charCodeAt(at + size))) size++;
  return size;
}

type Lists = {
  readonly families: Index;
  readonly givens: Index;
  readonly honorifics: Index;
  readonly places: Index;
  readonly prefectures: Index;
};

/** The end of a name that starts with a family name at `at`; -1 when nothing says that it is a name. */
function personEnd(text: string, at: number, lists: Lists): number {
  const family = wordAt(text, at, lists.families);
  if (family === "") return -1;
  const after = at + family.length;
  if (wordAt(text, after, lists.honorifics) !== "" && !text.startsWith("です", after)) return after;
  const space = text.charCodeAt(after) === 0x20 || text.charCodeAt(after) === 0x3000 ? 1 : 0;
  const given = wordAt(text, after + space, lists.givens);
  if (given !== "" && (given.length > 1 || family.length > 1)) return after + space + given.length;
  if (family.length < 2 && space === 0) return -1;
  const introduced = INTRODUCTIONS.some((word) => text.startsWith(word, at - word.length) || text.startsWith(word, at - word.length - 1));
  for (let size = kanjiRun(text, after + space, GIVEN_KANJI_MAX); size > 0; size--) {
    const end = after + space + size;
    if (introduced || wordAt(text, end, lists.honorifics) !== "") return end;
  }
  return introduced && family.length > 1 ? after : -1;
}

/** The end of a foreign name in katakana at `at` that an honorific follows: ジョン・スミスさん. */
function foreignEnd(text: string, at: number, lists: Lists): number {
  const before = text.charCodeAt(at - 1);
  if (!isKatakana(text.charCodeAt(at)) || (at > 0 && isKatakana(before))) return -1;
  let end = at;
  while (end < at + FOREIGN_CHARS_MAX && (isKatakana(text.charCodeAt(end)) || text.charCodeAt(end) === MIDDLE_DOT)) end++;
  return end - at > 1 && wordAt(text, end, lists.honorifics) !== "" && !text.startsWith("です", end) ? end : -1;
}

/** The end of an address that starts with a prefecture at `at`: up to its last number; -1 without one. */
function addressEnd(text: string, at: number, lists: Lists): number {
  if (wordAt(text, at, lists.prefectures) === "") return -1;
  let last = -1;
  for (let next = at; next < at + ADDRESS_CHARS_MAX && next < text.length; next++) {
    const code = text.charCodeAt(next);
    if (isDigit(code) || (last > 0 && (text.startsWith("丁目", next) || text.startsWith("番", next) || text.startsWith("号", next)))) {
      last = next + (text.startsWith("丁目", next) || text.startsWith("番地", next) || text.startsWith("号室", next) ? 2 : 1);
    } else if (
      !(isKanji(code) || isKatakana(code) || isHiragana(code) || code === 0x2d || code === 0x2212 || code === 0xff0d || code === 0x20)
    )
      break;
  }
  return last;
}

const POSTCODE_CHARS = 8;

/** Where the postcode before `at` starts: 〒150-0001; `at` without one. */
function postcodeStart(text: string, at: number): number {
  const end = /\s/u.test(text.charAt(at - 1)) ? at - 1 : at;
  const start = end - POSTCODE_CHARS;
  if (start < 0 || !/^\d{3}[-−－]\d{4}$/u.test(text.slice(start, end))) return at;
  return text.charAt(start - 1) === "〒" ? start - 1 : start;
}

/** `folder` holds the lists of Japanese names. Throws when one is missing. */
export function createJapaneseTagger(folder: string): JapaneseTagger {
  const read = (name: string): readonly string[] =>
    readFileSync(join(folder, `${name}.txt`), "utf8")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("="));
  const lists: Lists = {
    families: indexOf(read("family-kanji").filter((name) => isKanji(name.charCodeAt(0)))),
    givens: indexOf(read("given-kanji")),
    honorifics: indexOf(HONORIFICS),
    places: indexOf(PLACES),
    prefectures: indexOf(PREFECTURES),
  };

  /** What starts at `at`: its type and end. */
  const findAt = (text: string, at: number): readonly [FindingType, number, string] | undefined => {
    const address = addressEnd(text, at, lists);
    if (address > at) return ["ADDRESS", address, "address:ja"];
    const person = Math.max(personEnd(text, at, lists), foreignEnd(text, at, lists));
    if (person > at) return ["PERSON", person, "names:ja"];
    const place = wordAt(text, at, lists.places);
    // 日本語, 中国人: a language or a people, not a place.
    if (place === "" || /^[語人製風]/u.test(text.charAt(at + place.length))) return undefined;
    const isTown = /^[都市区]/u.test(text.charAt(at + place.length));
    return ["LOCATION", at + place.length + (isTown ? 1 : 0), "names:ja"];
  };

  return (text, tokens, out) => {
    const before = out.length;
    let last = 0;
    for (let token = 0; token < tokens.count; token++) {
      if (tokens.shape[token] !== SHAPE_EAST_ASIAN) continue;
      const end = tokens.end[token] ?? 0;
      for (let at = Math.max(last, tokens.start[token] ?? 0); at < end; at++) {
        const found = findAt(text, at);
        if (found === undefined) continue;
        const [type, until, reason] = found;
        const start = type === "ADDRESS" ? Math.max(last, postcodeStart(text, at)) : at;
        out.push({ type, start, end: until, score: 0.85, reason });
        last = until;
        at = until - 1;
      }
    }
    return out.length > before;
  };
}
