import {
  GAP_APOSTROPHE,
  GAP_COLON,
  GAP_COMMA,
  GAP_HYPHEN,
  GAP_LINE,
  GAP_OTHER,
  GAP_PERIOD,
  GAP_QUOTE,
  GAP_SPACE,
  GAP_STOP,
} from "./tokens.ts";

const TABLE = new Uint8Array(128).fill(GAP_OTHER);

const CHARS: readonly (readonly [chars: string, gap: number])[] = [
  [" \t", GAP_SPACE],
  ["-", GAP_HYPHEN],
  ["'", GAP_APOSTROPHE],
  [",", GAP_COMMA],
  ['"([{*`|<>', GAP_QUOTE],
  [":;=", GAP_COLON],
  [".", GAP_PERIOD],
  ["!?", GAP_STOP],
  ["\n\r", GAP_LINE],
];

const BEYOND = new Map<number, number>(
  (
    [
      ["\u00a0\u3000\u202f", GAP_SPACE],
      ["\u2019", GAP_APOSTROPHE],
      ["\u2010\u2011", GAP_HYPHEN],
      ["。！？।", GAP_STOP],
      ["、，", GAP_COMMA],
      ["：", GAP_COLON],
      ["“”„«»「『¡¿", GAP_QUOTE],
    ] as const
  ).flatMap(([chars, gap]) => chars.split("").map((char) => [char.charCodeAt(0), gap] as const)),
);

for (const [chars, gap] of CHARS) for (let at = 0; at < chars.length; at++) TABLE[chars.charCodeAt(at)] = gap;

/** What a char between two words is worth as a gap. */
export const gapOf = (code: number): number => (code < 128 ? (TABLE[code] ?? GAP_OTHER) : (BEYOND.get(code) ?? GAP_OTHER));

const TECHNICAL_BEFORE = new Uint8Array(128);
const TECHNICAL_AFTER = new Uint8Array(128);
for (const char of ["@", "_", "/", "#", "$", "%", "\\", "<", "&"]) TECHNICAL_BEFORE[char.charCodeAt(0)] = 1;
for (const char of ["@", "_", "(", "<"]) TECHNICAL_AFTER[char.charCodeAt(0)] = 1;

/** True for a char after which a word is part of an address, a path or an identifier. */
export const isTechnicalBefore = (code: number): boolean => code < 128 && TECHNICAL_BEFORE[code] === 1;
/** True for a char before which it is. */
export const isTechnicalAfter = (code: number): boolean => code < 128 && TECHNICAL_AFTER[code] === 1;
