import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  FAMILY_SHIFT,
  GIVEN_SHIFT,
  LABEL_WORD,
  ORDINARY_MASK,
  ORGANISATION_SHIFT,
  PHRASE_START,
  PLACE_SHIFT,
  ROLE_MASK,
  ROLE_SHIFT,
  roleOf,
} from "./attributes.ts";
import { LEXICON_LINES } from "../lexicon-lines.ts";
import { foldWord } from "./fold.ts";
import { FORM_WORDS } from "./label-words.ts";
import { ROLES, roleWords } from "./roles.ts";
import { hashEnd, hashJoin, hashStep, HASH_SEED } from "./word-hash.ts";
import { addWord, createWordTable, findWord, type WordTable } from "./word-table.ts";

/** For some 330,000 words: 4 MiB. */
const SLOTS = 1 << 19;

export type Lexicon = {
  /** The attributes of a word, or of several joined, by hash; 0 when unknown. */
  readonly find: (hash: number) => number;
};

/**
 * Reads a list in which each line leaves out what it shares with the line before (a base-36 digit says how much); `=3` starts a level.
 * The hashes of all prefixes of the last line are kept, so a line costs only its own letters.
 */
function addCoded(table: WordTable, bytes: Uint8Array, shift: number): void {
  const hashes = new Int32Array(256).fill(HASH_SEED);
  /** The hash of the words before the last space, for each prefix. */
  const joined = new Int32Array(256);
  const field = (shift === 0 ? ORDINARY_MASK : 3) << shift;
  const size = bytes.length;
  let attributes = 0;
  for (let at = 0; at < size; at++) {
    const first = bytes[at++] ?? 0;
    if (first === 0x3d) {
      attributes = ((bytes[at++] ?? 0) - 48) << shift;
      continue;
    }
    let length = first < 58 ? first - 48 : first - 87;
    let hash = hashes[length] ?? 0;
    let left = joined[length] ?? 0;
    for (let code = bytes[at] ?? 10; code !== 10; code = bytes[++at] ?? 10) {
      if (code === 32) {
        const word = hashEnd(hash);
        if (left === 0) addWord(table, word, PHRASE_START, PHRASE_START);
        left = left === 0 ? word : hashJoin(left, word);
        hash = HASH_SEED;
      } else hash = hashStep(hash, code);
      hashes[++length] = hash;
      joined[length] = left;
    }
    const word = hashEnd(hash);
    addWord(table, left === 0 ? word : hashJoin(left, word), attributes, field);
  }
}

export function hashWord(word: string): number {
  let hash = HASH_SEED;
  for (let at = 0; at < word.length; at++) hash = hashStep(hash, word.charCodeAt(at));
  return hashEnd(hash);
}

/** Words outside ASCII, whole lines; `=3` starts a level. */
function addPlain(table: WordTable, text: string, shift: number): void {
  let level = 0;
  for (const line of text.split("\n")) {
    if (line.startsWith("=")) level = Number(line.slice(1));
    else if (line !== "") addWord(table, hashWord(line), level << shift, (shift === 0 ? ORDINARY_MASK : 3) << shift);
  }
}

function addOrganisations(table: WordTable, text: string): void {
  for (const line of text.split("\n")) {
    const words = foldWord(line)
      .split(/[^a-z]+/u)
      .filter((word) => word !== "");
    const hashes = words.map(hashWord);
    const [first] = hashes;
    if (first === undefined) continue;
    if (hashes.length > 1) addWord(table, first, PHRASE_START, PHRASE_START);
    addWord(table, hashes.reduce(hashJoin), 2 << ORGANISATION_SHIFT, 3 << ORGANISATION_SHIFT);
  }
}

function addRoles(table: WordTable): void {
  for (const [word, role] of roleWords()) {
    const hash = hashWord(foldWord(word));
    addWord(table, hash, role << ROLE_SHIFT, ROLE_MASK << ROLE_SHIFT);
    const isOrganisation = role === ROLES.company || role === ROLES.institution;
    if (isOrganisation) addWord(table, hash, 1 << ORGANISATION_SHIFT, 3 << ORGANISATION_SHIFT);
  }
}

/** The words of every label that the other rules know. Particles of names ("de", "la") are among them and stay what they are. */
function addLabels(table: WordTable): void {
  const words = new Set([...LEXICON_LINES.map(({ phrases }) => phrases), FORM_WORDS].flatMap((list) => list.split(/[\s|'’.\-/_]+/u)));
  // "Versicherten-Nr." is "Versichertennr." as well.
  for (const { phrases } of LEXICON_LINES) for (const phrase of phrases.split("|")) words.add(phrase.replaceAll(/[\s-]/gu, ""));
  for (const word of words) {
    const hash = hashWord(foldWord(word));
    if (word !== "" && roleOf(findWord(table, hash)) !== ROLES.particle) addWord(table, hash, LABEL_WORD, LABEL_WORD);
  }
}

/** Reads the lists of `folder`: about 2 MB. Throws when one is missing. */
export function createLexicon(folder: string): Lexicon {
  const table = createWordTable(SLOTS);
  const bytes = (name: string): Uint8Array => readFileSync(join(folder, `${name}.txt`));
  const text = (name: string): string => readFileSync(join(folder, `${name}.txt`), "utf8");
  addCoded(table, bytes("ordinary"), 0);
  addCoded(table, bytes("given"), GIVEN_SHIFT);
  addCoded(table, bytes("family"), FAMILY_SHIFT);
  addCoded(table, bytes("place"), PLACE_SHIFT);
  addPlain(table, text("ordinary-devanagari"), 0);
  addPlain(table, text("given-devanagari"), GIVEN_SHIFT);
  addPlain(table, text("family-devanagari"), FAMILY_SHIFT);
  addPlain(table, text("place-devanagari"), PLACE_SHIFT);
  addOrganisations(table, text("organisation"));
  addRoles(table);
  addLabels(table);
  return { find: (hash) => findWord(table, hash) };
}
