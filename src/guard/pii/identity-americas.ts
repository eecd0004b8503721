import { digitAt, isLuhn, isRepeated, numberOf, weigh, type Codes } from "./checksums.ts";
import { isDay, type IdentityRule } from "./identity-rule.ts";
import { BY_DASH } from "./separators.ts";

const isSsn = (codes: Codes): boolean => {
  const area = numberOf(codes, 0, 3);
  return area > 0 && area !== 666 && area < 900 && numberOf(codes, 3, 5) > 0 && numberOf(codes, 5, 9) > 0;
};

const isItin = (codes: Codes): boolean => {
  const group = numberOf(codes, 3, 5);
  return codes[0] === 57 && ((group >= 50 && group <= 65) || (group >= 70 && group <= 88) || (group >= 90 && group <= 99 && group !== 93));
};

const CURP_LETTERS = "0123456789ABCDEFGHIJKLMN\u00d1OPQRSTUVWXYZ";

const isBirthday = (codes: Codes, from: number): boolean => isDay(numberOf(codes, from + 2, from + 4), numberOf(codes, from + 4, from + 6));

const isCurp = (codes: Codes): boolean => {
  if (!isBirthday(codes, 4)) return false;
  let sum = 0;
  for (let i = 0; i < 17; i++) sum += CURP_LETTERS.indexOf(String.fromCharCode(codes[i] ?? 0)) * (18 - i);
  return (10 - (sum % 10)) % 10 === digitAt(codes, 17);
};

const RFC_LETTERS = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ \u00d1";

const isRfc = (codes: Codes): boolean => {
  if (!isBirthday(codes, 4)) return false;
  let sum = 0;
  for (let i = 0; i < 12; i++) sum += RFC_LETTERS.indexOf(String.fromCharCode(codes[i] ?? 0)) * (13 - i);
  const check = (11 - (sum % 11)) % 11;
  return codes[12] === (check === 10 ? 65 : 48 + check);
};

const cpfDigit = (codes: Codes, count: number): number => {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += digitAt(codes, i) * (count + 1 - i);
  return ((sum * 10) % 11) % 10;
};

const isCpf = (codes: Codes): boolean =>
  !isRepeated(codes, 11) && cpfDigit(codes, 9) === digitAt(codes, 9) && cpfDigit(codes, 10) === digitAt(codes, 10);

/** Since July 2026 the first twelve may be letters, which count as their code less 48. */
const cnpjDigit = (codes: Codes, count: number): number => {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += digitAt(codes, i) * (((count - 1 - i) % 8) + 2);
  const rest = sum % 11;
  return rest < 2 ? 0 : 11 - rest;
};

const isCnpj = (codes: Codes): boolean =>
  !isRepeated(codes, 14) && cnpjDigit(codes, 12) === digitAt(codes, 12) && cnpjDigit(codes, 13) === digitAt(codes, 13);

const isCuit = (codes: Codes): boolean => {
  const prefix = numberOf(codes, 0, 2);
  if (![20, 23, 24, 25, 26, 27, 30, 33, 34].includes(prefix)) return false;
  const check = (11 - (weigh(codes, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
  return (check === 10 ? 9 : check) === digitAt(codes, 10);
};

const isRut = (codes: Codes, length: number): boolean => {
  let sum = 0;
  for (let i = 0; i < length - 1; i++) sum += digitAt(codes, length - 2 - i) * ((i % 6) + 2);
  const check = (11 - (sum % 11)) % 11;
  return codes[length - 1] === (check === 10 ? 75 : 48 + check);
};

export const AMERICAN_IDENTITIES: readonly IdentityRule[] = [
  { name: "us-ssn", pattern: "999999999", shapes: [324], check: isSsn, alone: 0.2, printed: 0.85, separators: BY_DASH, hasChecksum: false },
  {
    name: "us-itin",
    pattern: "999999999",
    shapes: [324],
    check: isItin,
    alone: 0.2,
    printed: 0.8,
    separators: BY_DASH,
    hasChecksum: false,
  },
  {
    name: "us-ein",
    pattern: "999999999",
    shapes: [27],
    check: (codes) => numberOf(codes, 0, 2) > 0,
    alone: 0.1,
    printed: 0.3,
    hasChecksum: false,
  },
  {
    name: "ca-sin",
    pattern: "999999999",
    shapes: [333],
    check: (codes) => codes[0] !== 56 && !isRepeated(codes, 9) && isLuhn(codes, 9),
    alone: 0.3,
    printed: 0.4,
  },
  { name: "mx-curp", pattern: "AAAA999999AAAAAAX9", check: isCurp, alone: 0.95, printed: 0 },
  { name: "mx-rfc", pattern: "AAAA999999XXX", shapes: [463], check: isRfc, alone: 0.75, printed: 0.8 },
  { name: "br-cpf", pattern: "99999999999", shapes: [3332], check: isCpf, alone: 0.4, printed: 0.95 },
  { name: "br-cnpj", pattern: "XXXXXXXXXXXX99", shapes: [23_342], check: isCnpj, alone: 0.4, printed: 0.95 },
  { name: "ar-cuit", pattern: "99999999999", shapes: [281], check: isCuit, alone: 0.3, printed: 0.9 },
  { name: "cl-rut", pattern: "99999999X", shapes: [2331, 81], check: isRut, alone: 0.3, printed: 0.8 },
  { name: "cl-rut", pattern: "9999999X", shapes: [1331, 71], check: isRut, alone: 0.2, printed: 0.7 },
];
