import { BLANKS, codesOf } from "../invisible.ts";
import { CLASSES, DIGIT, MATHEMATICAL, PLAIN, REPLACEMENT, TAGS } from "./char-class.ts";

/** A text in plain characters. `toOriginal` says where a place of it is in the original; none: every unit stands where it stood. */
export type FoldedText = { readonly text: string; readonly toOriginal: ((offset: number) => number) | undefined };

const SPACE = 0x20;
const FIRST_LOW = 0xdc00;
const isLow = (unit: number): boolean => unit >= FIRST_LOW && unit <= 0xdfff;

/** By its low surrogate: the plain letter or digit of each mathematical one. */
const MATHEMATICAL_PLAIN = Uint16Array.from({ length: 1024 }, (_, low) => {
  const plain = String.fromCharCode(MATHEMATICAL, FIRST_LOW + low).normalize("NFKC");
  return plain.length === 1 ? plain.charCodeAt(0) : REPLACEMENT;
});

const BLANK_UNITS: ReadonlySet<number> = new Set(codesOf(BLANKS));
const isBlank = (unit: number): boolean => BLANK_UNITS.has(unit);
const isDigit = (unit: number): boolean => CLASSES[PLAIN[unit] ?? unit] === DIGIT;

/** Blanks from `from` to `to` are no space: they stand between two digits, or a single character divides them from more blanks, as in `D⠀E⠀8⠀9`. */
function isFiller(text: string, from: number, to: number): boolean {
  if (isDigit(text.charCodeAt(from - 1)) && isDigit(text.charCodeAt(to))) return true;
  return isBlank(text.charCodeAt(from - 2)) || isBlank(text.charCodeAt(to + 1));
}

function blanksEnd(text: string, from: number): number {
  let end = from + 1;
  while (isBlank(text.charCodeAt(end))) end++;
  return end;
}

/** What is written plainly so far; and the places from which on the distance to the original is another, with those in the original. */
type Folding = { readonly units: Uint16Array; count: number; readonly places: number[]; readonly originals: number[]; distance: number };

/** What is written next stands at `original`. */
function notePlace(folding: Folding, original: number): void {
  const distance = original - folding.count;
  if (distance === folding.distance) return;
  folding.distance = distance;
  folding.places.push(folding.count);
  folding.originals.push(original);
}

function write(folding: Folding, unit: number, original: number): void {
  notePlace(folding, original);
  folding.units[folding.count++] = unit;
}

/** Writes the mathematical letter at `at`; answers how many units of the text that took. */
function writeMathematical(folding: Folding, text: string, at: number): number {
  const low = text.charCodeAt(at + 1);
  const letter = isLow(low) ? (MATHEMATICAL_PLAIN[low - FIRST_LOW] ?? REPLACEMENT) : REPLACEMENT;
  write(folding, letter, at);
  return letter === REPLACEMENT ? 1 : 2;
}

/** Passes over what is invisible at `at`; answers how many units of the text that took. */
function leaveOut(folding: Folding, text: string, at: number): number {
  const unit = text.charCodeAt(at);
  if (unit === TAGS) return isLow(text.charCodeAt(at + 1)) ? 2 : 1;
  if (!isBlank(unit)) return 1;
  const end = blanksEnd(text, at);
  if (!isFiller(text, at, end)) write(folding, SPACE, at);
  return end - at;
}

/** By halving: the last place at or before `offset` says how far the original is from it. */
function toOriginal({ places, originals }: Folding, offset: number): number {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] ?? 0) <= offset) low = middle + 1;
    else high = middle;
  }
  return offset + (originals[low - 1] ?? 0) - (places[low - 1] ?? 0);
}

/**
 * Full-width forms, digits of other scripts, mathematical letters, unusual spaces and dashes become plain; what is invisible is left out.
 * The answer may be shorter than the text, therefore it says where each place was.
 */
export function foldText(text: string): FoldedText {
  const { length } = text;
  const folding: Folding = { units: new Uint16Array(length), count: 0, places: [], originals: [], distance: 0 };
  const { units } = folding;
  for (let at = 0; at < length;) {
    const unit = text.charCodeAt(at);
    const plain = PLAIN[unit] ?? unit;
    if (plain === 0 && unit !== 0) at += leaveOut(folding, text, at);
    else if (unit === MATHEMATICAL) at += writeMathematical(folding, text, at);
    else {
      if (at - folding.count !== folding.distance) notePlace(folding, at);
      units[folding.count++] = plain;
      at++;
    }
  }
  notePlace(folding, length);
  // Of all ways to make a string of units, the fastest by far, and it leaves lone surrogates as they are.
  const plain = Buffer.from(units.buffer, 0, folding.count * 2).toString("utf16le");
  return { text: plain, toOriginal: folding.places.length === 0 ? undefined : (offset) => toOriginal(folding, offset) };
}
