import { ASK, CODE, DIGIT, LETTER, LINE, ARITHMETIC, SPACE, WIDE, signOf } from "./signs.ts";
import { noWords, WORD_KINDS, WORDS, type WordCounts, type WordKind } from "./words.ts";

/** What one pass over a text counted. Words of the lists count by where they stand: see `weightOf`. Of a long text only the ends are read. */
export type Reading = {
  /** Of the whole text, in UTF-16 code units, whatever was read of it. */
  readonly length: number;
  /** Of the whole text: where only its ends were read, as many as they lead to expect. */
  readonly words: number;
  readonly questions: number;
  readonly numbers: number;
  /** Letters that stand alone, as `x` and `n` do; not `a` and `I`. */
  readonly variables: number;
  /** `=`, `^`, `≤`, `∑`, a backslash before a word, `*` and `/` between figures. */
  readonly operators: number;
  /** Braces, brackets, semicolons and the like, as programs and data have them. */
  readonly codeMarks: number;
  readonly fences: number;
  /** Lines that begin as items of a list do. */
  readonly items: number;
  /** Parts that have a label of their own: `Scenario 1 |`, `Part 2:`, `(b)`, `III`. */
  readonly parts: number;
  readonly kinds: Readonly<WordCounts>;
};

/** Code units read at each end of a text. What is asked stands at an end; what lies between is what it is asked about. */
const END_UNITS = 6_000;
/** Words so near to an end, in code units, count whole; those between count a quarter. */
const ASKED_UNITS = 900;
const BETWEEN_WEIGHT = 0.25;
/** Longer is no word. */
const WORD_UNITS_MAX = 40;
const STEM_UNITS = 6;

type Entry = { readonly kind: WordKind | undefined; /** It may begin an entry of two words. */ readonly begins: boolean };

const ENTRIES = new Map<string, Entry>();
const PAIRS = new Map<string, WordKind>();
const STEMS = new Map<string, WordKind>();
/** Words of scripts without spaces, by their first character. */
const WIDE_WORDS = new Map<number, { readonly word: string; readonly kind: WordKind }[]>();
for (const kind of WORD_KINDS) {
  for (const word of WORDS[kind].split(" ")) {
    if (word.endsWith("*")) STEMS.set(word.slice(0, -1), kind);
    else if (word.includes("_")) {
      const [first = "", second = ""] = word.split("_");
      PAIRS.set(`${first} ${second}`, kind);
      ENTRIES.set(first, { kind: ENTRIES.get(first)?.kind, begins: true });
    } else if (signOf(word.charCodeAt(0)) === WIDE) {
      const first = word.charCodeAt(0);
      WIDE_WORDS.set(first, [...(WIDE_WORDS.get(first) ?? []), { word, kind }]);
    } else ENTRIES.set(word, { kind, begins: ENTRIES.get(word)?.begins ?? false });
  }
}

type Tally = { -readonly [Name in Exclude<keyof Reading, "kinds">]: number };

/** Reads what is counted. Linear in `2 * END_UNITS`, whatever the length of the text. */
export function readText(whole: string): Reading {
  const cut = whole.length > 2 * END_UNITS;
  const text = (cut ? `${whole.slice(0, END_UNITS)}\n${whole.slice(-END_UNITS)}` : whole).toLowerCase();
  const kinds = noWords();
  const tally: Tally = {
    length: whole.length,
    words: 0,
    questions: 0,
    numbers: 0,
    variables: 0,
    operators: 0,
    codeMarks: 0,
    fences: 0,
    items: 0,
    parts: 0,
  };
  let previous = "";
  let at = 0;
  while (at < text.length) {
    const start = at;
    const code = text.charCodeAt(at++);
    const sign = signOf(code);
    if (sign === LETTER) {
      while (at < text.length && isInWord(text.charCodeAt(at))) at++;
      tally.words++;
      if (at - start > WORD_UNITS_MAX) {
        previous = "";
        continue;
      }
      const word = text.slice(start, at);
      if (isPart(word, text, start, at)) tally.parts++;
      else if (at - start === 1 && code > 97 && code < 123 && code !== 105) tally.variables++;
      previous = countWord(word, previous, kinds, weightOf(start, text.length));
      continue;
    }
    if (sign === WIDE) {
      // An ideograph is about half a word; the lists hold words of two and more of them.
      tally.words += 0.5;
      countWide(text, start, kinds, weightOf(start, text.length));
      previous = "";
      continue;
    }
    if (sign === DIGIT) {
      while (at < text.length && isInNumber(text.charCodeAt(at))) at++;
      tally.numbers++;
      if (at - start <= 2 && isLabel(text, start, at)) tally.parts++;
      previous = "";
      continue;
    }
    at = countSign(sign, text, start, tally);
    if (sign !== SPACE) previous = "";
  }
  if (cut) tally.words *= whole.length / text.length;
  return { ...tally, kinds };
}

