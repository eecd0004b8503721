import { digitAt, isLuhn, isRepeated, numberOf, weigh, type Codes } from "./checksums.ts";
import { isDay, type IdentityRule } from "./identity-rule.ts";

const NINO_SECOND_BANNED = "DFIQUVO";
const NINO_FIRST_BANNED = "DFIQUV";
const NINO_PREFIXES_BANNED: ReadonlySet<string> = new Set(["BG", "GB", "KN", "NK", "NT", "TN", "ZZ"]);

const isNino = (codes: Codes): boolean => {
  const first = String.fromCharCode(codes[0] ?? 0);
  const second = String.fromCharCode(codes[1] ?? 0);
  const suffix = codes[8] ?? 0;
  return (
    !NINO_FIRST_BANNED.includes(first) &&
    !NINO_SECOND_BANNED.includes(second) &&
    !NINO_PREFIXES_BANNED.has(first + second) &&
    suffix >= 65 &&
    suffix <= 68
  );
};

const isNhs = (codes: Codes): boolean => {
  const check = 11 - (weigh(codes, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11);
  return !isRepeated(codes, 10) && (check === 11 ? 0 : check) === digitAt(codes, 9);
};

const isUtr = (codes: Codes): boolean => {
  let sum = 0;
  for (let i = 1; i < 10; i++) sum += digitAt(codes, i) * ([6, 7, 8, 9, 10, 5, 4, 3, 2][i - 1] ?? 0);
  return "21987654321".charCodeAt(sum % 11) === codes[0];
};

const isPps = (codes: Codes, length: number): boolean => {
  const second = length === 9 ? (codes[8] ?? 64) - 64 : 0;
  const extra = second === 23 ? 0 : second;
  const rest = (weigh(codes, [8, 7, 6, 5, 4, 3, 2]) + extra * 9) % 23;
  return codes[7] === "WABCDEFGHIJKLMNOPQRSTUV".charCodeAt(rest) && extra <= 9;
};

const isYearFirst = (codes: Codes, from: number): boolean =>
  isDay(numberOf(codes, from, from + 2), numberOf(codes, from + 2, from + 4) % 60);

const isSwedish = (codes: Codes): boolean => isYearFirst(codes, 2) && isLuhn(codes, 10);
const isLongSwedish = (codes: Codes): boolean => {
  const century = numberOf(codes, 0, 2);
  return (century === 19 || century === 20) && isYearFirst(codes, 4) && isLuhn(codes.subarray(2), 10);
};

/** D-numbers have 4 added to the day, H-numbers to the month. */
const isNorwegian = (codes: Codes): boolean => {
  const month = numberOf(codes, 2, 4);
  if (!isDay(month % 40, numberOf(codes, 0, 2) % 40)) return false;
  return weigh(codes, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 === 0 && weigh(codes, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0;
};

const isDayFirst = (codes: Codes): boolean => isDay(numberOf(codes, 2, 4), numberOf(codes, 0, 2));
/** The checksum is no longer promised since 2007. */
const isDanishChecked = (codes: Codes): boolean => isDayFirst(codes) && weigh(codes, [4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0;

const isFinnish = (codes: Codes, length: number): boolean => {
  const from = length === 11 ? 7 : 6;
  if (length === 11 && !"ABCDEFYXWVU".includes(String.fromCharCode(codes[6] ?? 0))) return false;
  const base = numberOf(codes, 0, 6) * 1000 + numberOf(codes, from, from + 3);
  return isDayFirst(codes) && "0123456789ABCDEFHJKLMNPRSTUVWXY".charCodeAt(base % 31) === codes[from + 3];
};

export const NORTHERN_IDENTITIES: readonly IdentityRule[] = [
  { name: "gb-nino", pattern: "AA999999A", shapes: [22_221, 261], check: isNino, alone: 0.7, printed: 0.85, hasChecksum: false },
  { name: "gb-nhs", pattern: "9999999999", shapes: [334], check: isNhs, alone: 0.2, printed: 0.4 },
  { name: "gb-utr", pattern: "9999999999", shapes: [55], check: isUtr, alone: 0.1, printed: 0.4 },
  { name: "ie-pps", pattern: "9999999A", check: isPps, alone: 0.65, printed: 0 },
  { name: "ie-pps", pattern: "9999999AA", shapes: [72], check: isPps, alone: 0.75, printed: 0.75 },
  { name: "se-personal", pattern: "9999999999", shapes: [64], check: isSwedish, alone: 0.3, printed: 0.85 },
  { name: "se-personal", pattern: "999999999999", shapes: [84], check: isLongSwedish, alone: 0.4, printed: 0.9 },
  { name: "no-birth", pattern: "99999999999", shapes: [65], check: isNorwegian, alone: 0.7, printed: 0.9 },
  { name: "dk-cpr", pattern: "9999999999", shapes: [64], check: isDanishChecked, alone: 0.3, printed: 0.7 },
  { name: "dk-cpr", pattern: "9999999999", shapes: [64], check: isDayFirst, alone: 0.1, printed: 0.4, hasChecksum: false },
  { name: "fi-hetu", pattern: "999999A999X", check: isFinnish, alone: 0.95, printed: 0 },
  { name: "fi-hetu", pattern: "999999999X", shapes: [64], check: isFinnish, alone: 0, printed: 0.9 },
];
