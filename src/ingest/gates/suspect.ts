import { nameOfPage } from "../../domain/page.ts";
import type { PageStart } from "../../domain/page.ts";
import type { SuspectReason } from "../../domain/quarantine.ts";
import { detectLanguages } from "../../retrieve/index.ts";

/** Less text says nothing about what it is: a number in a cell, a line of a drawing. */
const CHARS_MIN = 200;

/** Of characters that stand for none: a text has a few where a font lacked one; where every twentieth is one, words are broken. */
const UNREADABLE_SHARE_MAX = 0.05;
/** UTF-8 that was read as Windows-1252 and written again: an article about that shows some, a broken text has them in every other word. */
const TWICE_ENCODED_MIN = 5;
const TWICE_ENCODED_SHARE_MAX = 0.02;
/** Letters and digits against signs, a run of one sign as one: prose has 0.95 of them, tables 0.7 and more. */
const WORD_CHARS_SHARE_MIN = 0.35;
/**
 * A text whose font has its letters moved is in no language that is known, and has fewer vowels (0.2 of its letters, where languages have 0.35 to 0.5) or
 * more words without any (every fifth, where Czech has three in a hundred). Each alone may be a list of names; both together are not.
 */
const VOWELS_SHARE_MIN = 0.34;
const VOWELLESS_SHARE_MAX = 0.04;
const VOWELLESS_WORDS_MIN = 30;
/** In runs of base64 or hexadecimal digits, which nobody asks for: keys and pictures in the middle of a text are shorter. */
const ENCODED_SHARE_MAX = 0.8;
/** Shorter runs are names, paths and numbers; base64 breaks its lines at 64 or 76. */
const ENCODED_RUN_MIN = 60;
const ENCODED_KINDS_MIN = 10;

const TWICE_ENCODED =
  /[\u00c3\u00d0\u00d1][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2026\u2030\u2039\u203a\u20ac\u2122]|\u00c2[\u0080-\u00bf]|\u00e2\u20ac[\u0080-\u00bf\u0153\u017e\u02dc\u2013-\u2026\u2122]|\u00ef\u00bb\u00bf/g;
const WORD = /\p{Script=Latin}{4,24}/gu;
const VOWELS = /[aeiouy\u00e6\u00f8\u0153\u0131]/g;

/**
 * What is wrong with a text as a text, whatever it says. undefined: nothing that shows. `drawn`: it comes from a page on which letters are pictures of
 * letters, as in a PDF, so that a broken font gives others; source code may well be full of signs, or hold ciphers.
 */
export async function suspectOf(text: string, drawn: boolean): Promise<SuspectReason | undefined> {
  const { chars, unreadable, encoded, isPlain } = measure(text);
  if (unreadable > chars * UNREADABLE_SHARE_MAX && unreadable > CHARS_MIN * UNREADABLE_SHARE_MAX) return "garbled";
  if (!isPlain) {
    const twice = count(text, TWICE_ENCODED);
    if (twice >= TWICE_ENCODED_MIN && twice > chars * TWICE_ENCODED_SHARE_MAX) return "garbled";
  }
  if (chars < CHARS_MIN) return undefined;
  if (encoded > chars * ENCODED_SHARE_MAX) return "encoded";
  if (!drawn) return undefined;
  return hasFewWordChars(text) || (hasFewVowels(text) && (await detectLanguages(text)).length === 0) ? "garbled" : undefined;
}

type Stretch = { readonly start: number; readonly text: string; readonly pages?: readonly PageStart[] | undefined };

/** The same of a chunk; of one over several pages, where more than half of it stands on pages that are no text. */
export async function suspectChunk({ start, text, pages }: Stretch): Promise<SuspectReason | undefined> {
  const drawn = isDrawn(pages);
  const whole = await suspectOf(text, drawn);
  if (whole !== undefined || !drawn || pages === undefined || pages.length < 2) return whole;
  let chars = 0;
  for (const [at, { offset }] of pages.entries()) {
    const own = text.slice(offset - start, (pages[at + 1]?.offset ?? start + text.length) - start);
    if ((await suspectOf(own, drawn)) !== undefined) chars += own.length;
  }
  return chars > text.length / 2 ? "garbled" : undefined;
}

/** Whether text was drawn on pages of paper, where its document says pages. */
export const isDrawn = (pages: readonly PageStart[] | undefined): boolean =>
  pages?.some((page) => /(?:^| )p\. \d+$/.test(nameOfPage(page))) ?? false;

type Measured = { readonly chars: number; readonly unreadable: number; readonly encoded: number; readonly isPlain: boolean };

/** In one walk: this is done to every chunk. Blanks are no characters. */
function measure(text: string): Measured {
  let [chars, unreadable, encoded, run] = [0, 0, 0, 0];
  let isPlain = true;
  for (let at = 0; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) : 32;
    const isDigit64 = code < 128 && DIGITS_64[code] === 1;
    if (isDigit64) run += 1;
    else {
      if (run >= ENCODED_RUN_MIN && isEncoded(text.slice(at - run, at - run + 200))) encoded += run;
      run = 0;
    }
    if (code <= 32) continue;
    chars += 1;
    if (code < 128) continue;
    isPlain = false;
    if (isUnreadable(text, at, code)) unreadable += 1;
  }
  return { chars, unreadable, encoded, isPlain };
}

const DIGITS_64 = Uint8Array.from({ length: 128 }, (_, code) => (/[A-Za-z0-9+/=_-]/.test(String.fromCharCode(code)) ? 1 : 0));

const isEncoded = (run: string): boolean => /\d/.test(run) && /[A-Za-z]/.test(run) && new Set(run).size >= ENCODED_KINDS_MIN;

/** The replacement character, what is for private use, and halves of characters. */
function isUnreadable(text: string, at: number, code: number): boolean {
  if (code === 0xfffd || (code >= 0xe000 && code <= 0xf8ff)) return true;
  if (code >= 0xd800 && code <= 0xdbff) {
    const next = text.charCodeAt(at + 1);
    return code >= 0xdb80 || !(next >= 0xdc00 && next <= 0xdfff);
  }
  return code >= 0xdc00 && code <= 0xdfff && !(text.charCodeAt(at - 1) >= 0xd800 && text.charCodeAt(at - 1) <= 0xdbff);
}

function count(text: string, pattern: RegExp): number {
  let found = 0;
  for (const _ of text.matchAll(pattern)) found += 1;
  return found;
}

function hasFewWordChars(text: string): boolean {
  const flat = text.replace(/([^\p{L}\p{N}\s])(?:\s*\1)+/gu, "$1");
  const chars = count(flat, /\S/gu);
  return chars >= CHARS_MIN && count(flat, /[\p{L}\p{M}\p{N}]/gu) < chars * WORD_CHARS_SHARE_MIN;
}

function hasFewVowels(text: string): boolean {
  let [words, without, letters, vowels] = [0, 0, 0, 0];
  for (const [word] of text.matchAll(WORD)) {
    // Names of standards are capitals alone.
    if (/\p{Lu}/u.test(word.slice(1))) continue;
    const own = count(word.normalize("NFD").toLowerCase(), VOWELS);
    words += 1;
    letters += word.length;
    vowels += own;
    if (own === 0) without += 1;
  }
  return words >= VOWELLESS_WORDS_MIN && vowels < letters * VOWELS_SHARE_MIN && without > words * VOWELLESS_SHARE_MAX;
}
