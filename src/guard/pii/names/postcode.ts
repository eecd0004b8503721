import { SHAPE_TECHNICAL, SHAPE_UPPER, type Tokens } from "./tokens.ts";

const STATES = new Set(
  `AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX UT VT VA
  WA WV WI WY DC PR AE AP AA ON QC BC AB MB SK NS NB NL PE NSW VIC QLD WA SA TAS ACT NT`.split(/\s+/u),
);

/** A state, province or territory as it stands before a postcode; in a text without capitals, before digits only. */
export function isStateCode(text: string, tokens: Tokens, at: number): boolean {
  const start = tokens.start[at] ?? 0;
  const end = tokens.end[at] ?? 0;
  return end - start >= 2 && end - start <= 3 && tokens.shape[at] === SHAPE_UPPER && STATES.has(text.slice(start, end));
}

const isDigitAt = (text: string, at: number): boolean => text.charCodeAt(at) >= 48 && text.charCodeAt(at) <= 57;
const isCapitalAt = (text: string, at: number): boolean => text.charCodeAt(at) >= 65 && text.charCodeAt(at) <= 90;

/** `SW1A`, `M1`, `K1A`: a capital or two, then a digit. */
export function isPostcodeHead(text: string, tokens: Tokens, at: number): boolean {
  const start = tokens.start[at] ?? 0;
  const size = (tokens.end[at] ?? 0) - start;
  if (size < 2 || size > 4 || !isCapitalAt(text, start)) return false;
  return isDigitAt(text, start + 1) || (size > 2 && isCapitalAt(text, start + 1) && isDigitAt(text, start + 2));
}

/** `1AA`, `0B1`: a digit, then capitals and digits. */
export function isPostcodeTail(text: string, tokens: Tokens, at: number): boolean {
  const start = tokens.start[at] ?? 0;
  return (tokens.end[at] ?? 0) - start === 3 && isDigitAt(text, start) && isCapitalAt(text, start + 1) && !isDigitAt(text, start - 1);
}

/** British and Canadian postcodes in two words: `SW1A 1AA`, `K1A 0B1`. */
export function isPostcodePair(text: string, tokens: Tokens, at: number): boolean {
  const form = tokens.shape[at];
  if (form !== SHAPE_TECHNICAL) return false;
  if (at + 1 >= tokens.count || tokens.start[at + 1] !== (tokens.end[at] ?? 0) + 1) return false;
  return isPostcodeHead(text, tokens, at) && isPostcodeTail(text, tokens, at + 1);
}
