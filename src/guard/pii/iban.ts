import type { Finding } from "../../domain/finding.ts";
import { isDigitCode, isLetterCode, modulo } from "./checksums.ts";
import { isNear } from "./context.ts";
import type { Scan } from "./scan.ts";
import { ACCOUNT } from "./topics.ts";
import { BY_DASH, BY_SPACE } from "./separators.ts";
import type { NumberWindow } from "./window.ts";

/** Length by country, from the SWIFT IBAN registry, and of those countries that use one without being in it. */
const LENGTHS =
  "AD24 AE23 AL28 AO25 AT20 AZ28 BA20 BE16 BF28 BG22 BH22 BI27 BJ28 BR29 BY28 CF27 CG27 CH21 CI28 CM27 CR22 CV25 CY28 CZ24 DE22 DJ27 DK18 DO28 DZ26 " +
  "EE20 EG29 ES24 FI18 FK18 FO18 FR27 GA27 GB22 GE22 GI23 GL18 GQ27 GR27 GT28 GW25 HN28 HR21 HU28 IE22 IL23 IQ23 IR26 IS26 IT27 JO30 KM27 KW30 KZ20 " +
  "LB28 LC32 LI21 LT20 LU20 LV21 LY25 MA28 MC27 MD24 ME22 MG27 MK19 ML28 MN20 MR27 MT31 MU30 MZ25 NE28 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 " +
  "RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SN28 SO23 ST25 SV28 TD27 TG28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30";

const key = (first: number, second: number): number => first * 128 + second;

const LENGTH_BY_COUNTRY: ReadonlyMap<number, number> = new Map(
  LENGTHS.split(" ").map((entry) => [key(entry.charCodeAt(0), entry.charCodeAt(1)), Number(entry.slice(2))]),
);

/** Groups of four and a rest, as it is printed; or whatever groups, when the checksum holds and the word stands beside it. */
function isPrinted(window: NumberWindow): boolean {
  if (window.groups === 1) return true;
  const last = window.shape % 10;
  let rest = Math.floor(window.shape / 10);
  for (; rest > 0; rest = Math.floor(rest / 10)) if (rest % 10 !== 4) return false;
  return last > 0 && last <= 4;
}

const POLISH_DIGITS = 26;
const POLISH_SHAPE = 2_444_444;
/** "PL" as a checksum reads it. */
const PL = 2521;

/** A Polish account as Poles write it: an IBAN whose country goes without saying. */
function detectPolish(scan: Scan, { codes, start, end, groups, shape }: NumberWindow, out: Finding[]): void {
  if (groups > 1 && shape !== POLISH_SHAPE) return;
  const body = modulo(codes, 2, POLISH_DIGITS, 97);
  if (modulo(codes, 0, 2, 97, (body * 10_000 + PL) % 97) !== 1) return;
  const hasContext = isNear(scan, ACCOUNT, start, end);
  if (hasContext || groups > 1) out.push({ type: "BANK_ACCOUNT", start, end, score: hasContext ? 0.97 : 0.8, reason: "checksum:pl-nrb" });
}

export function detectIban(scan: Scan, window: NumberWindow, out: Finding[]): void {
  const { codes, length, start, end } = window;
  if (window.isNumeric && length === POLISH_DIGITS) return detectPolish(scan, window, out);
  if (window.isNumeric || length < 15) return;
  const expected = LENGTH_BY_COUNTRY.get(key(codes[0] ?? 0, codes[1] ?? 0));
  if (expected !== length || !isDigitCode(codes[2] ?? 0) || !isDigitCode(codes[3] ?? 0)) return;
  if ((window.separators & ~(BY_SPACE | BY_DASH)) !== 0) return;
  if (modulo(codes, 0, 4, 97, modulo(codes, 4, length, 97)) === 1) {
    const hasContext = isNear(scan, ACCOUNT, start, end);
    if (isPrinted(window) || hasContext) out.push({ type: "IBAN", start, end, score: hasContext ? 0.99 : 0.95, reason: "checksum:iban" });
  } else if (isLetterCode(codes[0] ?? 0) && isPrinted(window) && isNear(scan, ACCOUNT, start, end)) {
    out.push({ type: "IBAN", start, end, score: 0.6, reason: "context:account" });
  }
}
