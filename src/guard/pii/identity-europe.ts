import { digitAt, isLuhn, isMod11of10, isRepeated, modulo, numberOf, weigh, type Codes } from "./checksums.ts";
import { isDay, type IdentityRule } from "./identity-rule.ts";

const text = (codes: Codes, from: number, to: number): string => String.fromCharCode(...codes.subarray(from, to));

/** One digit of the first ten stands twice or thrice, the others at most once. */
const isGermanTaxId = (codes: Codes): boolean => {
  if (codes[0] === 48 || !isMod11of10(codes, 11)) return false;
  const counts = Array.from({ length: 10 }, () => 0);
  for (let i = 0; i < 10; i++) counts[digitAt(codes, i)] = (counts[digitAt(codes, i)] ?? 0) + 1;
  return counts.filter((count) => count > 1).length === 1 && Math.max(...counts) <= 3;
};

const digitSum = (value: number): number => Math.floor(value / 10) + (value % 10);

const isGermanPension = (codes: Codes): boolean => {
  if (!isDay(numberOf(codes, 4, 6), numberOf(codes, 2, 4) % 50)) return false;
  const letter = (codes[8] ?? 65) - 64;
  const digits = [
    ...Array.from({ length: 8 }, (_, i) => digitAt(codes, i)),
    Math.floor(letter / 10),
    letter % 10,
    digitAt(codes, 9),
    digitAt(codes, 10),
  ];
  const weights = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];
  return digits.reduce((sum, digit, i) => sum + digitSum(digit * (weights[i] ?? 0)), 0) % 10 === digitAt(codes, 11);
};

const isAustrian = (codes: Codes): boolean =>
  codes[0] !== 48 &&
  isDay(Math.min(12, numberOf(codes, 6, 8)), numberOf(codes, 4, 6)) &&
  numberOf(codes, 6, 8) <= 15 &&
  weigh(codes, [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 === digitAt(codes, 3);

const isSwiss = (codes: Codes): boolean =>
  numberOf(codes, 0, 3) === 756 && (10 - (weigh(codes, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3]) % 10)) % 10 === digitAt(codes, 12);

/** Corsica's departments are 2A and 2B, which count as 19 and 18. */
const isFrench = (codes: Codes): boolean => {
  const month = numberOf(codes, 3, 5);
  if (!"12378".includes(text(codes, 0, 1)) || !((month >= 1 && month <= 12) || (month >= 20 && month <= 42) || month >= 50)) return false;
  const corsica = codes[6] === 65 ? 19 : codes[6] === 66 ? 18 : 0;
  if (corsica === 0 && (codes[6] ?? 0) > 57) return false;
  const before = corsica === 0 ? modulo(codes, 0, 7, 97) : (modulo(codes, 0, 5, 97) * 100 + corsica) % 97;
  return 97 - modulo(codes, 7, 13, 97, before) === numberOf(codes, 13, 15);
};

const DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE";
const isDni = (codes: Codes): boolean => DNI_LETTERS.charCodeAt(numberOf(codes, 0, 8) % 23) === codes[8];
const isNie = (codes: Codes): boolean => {
  const prefix = (codes[0] ?? 0) - 88;
  return prefix >= 0 && prefix <= 2 && DNI_LETTERS.charCodeAt((prefix * 10_000_000 + numberOf(codes, 1, 8)) % 23) === codes[8];
};

const ODD_VALUES = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];

/** Digits may be written as letters where two people would share a code (omocodia), hence the loose pattern. */
const isCodiceFiscale = (codes: Codes): boolean => {
  if (!"ABCDEHLMPRST".includes(text(codes, 8, 9))) return false;
  let sum = 0;
  for (let i = 0; i < 15; i++) {
    const code = codes[i] ?? 48;
    const value = code <= 57 ? code - 48 : code - 65;
    sum += i % 2 === 0 ? (ODD_VALUES[value] ?? 0) : value;
  }
  for (const i of [6, 7, 9, 10, 12, 13, 14]) if (!/[\dLMNP-V]/.test(text(codes, i, i + 1))) return false;
  return (sum % 26) + 65 === codes[15];
};

const isPortugueseTax = (codes: Codes): boolean => {
  const check = 11 - (weigh(codes, [9, 8, 7, 6, 5, 4, 3, 2]) % 11);
  return codes[0] !== 48 && (check > 9 ? 0 : check) === digitAt(codes, 8);
};

