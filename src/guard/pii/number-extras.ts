import type { Finding } from "../../domain/finding.ts";
import { digitAt, isDigitCode, isLetterCode, isLuhn, isRepeated, numberOf, weigh, type Codes } from "./checksums.ts";
import { isNear } from "./context.ts";
import type { Scan } from "./scan.ts";
import { IMEI, INSURANCE, ROUTING, SERIAL, VIN } from "./topics.ts";
import type { NumberWindow } from "./window.ts";

const IMEI_LENGTH = 15;
const IMEI_SHAPES: ReadonlySet<number> = new Set([0, 2661, 861]);

/** A phone's number: fifteen digits and Luhn, as many cards have, so that the word must stand beside it. */
export function detectImei(scan: Scan, window: NumberWindow, out: Finding[]): void {
  if (!window.isNumeric || window.length !== IMEI_LENGTH || !IMEI_SHAPES.has(window.shape) || !isLuhn(window.codes, IMEI_LENGTH)) return;
  const { start, end } = window;
  if (isNear(scan, IMEI | SERIAL, start, end)) out.push({ type: "DEVICE", start, end, score: 0.99, reason: "luhn:imei" });
}

const VIN_LENGTH = 17;
const VIN_WEIGHTS = [8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2];
/** Values of A to Z; 0: I, O and Q, which a VIN does not have. */
const VIN_VALUES = [1, 2, 3, 4, 5, 6, 7, 8, 0, 1, 2, 3, 4, 5, 0, 7, 0, 9, 2, 3, 4, 5, 6, 7, 8, 9];

function isVinShape(codes: Codes): boolean {
  let digits = 0;
  for (let i = 0; i < VIN_LENGTH; i++) {
    const code = codes[i] ?? 0;
    if (isDigitCode(code)) digits++;
    else if (VIN_VALUES[code - 65] === 0) return false;
  }
  return digits >= 4 && digits < VIN_LENGTH && isDigitCode(codes[15] ?? 0) && isDigitCode(codes[16] ?? 0);
}

function isVinChecked(codes: Codes): boolean {
  let sum = 0;
  for (let i = 0; i < VIN_LENGTH; i++) {
    const code = codes[i] ?? 48;
    sum += (code <= 57 ? code - 48 : (VIN_VALUES[code - 65] ?? 0)) * (VIN_WEIGHTS[i] ?? 0);
  }
  const rest = sum % 11;
  return codes[8] === (rest === 10 ? 88 : 48 + rest);
}

/** European makers do not fill the check digit: theirs are found beside the word only. */
export function detectVin(scan: Scan, window: NumberWindow, out: Finding[]): void {
  if (window.length !== VIN_LENGTH || window.groups !== 1 || window.isNumeric || !isVinShape(window.codes)) return;
  const { start, end } = window;
  const isChecked = isVinChecked(window.codes);
  const hasContext = isNear(scan, VIN, start, end);
  if (hasContext || (isChecked && !window.hasLower)) {
    out.push({ type: "VEHICLE", start, end, score: hasContext ? 0.97 : 0.8, reason: isChecked ? "checksum:vin" : "context:vin" });
  }
}

const isFederalReserve = (prefix: number): boolean =>
  (prefix >= 1 && prefix <= 12) || (prefix >= 21 && prefix <= 32) || (prefix >= 61 && prefix <= 72) || prefix === 80;

/** American Bankers Association: 3-7-1, and the first two digits name a district. One number in ten passes, hence the word. */
export function detectRouting(scan: Scan, window: NumberWindow, out: Finding[]): void {
  if (!window.isNumeric || window.length !== 9 || window.groups > 3) return;
  const { codes, start, end } = window;
  if (!isFederalReserve(numberOf(codes, 0, 2)) || weigh(codes, [3, 7, 1, 3, 7, 1, 3, 7, 1]) % 10 !== 0) return;
  if (isNear(scan, ROUTING, start, end)) out.push({ type: "BANK_ACCOUNT", start, end, score: 0.97, reason: "checksum:aba" });
}

/** Medicare Beneficiary Identifier: 1EG4-TE5-MK73. C a digit, A a letter, N either; without S, L, O, I, B, Z. */
const MBI = "CANCANCAACC";

function isMbi(codes: Codes): boolean {
  for (let i = 0; i < MBI.length; i++) {
    const code = codes[i] ?? 0;
    const isLetter = isLetterCode(code) && !"SLOIBZ".includes(String.fromCharCode(code));
    const wanted = MBI.charAt(i);
    if (wanted === "C" ? !isDigitCode(code) : wanted === "A" ? !isLetter : !isLetter && !isDigitCode(code)) return false;
  }
  return codes[0] !== 48;
}

/** Germany: a letter as two digits, then Luhn-like with weights 1 and 2. */
function isKvnr(codes: Codes): boolean {
  if (!isLetterCode(codes[0] ?? 0)) return false;
  for (let i = 1; i < 10; i++) if (!isDigitCode(codes[i] ?? 0)) return false;
  const letter = (codes[0] ?? 65) - 64;
  const digits = [Math.floor(letter / 10), letter % 10, ...Array.from({ length: 8 }, (_, i) => digitAt(codes, i + 1))];
  const sum = digits.reduce((total, digit, i) => {
    const product = digit * (i % 2 === 0 ? 1 : 2);
    return total + (product > 9 ? product - 9 : product);
  }, 0);
  return sum % 10 === digitAt(codes, 9);
}

/** Brazil: fifteen digits, weights 15 to 1, divisible by 11. */
const isCns = (codes: Codes): boolean =>
  "12789".includes(String.fromCharCode(codes[0] ?? 0)) && weigh(codes, [15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0;

export function detectHealthInsurance(scan: Scan, window: NumberWindow, out: Finding[]): void {
  const { codes, length, start, end, groups } = window;
  const hasContext = (): boolean => isNear(scan, INSURANCE, start, end);
  const add = (score: number, reason: string): void => void out.push({ type: "HEALTH_INSURANCE", start, end, score, reason });
  if (length === 11 && !window.isNumeric && !window.hasLower && (groups === 1 || window.shape === 434) && isMbi(codes)) {
    add(hasContext() ? 0.97 : groups === 1 ? 0.6 : 0.8, "shape:us-mbi");
  } else if (length === 10 && groups === 1 && !window.isNumeric && isKvnr(codes) && hasContext()) add(0.97, "checksum:de-kvnr");
  else if (length === 15 && window.isNumeric && !isRepeated(codes, 15) && isCns(codes) && hasContext()) add(0.97, "checksum:br-cns");
}
