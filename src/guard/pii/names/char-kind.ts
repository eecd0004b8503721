import { FOLD_SIZE, isEastAsian, isExtendedLatin, isExtendedUpper, isUncased, KIND, LOWER, OTHER, UPPER } from "./fold.ts";

/** Beside the kinds of fold.ts, which are up to 4. */
export const EAST_ASIAN = 5;
export const UNCASED = 6;

function kindBeyond(code: number): number {
  if (isExtendedLatin(code)) return isExtendedUpper(code) ? UPPER : LOWER;
  if (isEastAsian(code)) return EAST_ASIAN;
  return isUncased(code) ? UNCASED : OTHER;
}

export const kindOf = (code: number): number => (code < FOLD_SIZE ? (KIND[code] ?? OTHER) : kindBeyond(code));

/** A letter with case. */
export function isLetter(code: number): boolean {
  const kind = kindOf(code);
  return kind === LOWER || kind === UPPER;
}
