/**
 * Check digits over compact identifiers: `codes` holds ASCII units (digits and upper-case letters), of which `length` count.
 * Formulas: ISO/IEC 7812-1 (Luhn), ISO 7064 (mod 97-10, mod 11-10), Verhoeff's dihedral scheme.
 */
export type Codes = Uint8Array;

export const digitAt = (codes: Codes, at: number): number => (codes[at] ?? 0) - 48;

export const isDigitCode = (code: number): boolean => code >= 48 && code <= 57;
export const isLetterCode = (code: number): boolean => code >= 65 && code <= 90;

/** Digits [from, to) as a number; exact up to 15 digits. */
export function numberOf(codes: Codes, from: number, to: number): number {
  let value = 0;
  for (let i = from; i < to; i++) value = value * 10 + digitAt(codes, i);
  return value;
}

export function isLuhn(codes: Codes, length: number): boolean {
  let sum = 0;
  let doubled = false;
  for (let i = length - 1; i >= 0; i--) {
    let digit = digitAt(codes, i);
    if (doubled) digit = digit > 4 ? digit * 2 - 9 : digit * 2;
    sum += digit;
    doubled = !doubled;
  }
  return sum % 10 === 0 && sum > 0;
}

/** Sum of digit times weight, from the first. */
export function weigh(codes: Codes, weights: readonly number[], from = 0): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += digitAt(codes, from + i) * (weights[i] ?? 0);
  return sum;
}

/** Digits [from, to) modulo a small number, without a big integer; letters count 10 to 35, as two digits. */
export function modulo(codes: Codes, from: number, to: number, divisor: number, before = 0): number {
  let rest = before;
  for (let i = from; i < to; i++) {
    const code = codes[i] ?? 48;
    rest = code <= 57 ? (rest * 10 + code - 48) % divisor : (rest * 100 + code - 55) % divisor;
  }
  return rest;
}

/** ISO 7064, mod 11-10: the last digit checks those before it. */
export function isMod11of10(codes: Codes, length: number): boolean {
  let product = 10;
  for (let i = 0; i < length - 1; i++) {
    const sum = (digitAt(codes, i) + product) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return (11 - product) % 10 === digitAt(codes, length - 1);
}

const DIHEDRAL = [
  "0123456789",
  "1234067895",
  "2340178956",
  "3401289567",
  "4012395678",
  "5987604321",
  "6598710432",
  "7659821043",
  "8765932104",
  "9876543210",
].map((row) => Array.from(row, Number));
const PERMUTED = ["0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258"].map(
  (row) => Array.from(row, Number),
);

export function isVerhoeff(codes: Codes, length: number): boolean {
  let check = 0;
  for (let i = 0; i < length; i++) {
    const digit = digitAt(codes, length - 1 - i);
    check = DIHEDRAL[check]?.[PERMUTED[i % 8]?.[digit] ?? 0] ?? 0;
  }
  return check === 0;
}

/** All digits alike: what is typed to fill a field. */
export function isRepeated(codes: Codes, length: number): boolean {
  for (let i = 1; i < length; i++) if (codes[i] !== codes[0]) return false;
  return true;
}
