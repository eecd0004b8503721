import { classOf, DIRECTIONS, INKLESS, UNSEEN, type CodeRun } from "../invisible.ts";
import { findLookalike } from "./confusables.ts";

/** A text as a reader would read it, and what was done to hide it. */
export type Folded = {
  /** In compatibility forms, without marks on letters, without what cannot be seen, look-alikes made Latin; in lower case but for ASCII. */
  readonly text: string;
  /** What tag characters and variation selectors spell, in ASCII; empty where there is none. */
  readonly hidden: string;
  readonly tricks: ReadonlySet<Trick>;
};

/** Permanent words. */
export type Trick = "tag-characters" | "invisible-characters" | "direction-marks" | "look-alikes";

/** Marks above and below letters. Scripts whose vowels are marks have blocks of their own and keep them. */
const MARKS: readonly CodeRun[] = [
  [0x300, 0x36f],
  [0x483, 0x489],
  [0x1ab0, 0x1aff],
  [0x1dc0, 0x1dff],
  [0x20d0, 0x20ff],
  [0xfe20, 0xfe2f],
];
const marks = new RegExp(`[${classOf(MARKS)}]`, "gu");
const ascii = /^[\0-\x7f]*$/;
const word = /[\p{L}\p{N}\p{So}]+/gu;
const latinLetter = /[a-z]/i;
const notAscii = /[^\0-\x7f]+/g;
const directionMark = new RegExp(`[${classOf(DIRECTIONS)}]`, "u");
/** The blank of Braille is left: it reads as a space, and words would run together without it. */
const invisible = new RegExp(`[${classOf(INKLESS)}]`, "gu");
const invisibleInWord = new RegExp(`[a-z](?:[${classOf(UNSEEN)}]+[a-z]){2}`, "iu");

const TAG_FIRST = 0xe0000;
const TAG_LAST = 0xe007f;
/** Variation selectors 17 to 256: one byte each, from 16 on. */
const SELECTOR_FIRST = 0xe0100;
const SELECTOR_LAST = 0xe01ef;

/** Code points of plane 14 have no ink: tags spell ASCII, selectors bytes. */
function readHidden(text: string): { readonly seen: string; readonly hidden: string } {
  if (!text.includes("\udb40")) return { seen: text, hidden: "" };
  let seen = "";
  let hidden = "";
  for (const symbol of text) {
    const code = symbol.codePointAt(0) ?? 0;
    if (code >= TAG_FIRST && code <= TAG_LAST) hidden += code - TAG_FIRST >= 0x20 ? String.fromCharCode(code - TAG_FIRST) : "";
    else if (code >= SELECTOR_FIRST && code <= SELECTOR_LAST) hidden += String.fromCharCode(code - SELECTOR_FIRST + 16);
    else seen += symbol;
  }
  return { seen, hidden };
}

/**
 * Look-alikes become Latin in a word that also has Latin letters, and, in a text that is mostly Latin, in a word made of look-alikes only:
 * Russian and Greek texts stay what they are.
 */
function unmask(text: string): string {
  let latin = 0;
  let others = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90)) latin++;
    else if (code >= 0xc0) others++;
  }
  const mostlyLatin = latin > 2 * others;
  return text.replace(word, (found) => {
    if (ascii.test(found)) return found;
    const letters = Array.from(found, (letter) => (letter < "\u0080" ? letter : findLookalike(letter.codePointAt(0) ?? 0)));
    const isLatin = letters.every((letter) => letter !== undefined);
    const isMixed = latinLetter.test(found);
    if (!isMixed && !(isLatin && (mostlyLatin || found > "\ud800"))) return found;
    const original = Array.from(found);
    return letters.map((letter, at) => letter ?? original[at] ?? "").join("");
  });
}

/** No character of it stands for a Latin letter: what has to be looked at word by word is rare. */
function hasLookalike(text: string): boolean {
  for (const [run] of text.matchAll(notAscii))
    for (const symbol of run) if (findLookalike(symbol.codePointAt(0) ?? 0) !== undefined) return true;
  return false;
}

/** Letters of the languages of Europe, each as the whole way below would make it. */
const europeanLetter = /[\u00c0-\u017f]/g;
const european = /^[\0-\x7f\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u017f]*$/;
const EUROPEAN_FIRST = 0xc0;
const folds = Array.from({ length: 0x180 - EUROPEAN_FIRST }, (_, at) =>
  String.fromCharCode(EUROPEAN_FIRST + at)
    .normalize("NFKD")
    .replace(marks, "")
    .normalize("NFC")
    .replace(notAscii, (found) => found.toLowerCase()),
);
const foldLetter = (letter: string): string => folds[letter.charCodeAt(0) - EUROPEAN_FIRST] ?? letter;

/** Text that has characters outside ASCII. Linear. */
export function foldText(text: string): Folded {
  const tricks = new Set<Trick>();
  if (european.test(text)) {
    const plain = text.replace(europeanLetter, foldLetter);
    const unmasked = hasLookalike(plain) ? unmask(plain) : plain;
    if (unmasked !== plain) tricks.add("look-alikes");
    return { text: unmasked, hidden: "", tricks };
  }
  const { seen, hidden } = readHidden(text);
  if (hidden !== "") tricks.add("tag-characters");
  if (directionMark.test(seen)) tricks.add("direction-marks");
  if (invisibleInWord.test(seen)) tricks.add("invisible-characters");
  const plain = seen
    .replace(invisible, "")
    .normalize("NFKD")
    .replace(marks, "")
    .normalize("NFC")
    .replace(notAscii, (found) => found.toLowerCase());
  const unmasked = hasLookalike(plain) ? unmask(plain) : plain;
  if (unmasked !== plain) tricks.add("look-alikes");
  return { text: unmasked, hidden, tricks };
}
