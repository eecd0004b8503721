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
const marks = /[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]/g;
const ascii = /^[\0-\x7f]*$/;
const word = /[\p{L}\p{N}\p{So}]+/gu;
const latinLetter = /[a-z]/i;
const notAscii = /[^\0-\x7f]+/g;
const directionMark = /[\u200e\u200f\u202a-\u202e\u2066-\u2069\u061c]/;
/** Soft hyphens, joiners, spaces without width, fillers and the rest of what leaves no ink. One joiner belongs to emoji and to Indic scripts. */
const invisible = /[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb]/g;
const invisibleInWord = /[a-z](?:[\u00ad\u034f\u180e\u200b-\u200d\u2060-\u2064\ufeff]+[a-z]){2}/i;

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

/** Text that has characters outside ASCII. Linear. */
export function foldText(text: string): Folded {
  const tricks = new Set<Trick>();
  const { seen, hidden } = readHidden(text);
  if (hidden !== "") tricks.add("tag-characters");
  if (directionMark.test(seen)) tricks.add("direction-marks");
  if (invisibleInWord.test(seen)) tricks.add("invisible-characters");
  const plain = seen.replace(invisible, "").normalize("NFKD").replace(marks, "").normalize("NFC").replace(notAscii, (found) => found.toLowerCase());
  const unmasked = ascii.test(plain) ? plain : unmask(plain);
  if (unmasked !== plain) tricks.add("look-alikes");
  return { text: unmasked, hidden, tricks };
}
