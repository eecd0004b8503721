import { codesOf, INVISIBLE } from "../invisible.ts";

/**
 * Characters as the canary's watch sees them: 0 to 25 a letter, 26 to 35 a digit, then what may stand between. Case, accents, full-width
 * and mathematical letters, tags and look-alikes of other alphabets are the letter they look like.
 */
export const DIGIT = 26;
export const SEPARATOR = 36;
export const PLUS = 37;
export const PERCENT = 38;
/** Characters without a width: any number of them may stand anywhere. */
export const NOTHING = 39;
export const KINDS = 40;

const ALIKE: Readonly<Record<string, string>> = {
  а: "a", в: "b", с: "c", ԁ: "d", е: "e", ѓ: "g", һ: "h", н: "h", і: "i", ј: "j", к: "k", м: "m", п: "n", о: "o", р: "p", ԛ: "q",
  г: "r", ѕ: "s", т: "t", у: "y", ѵ: "v", ԝ: "w", х: "x", ʐ: "z", α: "a", β: "b", ε: "e", η: "n", ι: "i", κ: "k", ν: "v", ο: "o",
  ρ: "p", τ: "t", υ: "u", χ: "x", ω: "w", ζ: "z", ı: "i", ɡ: "g", ɩ: "i", ʀ: "r", ꓐ: "b",
}; // prettier-ignore

const ASCII = Uint8Array.from({ length: 128 }, (_, code) => {
  if (code >= 48 && code <= 57) return DIGIT + code - 48;
  const lower = code | 32;
  if (lower >= 97 && lower <= 122 && code >= 65) return lower - 97;
  return code === 43 ? PLUS : code === 37 ? PERCENT : SEPARATOR;
});

/** Han, kana and Hangul hold no look-alikes. */
const isEastAsian = (code: number): boolean => code >= 0x2e80 && code <= 0xd7ff;
/** A copy of ASCII that nothing shows. */
const TAGS = 0xe0000;
/** Where an alphabet that has no plain form begins: 🅐, 🅰, 🇦. */
const ALPHABETS: readonly number[] = [0x1f150, 0x1f170, 0x1f1e6];
/** With marks on letters, formats and controls. */
const unseen = /^[\p{Cf}\p{Mn}\p{Me}\p{Cc}]$/u;
const INVISIBLE_CODES: ReadonlySet<number> = new Set(codesOf(INVISIBLE));

export function kindOf(code: number): number {
  if (code < 128) return ASCII[code] ?? SEPARATOR;
  if (INVISIBLE_CODES.has(code)) return NOTHING;
  if (isEastAsian(code)) return SEPARATOR;
  if (code > TAGS && code < TAGS + 128) return ASCII[code - TAGS] ?? SEPARATOR;
  for (const first of ALPHABETS) if (code >= first && code < first + 26) return code - first;
  const character = String.fromCodePoint(code);
  if (unseen.test(character)) return NOTHING;
  const plain = character.normalize("NFKD").toLowerCase();
  const first = plain.codePointAt(0) ?? code;
  // (b) and 1. are one character each.
  for (const piece of plain) {
    const kind = ASCII[piece.codePointAt(0) ?? 128];
    if (kind !== undefined && kind < SEPARATOR) return kind;
  }
  const alike = ALIKE[String.fromCodePoint(first)];
  return alike === undefined ? SEPARATOR : alike.charCodeAt(0) - 97;
}
