import { MATHEMATICAL, PLAIN, TAGS } from "./char-class.ts";

/** A text in plain characters. `at[i]` is where unit `i` stands in the original; none: every unit stands where it stood. */
export type FoldedText = { readonly text: string; readonly at: Uint32Array | undefined };

/** Stands for what has no plain form; no rule looks for it. */
const REPLACEMENT = 0xfffd;

const FIRST_LOW = 0xdc00;
const isLow = (unit: number): boolean => unit >= FIRST_LOW && unit <= 0xdfff;

/** By its low surrogate: the plain letter or digit of each mathematical one. */
const MATHEMATICAL_PLAIN = Uint16Array.from({ length: 1024 }, (_, low) => {
  const plain = String.fromCharCode(MATHEMATICAL, FIRST_LOW + low).normalize("NFKC");
  return plain.length === 1 ? plain.charCodeAt(0) : REPLACEMENT;
});

/** Strings are built from pieces of this many units: `String.fromCharCode` takes its units as arguments, and those are bounded. */
const PIECE_UNITS = 8192;

function toText(units: Uint16Array, count: number): string {
  let text = "";
  for (let from = 0; from < count; from += PIECE_UNITS) {
    text += String.fromCharCode(...units.subarray(from, Math.min(from + PIECE_UNITS, count)));
  }
  return text;
}

/**
 * Full-width forms, digits of other scripts, mathematical letters, unusual spaces and dashes become plain; what is invisible is left out.
 * The answer may be shorter than the text, therefore it says where each unit was.
 */
export function foldText(text: string): FoldedText {
  const length = text.length;
  const units = new Uint16Array(length);
  const at = new Uint32Array(length + 1);
  let count = 0;
  for (let i = 0; i < length; i++) {
    const unit = text.charCodeAt(i);
    let plain = PLAIN[unit] ?? unit;
    if (plain === 0 && unit !== 0) continue;
    if (unit === TAGS) {
      if (isLow(text.charCodeAt(i + 1))) i++;
      continue;
    }
    at[count] = i;
    if (unit === MATHEMATICAL) {
      const low = text.charCodeAt(i + 1);
      plain = isLow(low) ? (MATHEMATICAL_PLAIN[low - FIRST_LOW] ?? REPLACEMENT) : REPLACEMENT;
      if (plain !== REPLACEMENT) i++;
    }
    units[count++] = plain;
  }
  at[count] = length;
  return count === length ? { text: toText(units, count), at: undefined } : { text: toText(units, count), at };
}
