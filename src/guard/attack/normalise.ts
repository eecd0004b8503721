import { cutRuns, decodeRuns, joinLetters, joinWords, readLeet, resolveEscapes } from "./decode.ts";
import { foldText, type Trick } from "./fold.ts";
import { respell } from "./respell.ts";
import { profile, shift, type Profile } from "./profile.ts";

/** One way to read a text. */
export type View = { readonly text: string; readonly how: Reading };
/** Permanent words. `plain` is the text as it stands, without unicode tricks. */
export type Reading =
  | "plain"
  | "tag-characters"
  | "base64"
  | "hex"
  | "binary"
  | "escapes"
  | "rot13"
  | "reversed"
  | "leetspeak"
  | "spaced-letters"
  | "unspaced-words"
  | "misspelt"
  | "joined-words";

export type Views = {
  /** The plain view first, always; then what else the text may say. */
  readonly views: readonly View[];
  readonly tricks: readonly Trick[];
};

/** With the plain one. Each view costs about as much as the text itself, so this bounds the work at a multiple of its length. */
export const VIEWS_MAX = 10;
/** Bytes decoded of one text in all: longer is a file, and decoy data must not use this up before a payload is reached. */
export const DECODED_BYTES_MAX = 262_144;
/** Encoded once more inside: `base64(base64(x))`. Deeper, models fail to follow as well. */
const DEPTH_MAX = 2;

const CODE_RUN_MIN = 20;
const BYTE_ROW_MIN = 8;
const ESCAPES_MIN = 3;
const LETTER_ROW_MIN = 5;
const STRANGE_WORDS_MIN = 2;
const MISSPELT_MIN = 2;
/** No word of the languages of Europe, and few names, have so many letters. */
const LETTER_RUN_MIN = 24;

/** Quotation marks, dashes, bullets and the like: most texts that are not ASCII have no more than these, and they hide nothing. */
const typographic = /^[\0-\x7f\u00a0\u00a7\u00a9\u00ae\u00b0\u2010-\u2027\u2030-\u203a\u20ac\u2122]*$/;
const NO_TRICKS: readonly Trick[] = [];

/** Whole-text readings: what the text says if it is written in that manner. */
function addReadings(text: string, found: Profile, add: (view: View) => void): void {
  if (found.escapes >= ESCAPES_MIN) {
    const resolved = resolveEscapes(text);
    if (resolved !== text) add({ text: foldText(resolved).text, how: "escapes" });
  }
  if (found.maybeMisspelt >= MISSPELT_MIN) {
    const meant = respell(text);
    if (meant !== text) add({ text: meant, how: "misspelt" });
  }
  if (found.letterRun >= LETTER_RUN_MIN) add({ text: cutRuns(text, LETTER_RUN_MIN), how: "unspaced-words" });
  if (found.letterRow >= LETTER_ROW_MIN) add({ text: joinLetters(text), how: "spaced-letters" });
  if (found.isMixed) {
    const read = readLeet(text);
    add({ text: found.letterRow >= LETTER_ROW_MIN ? joinLetters(read) : read, how: "leetspeak" });
  }
  if (found.isJointed || found.isAdded) add({ text: joinWords(text), how: "joined-words" });
  if (found.shiftedWords >= STRANGE_WORDS_MIN) add({ text: shift(text), how: "rot13" });
  if (found.backwardWords >= STRANGE_WORDS_MIN) {
    const backwards = Array.from(text).toReversed().join("");
    add({ text: backwards, how: "reversed" });
    // Each word by itself written backwards: the words of the reversed text in the order of the first.
    add({ text: backwards.split(/\s+/).toReversed().join(" "), how: "reversed" });
  }
}

/**
 * The ways in which a text can be read: as it stands, freed of unicode tricks, and with encodings and disguises undone. Linear; the number
 * of views and the bytes decoded are bounded. An ordinary text has one view, itself.
 */
export function normalise(text: string): Views {
  const first = profile(text);
  const isPlain = first.isAscii || typographic.test(text);
  if (isPlain && isOrdinary(first)) return { views: [{ text, how: "plain" }], tricks: NO_TRICKS };
  const folded = isPlain ? undefined : foldText(text);
  const plain = folded?.text ?? text;
  const views: View[] = [{ text: plain, how: "plain" }];
  const add = (view: View): void => {
    if (views.length < VIEWS_MAX && view.text.trim() !== "") views.push(view);
  };
  if (folded !== undefined && folded.hidden !== "") add({ text: folded.hidden.slice(0, DECODED_BYTES_MAX), how: "tag-characters" });
  // What folding made of full-width digits or of joiners between letters shows only now.
  const found = folded === undefined ? first : profile(plain);
  if (!isOrdinary(found)) addReadings(plain, found, add);
  // Case matters to base64, so the text as it came is decoded.
  addDecoded(text, Math.max(first.codeRun, found.codeRun), Math.max(first.byteRow, found.byteRow), DEPTH_MAX, add);
  return { views, tricks: folded === undefined ? NO_TRICKS : [...folded.tricks] };
}

function addDecoded(text: string, codeRun: number, byteRow: number, depth: number, add: (view: View) => void): void {
  if (depth === 0 || (codeRun < CODE_RUN_MIN && byteRow < BYTE_ROW_MIN)) return;
  const parts = decodeRuns(text, { bytesMax: DECODED_BYTES_MAX, hasRuns: codeRun >= CODE_RUN_MIN, hasRows: byteRow >= BYTE_ROW_MIN });
  if (parts.length === 0) return;
  const [{ how } = { how: "base64" as const }] = parts;
  const joined = parts.map((part) => part.text).join(" ");
  const within = profile(joined);
  const seen = within.isAscii ? joined : foldText(joined).text;
  add({ text: seen, how });
  if (!isOrdinary(within)) addReadings(seen, within, (view) => add({ text: view.text, how }));
  addDecoded(joined, within.codeRun, within.byteRow, depth - 1, (view) => add({ text: view.text, how }));
}

function isOrdinary(found: Profile): boolean {
  return (
    found.codeRun < CODE_RUN_MIN &&
    found.byteRow < BYTE_ROW_MIN &&
    found.escapes < ESCAPES_MIN &&
    found.maybeMisspelt < MISSPELT_MIN &&
    found.letterRun < LETTER_RUN_MIN &&
    !found.isMixed &&
    found.letterRow < LETTER_ROW_MIN &&
    !(found.isJointed || found.isAdded) &&
    found.shiftedWords < STRANGE_WORDS_MIN &&
    found.backwardWords < STRANGE_WORDS_MIN
  );
}