/** Luhn with letters as 10 to 35. */
const isCitizenCard = (codes: Codes): boolean => {
  let sum = 0;
  for (let i = 0; i < 12; i++) {
    const code = codes[i] ?? 48;
    const value = code <= 57 ? code - 48 : code - 55;
    sum += i % 2 === 0 ? (value * 2 > 9 ? value * 2 - 9 : value * 2) : value;
  }
  return sum % 10 === 0;
};

const isBsn = (codes: Codes): boolean =>
  !isRepeated(codes, 9) && weigh(codes, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0 && numberOf(codes, 0, 9) > 9_999_999;

/** People born since 2000 have a 2 before it when the remainder is taken. */
const isBelgian = (codes: Codes): boolean => {
  const month = numberOf(codes, 2, 4) % 20;
  if (month > 12 || numberOf(codes, 4, 6) > 31) return false;
  const check = numberOf(codes, 9, 11);
  const base = numberOf(codes, 0, 9);
  return (97 - (base % 97)) % 97 === check % 97 || (97 - ((2_000_000_000 + base) % 97)) % 97 === check % 97;
};

const isPesel = (codes: Codes): boolean =>
  isDay(numberOf(codes, 2, 4) % 20, numberOf(codes, 4, 6)) && weigh(codes, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0;

const isNip = (codes: Codes): boolean => codes[0] !== 48 && weigh(codes, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 === digitAt(codes, 9);

const isPolishCard = (codes: Codes): boolean => {
  let sum = 0;
  for (let i = 0; i < 9; i++) {
    const code = codes[i] ?? 48;
    sum += (code <= 57 ? code - 48 : code - 55) * ([7, 3, 1, 9, 7, 3, 1, 7, 3][i] ?? 0);
  }
  return sum % 10 === 0;
};

export const EUROPEAN_IDENTITIES: readonly IdentityRule[] = [
  { name: "de-tax-id", pattern: "99999999999", shapes: [2333, 11_333], check: isGermanTaxId, alone: 0.3, printed: 0.4 },
  { name: "de-pension", pattern: "99999999A999", shapes: [2613, 26_121, 24_213], check: isGermanPension, alone: 0.8, printed: 0.85 },
  { name: "at-social", pattern: "9999999999", shapes: [46, 4222], check: isAustrian, alone: 0.3, printed: 0.6 },
  { name: "ch-ahv", pattern: "9999999999999", shapes: [3442], check: isSwiss, alone: 0.7, printed: 0.97 },
  // 1 85 05 78 006 084 36; or thirteen in one piece, and the key.
  { name: "fr-nir", pattern: "999999X99999999", shapes: [1_222_332, 2], check: isFrench, alone: 0.85, printed: 0.95 },
  {
    name: "fr-tax",
    pattern: "9999999999999",
    shapes: [22_333],
    check: (codes) => numberOf(codes, 0, 10) % 511 === numberOf(codes, 10, 13),
    alone: 0.2,
    printed: 0.6,
  },
  { name: "es-dni", pattern: "99999999A", shapes: [81, 2331], check: isDni, alone: 0.65, printed: 0.85 },
  { name: "es-nie", pattern: "A9999999A", shapes: [171, 81], check: isNie, alone: 0.8, printed: 0.9 },
  { name: "it-codice-fiscale", pattern: "AAAAAAXXAXXAXXXA", shapes: [3355, 33_541], check: isCodiceFiscale, alone: 0.97, printed: 0.9 },
  { name: "it-vat", pattern: "99999999999", check: (codes) => isLuhn(codes, 11), alone: 0.1, printed: 0 },
  { name: "pt-tax", pattern: "999999999", shapes: [333], check: isPortugueseTax, alone: 0.2, printed: 0.3 },
  { name: "pt-citizen-card", pattern: "999999999XX9", shapes: [813, 8121], check: isCitizenCard, alone: 0.6, printed: 0.85 },
  { name: "nl-bsn", pattern: "999999999", shapes: [333, 423, 4113], check: isBsn, alone: 0.3, printed: 0.4 },
  { name: "be-national", pattern: "99999999999", shapes: [22_232, 632, 65], check: isBelgian, alone: 0.6, printed: 0.95 },
  { name: "pl-pesel", pattern: "99999999999", check: isPesel, alone: 0.4, printed: 0 },
  { name: "pl-nip", pattern: "9999999999", shapes: [3322, 3223], check: isNip, alone: 0.2, printed: 0.75 },
  { name: "pl-id-card", pattern: "AAA999999", shapes: [36], check: isPolishCard, alone: 0.4, printed: 0.4 },
];
