import { digitAt, isRepeated, isVerhoeff, modulo, numberOf, weigh, type Codes } from "./checksums.ts";
import { isDay, type IdentityRule } from "./identity-rule.ts";

const isAadhaar = (codes: Codes): boolean => (codes[0] ?? 0) >= 50 && isVerhoeff(codes, 12);

/** The fourth letter says whose: a person's is P. */
const isPan = (codes: Codes): boolean => "ABCFGHLJPTK".includes(String.fromCharCode(codes[3] ?? 0));

const RESIDENT_WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const isChinese = (codes: Codes): boolean => {
  const year = numberOf(codes, 6, 10);
  if (codes[0] === 48 || year < 1880 || year > 2100 || !isDay(numberOf(codes, 10, 12), numberOf(codes, 12, 14))) return false;
  return codes[17] === "10X98765432".charCodeAt(weigh(codes, RESIDENT_WEIGHTS) % 11);
};

const TAIWAN_LETTERS = "ABCDEFGHJKLMNPQRSTUVXYWZIO";
const isTaiwanese = (codes: Codes): boolean => {
  const letter = TAIWAN_LETTERS.indexOf(String.fromCharCode(codes[0] ?? 0)) + 10;
  if (!"1289".includes(String.fromCharCode(codes[1] ?? 0))) return false;
  return (Math.floor(letter / 10) + (letter % 10) * 9 + weigh(codes, [8, 7, 6, 5, 4, 3, 2, 1, 1], 1)) % 10 === 0;
};

const isMyNumber = (codes: Codes): boolean => {
  const rest = weigh(codes, [6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11;
  return (rest <= 1 ? 0 : 11 - rest) === digitAt(codes, 11) && !isRepeated(codes, 12);
};

const isKoreanShape = (codes: Codes): boolean =>
  isDay(numberOf(codes, 2, 4), numberOf(codes, 4, 6)) && digitAt(codes, 6) >= 1 && digitAt(codes, 6) <= 8;
/** Numbers given since October 2020 have no check digit. */
const isKorean = (codes: Codes): boolean =>
  isKoreanShape(codes) && (11 - (weigh(codes, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11)) % 10 === digitAt(codes, 12);

const isSingaporean = (codes: Codes): boolean => {
  const prefix = String.fromCharCode(codes[0] ?? 0);
  const sum = weigh(codes, [2, 7, 6, 5, 4, 3, 2], 1) + ("TG".includes(prefix) ? 4 : prefix === "M" ? 3 : 0);
  if (prefix === "S" || prefix === "T") return codes[8] === "JZIHGFEDCBA".charCodeAt(sum % 11);
  if (prefix === "F" || prefix === "G") return codes[8] === "XWUTRQPNMLK".charCodeAt(sum % 11);
  return prefix === "M" && codes[8] === "KLJNPQRTUWX".charCodeAt(10 - (sum % 11));
};

const isMalaysian = (codes: Codes): boolean =>
  isDay(numberOf(codes, 2, 4), numberOf(codes, 4, 6)) &&
  ![0, 17, 18, 19, 20, 69, 70, 73, 80, 81, 94, 95, 96, 97].includes(numberOf(codes, 6, 8));

const isThai = (codes: Codes): boolean =>
  codes[0] !== 48 && codes[0] !== 57 && (11 - (weigh(codes, [13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 10 === digitAt(codes, 12);

/** Women have 40 added to the day. */
const isIndonesian = (codes: Codes): boolean => numberOf(codes, 0, 2) >= 11 && isDay(numberOf(codes, 8, 10), numberOf(codes, 6, 8) % 40);

const isPakistani = (codes: Codes): boolean => digitAt(codes, 0) >= 1 && digitAt(codes, 0) <= 7;

const isTfn = (codes: Codes): boolean => weigh(codes, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0 && !isRepeated(codes, 9);
const isAustralianMedicare = (codes: Codes): boolean =>
  digitAt(codes, 0) >= 2 &&
  digitAt(codes, 0) <= 6 &&
  weigh(codes, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === digitAt(codes, 8) &&
  !isRepeated(codes, 8);
const isAbn = (codes: Codes): boolean =>
  (weigh(codes, [10, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19]) - 10) % 89 === 0 && modulo(codes, 0, 11, 10) >= 0;

const isIrd = (codes: Codes, length: number): boolean => {
  const from = length - 8;
  const value = numberOf(codes, 0, length);
  if (value < 10_000_000 || value > 150_000_000) return false;
  const padded = (weights: readonly number[]): number => (from === 0 ? weigh(codes, weights.slice(1)) : weigh(codes, weights));
  const first = (11 - (padded([3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
  const check = first === 10 ? (11 - (padded([7, 4, 3, 2, 5, 2, 7, 6]) % 11)) % 11 : first;
  return check === digitAt(codes, length - 1);
};

export const ASIAN_IDENTITIES: readonly IdentityRule[] = [
  { name: "in-aadhaar", pattern: "999999999999", shapes: [444], check: isAadhaar, alone: 0.4, printed: 0.75 },
  { name: "in-pan", pattern: "AAAAA9999A", check: isPan, alone: 0.7, printed: 0, hasChecksum: false },
  { name: "cn-resident", pattern: "99999999999999999X", shapes: [684], check: isChinese, alone: 0.95, printed: 0.9 },
  { name: "tw-identity", pattern: "A999999999", check: isTaiwanese, alone: 0.7, printed: 0 },
  { name: "jp-my-number", pattern: "999999999999", shapes: [444], check: isMyNumber, alone: 0.3, printed: 0.4 },
  { name: "kr-resident", pattern: "9999999999999", shapes: [67], check: isKorean, alone: 0.4, printed: 0.9 },
  { name: "kr-resident", pattern: "9999999999999", shapes: [67], check: isKoreanShape, alone: 0.1, printed: 0.65, hasChecksum: false },
  { name: "sg-nric", pattern: "A9999999A", check: isSingaporean, alone: 0.8, printed: 0 },
  { name: "my-nric", pattern: "999999999999", shapes: [624], check: isMalaysian, alone: 0.2, printed: 0.8, hasChecksum: false },
  { name: "th-identity", pattern: "9999999999999", shapes: [14_521], check: isThai, alone: 0.3, printed: 0.95 },
  { name: "id-nik", pattern: "9999999999999999", shapes: [664, 4444], check: isIndonesian, alone: 0.2, printed: 0.2, hasChecksum: false },
  { name: "pk-cnic", pattern: "9999999999999", shapes: [571], check: isPakistani, alone: 0.1, printed: 0.7, hasChecksum: false },
  { name: "au-tfn", pattern: "999999999", shapes: [333], check: isTfn, alone: 0.2, printed: 0.3 },
  { name: "au-medicare", pattern: "9999999999", shapes: [451], check: isAustralianMedicare, alone: 0.2, printed: 0.8 },
  { name: "au-medicare", pattern: "99999999999", shapes: [4511], check: isAustralianMedicare, alone: 0.2, printed: 0.8 },
  { name: "au-abn", pattern: "99999999999", shapes: [2333], check: isAbn, alone: 0.2, printed: 0.3 },
  { name: "nz-ird", pattern: "999999999", shapes: [333], check: isIrd, alone: 0.2, printed: 0.3 },
  { name: "nz-ird", pattern: "99999999", shapes: [233], check: isIrd, alone: 0.2, printed: 0.3 },
];
