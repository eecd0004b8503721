import { digitAt, isLuhn, isMod11of10, isRepeated, modulo, numberOf, weigh, type Codes } from "./checksums.ts";
import { isDay, type IdentityRule } from "./identity-rule.ts";
import { BY_DASH, BY_SLASH, BY_SPACE } from "./separators.ts";

/** Women have 50 added to the month, later ones 20 or 70. */
const isCzech = (codes: Codes): boolean => {
  const month = numberOf(codes, 2, 4) % 50;
  const rest = numberOf(codes, 0, 9) % 11;
  return isDay(month > 20 ? month - 20 : month, numberOf(codes, 4, 6)) && rest % 10 === digitAt(codes, 9);
};

const isRomanian = (codes: Codes): boolean => {
  if (codes[0] === 48 || !isDay(numberOf(codes, 3, 5), numberOf(codes, 5, 7))) return false;
  const rest = weigh(codes, [2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9]) % 11;
  return (rest === 10 ? 1 : rest) === digitAt(codes, 12);
};

const isBulgarian = (codes: Codes): boolean =>
  isDay(numberOf(codes, 2, 4) % 20, numberOf(codes, 4, 6)) && (weigh(codes, [2, 4, 8, 5, 10, 9, 7, 3, 6]) % 11) % 10 === digitAt(codes, 9);

const isGreekSocial = (codes: Codes): boolean => isDay(numberOf(codes, 2, 4), numberOf(codes, 0, 2)) && isLuhn(codes, 11);
const isGreekTax = (codes: Codes): boolean =>
  (weigh(codes, [256, 128, 64, 32, 16, 8, 4, 2]) % 11) % 10 === digitAt(codes, 8) && !isRepeated(codes, 9);

const isBaltic = (codes: Codes): boolean => {
  if (digitAt(codes, 0) < 1 || digitAt(codes, 0) > 8 || !isDay(numberOf(codes, 3, 5), numberOf(codes, 5, 7))) return false;
  let rest = weigh(codes, [1, 2, 3, 4, 5, 6, 7, 8, 9, 1]) % 11;
  if (rest === 10) rest = weigh(codes, [3, 4, 5, 6, 7, 8, 9, 1, 2, 3]) % 11;
  return rest % 10 === digitAt(codes, 10);
};

const isHungarianSocial = (codes: Codes): boolean =>
  weigh(codes, [3, 7, 3, 7, 3, 7, 3, 7]) % 10 === digitAt(codes, 8) && !isRepeated(codes, 9);
const isHungarianTax = (codes: Codes): boolean => codes[0] === 56 && weigh(codes, [1, 2, 3, 4, 5, 6, 7, 8, 9]) % 11 === digitAt(codes, 9);

const isUkrainian = (codes: Codes): boolean => {
  const sum = weigh(codes, [-1, 5, 7, 9, 4, 6, 10, 5, 7]);
  return (((sum % 11) + 11) % 11) % 10 === digitAt(codes, 9);
};

const isSnils = (codes: Codes): boolean => {
  const rest = weigh(codes, [9, 8, 7, 6, 5, 4, 3, 2, 1]) % 101;
  return numberOf(codes, 0, 9) > 1_001_998 && (rest === 100 ? 0 : rest) === numberOf(codes, 9, 11);
};