function isInWord(code: number): boolean {
  const sign = signOf(code);
  return sign === LETTER || sign === DIGIT;
}

const isRoman = (word: string): boolean => word === "ii" || word === "iii" || word === "iv";

/** "World War II" is a name, and no second part. */
const isAfterWord = (text: string, start: number): boolean =>
  text.charCodeAt(start - 1) === 0x20 && signOf(text.charCodeAt(start - 2)) === LETTER;

/** Whether a word is the label of a part: a Roman figure, or a letter in brackets that no name stands before. */
function isPart(word: string, text: string, start: number, end: number): boolean {
  if (isRoman(word)) return !isAfterWord(text, start);
  if (word.length !== 1 || text.charCodeAt(end) !== 0x29) return false;
  const before = text.charCodeAt(start - 1);
  return before === 0x28 ? !(text.charCodeAt(start - 2) > 32) : !(before > 32);
}

/** Whether a figure is the label of what follows: a word before it, and a bar, a colon or the end of the line after it. */
function isLabel(text: string, start: number, end: number): boolean {
  if (!isAfterWord(text, start)) return false;
  const next = text.charCodeAt(end);
  const after = next === 0x20 ? text.charCodeAt(end + 1) : next;
  return after === 0x7c || after === 0x3a || after === 0x29;
}

/** Figures with their points and commas. */
const isInNumber = (code: number): boolean => (code >= 48 && code <= 57) || code === 44 || code === 46;

const weightOf = (at: number, length: number): number => (at < ASKED_UNITS || at > length - ASKED_UNITS ? 1 : BETWEEN_WEIGHT);

/** Counts a word, and the pair that it makes with the one before. What it returns is the word before the next, where that may make a pair. */
function countWord(word: string, previous: string, kinds: WordCounts, weight: number): string {
  const pair = previous === "" ? undefined : PAIRS.get(`${previous} ${word}`);
  if (pair !== undefined) kinds[pair] += weight;
  const entry = ENTRIES.get(word);
  const kind = entry?.kind ?? stemOf(word);
  if (kind !== undefined) kinds[kind] += weight;
  return entry?.begins === true ? word : "";
}

const stemOf = (word: string): WordKind | undefined => (word.length < STEM_UNITS ? undefined : STEMS.get(word.slice(0, STEM_UNITS)));

function countWide(text: string, at: number, kinds: WordCounts, weight: number): void {
  for (const { word, kind } of WIDE_WORDS.get(text.charCodeAt(at)) ?? []) {
    if (text.startsWith(word, at)) kinds[kind] += weight;
  }
}

/** Counts what is neither word nor number; where reading goes on. */
function countSign(sign: number, text: string, start: number, tally: Tally): number {
  switch (sign) {
    case LINE:
      if (isItem(text, start + 1)) tally.items++;
      return start + 1;
    case ASK:
      tally.questions++;
      return start + 1;
    case ARITHMETIC:
      tally.operators++;
      return start + 1;
    case CODE: {
      const code = text.charCodeAt(start);
      let end = start + 1;
      while (text.charCodeAt(end) === code) end++;
      if (code === 0x60 && end - start >= 3) tally.fences++;
      else tally.codeMarks++;
      return end;
    }
    default:
      return start + 1;
  }
}

/** Whether a line begins as an item does: `- `, `* `, `• `, `1. `, `2) `. */
function isItem(text: string, start: number): boolean {
  let at = start;
  while (text.charCodeAt(at) === 0x20) at++;
  const code = text.charCodeAt(at);
  if (code === 0x2d || code === 0x2a || code === 0x2022) return text.charCodeAt(at + 1) === 0x20;
  if (code < 48 || code > 57) return false;
  const after = text.charCodeAt(at + 1);
  return (after === 0x2e || after === 0x29) && text.charCodeAt(at + 2) === 0x20;
}