const isInn = (codes: Codes): boolean =>
  (weigh(codes, [7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11) % 10 === digitAt(codes, 10) &&
  (weigh(codes, [3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) % 11) % 10 === digitAt(codes, 11);

const isTurkish = (codes: Codes): boolean => {
  if (codes[0] === 48) return false;
  const odd = weigh(codes, [1, 0, 1, 0, 1, 0, 1, 0, 1]);
  const even = weigh(codes, [0, 1, 0, 1, 0, 1, 0, 1]);
  const tenth = (((odd * 7 - even) % 10) + 10) % 10;
  return tenth === digitAt(codes, 9) && (odd + even + tenth) % 10 === digitAt(codes, 10);
};

const isIsraeli = (codes: Codes): boolean => {
  let sum = 0;
  for (let i = 0; i < 9; i++) {
    const value = digitAt(codes, i) * ((i % 2) + 1);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0 && !isRepeated(codes, 9);
};

const isSaudi = (codes: Codes): boolean => (codes[0] === 49 || codes[0] === 50) && isLuhn(codes, 10);
const isEmirates = (codes: Codes): boolean => {
  const year = numberOf(codes, 3, 7);
  return numberOf(codes, 0, 3) === 784 && year > 1900 && year < 2100 && isLuhn(codes, 15);
};

/** Citizenship 0 or 1 (2: refugee). Unix times in milliseconds of our years begin with 16 to 18, and would pass now and then. */
const isSouthAfrican = (codes: Codes): boolean =>
  isDay(numberOf(codes, 2, 4), numberOf(codes, 4, 6)) && digitAt(codes, 10) <= 2 && isLuhn(codes, 13);
const isTimestampLike = (codes: Codes): boolean => numberOf(codes, 0, 2) >= 15 && numberOf(codes, 0, 2) <= 19;

export const EASTERN_IDENTITIES: readonly IdentityRule[] = [
  { name: "cz-birth", pattern: "9999999999", shapes: [64], separators: BY_SLASH, check: isCzech, alone: 0.3, printed: 0.75 },
  { name: "ro-cnp", pattern: "9999999999999", check: isRomanian, alone: 0.4, printed: 0 },
  { name: "bg-egn", pattern: "9999999999", check: isBulgarian, alone: 0.3, printed: 0 },
  { name: "hr-oib", pattern: "99999999999", check: (codes) => isMod11of10(codes, 11), alone: 0.2, printed: 0 },
  { name: "gr-amka", pattern: "99999999999", check: isGreekSocial, alone: 0.3, printed: 0 },
  { name: "gr-tax", pattern: "999999999", check: isGreekTax, alone: 0.2, printed: 0 },
  { name: "ee-personal", pattern: "99999999999", check: isBaltic, alone: 0.4, printed: 0 },
  { name: "lt-personal", pattern: "99999999999", check: isBaltic, alone: 0.4, printed: 0 },
  { name: "hu-social", pattern: "999999999", shapes: [333], check: isHungarianSocial, alone: 0.2, printed: 0.3 },
  { name: "hu-tax", pattern: "9999999999", check: isHungarianTax, alone: 0.2, printed: 0 },
  { name: "ua-tax", pattern: "9999999999", check: isUkrainian, alone: 0.2, printed: 0 },
  { name: "ru-snils", pattern: "99999999999", shapes: [3332], separators: BY_DASH | BY_SPACE, check: isSnils, alone: 0.3, printed: 0.85 },
  { name: "ru-inn", pattern: "999999999999", check: isInn, alone: 0.4, printed: 0 },
  { name: "tr-identity", pattern: "99999999999", shapes: [3332], check: isTurkish, alone: 0.4, printed: 0.4 },
  { name: "il-identity", pattern: "999999999", shapes: [81], check: isIsraeli, alone: 0.2, printed: 0.4 },
  { name: "sa-identity", pattern: "9999999999", check: isSaudi, alone: 0.2, printed: 0 },
  { name: "ae-identity", pattern: "999999999999999", shapes: [3471], check: isEmirates, alone: 0.85, printed: 0.97 },
  {
    name: "za-identity",
    pattern: "9999999999999",
    shapes: [6412, 64_111, 6421],
    check: (codes) => isSouthAfrican(codes) && !isTimestampLike(codes),
    alone: 0.6,
    printed: 0.85,
  },
  { name: "za-identity", pattern: "9999999999999", check: isSouthAfrican, alone: 0.4, printed: 0 },
  {
    name: "ng-nin",
    pattern: "99999999999",
    check: (codes) => modulo(codes, 0, 11, 97) >= 0 && !isRepeated(codes, 11),
    alone: 0,
    printed: 0,
    hasChecksum: false,
  },
];
