import { ROLE_SHIFT } from "./attributes.ts";
import { isLetter, kindOf } from "./char-kind.ts";
import { DIGIT, FOLD_SIZE, KIND, MARK, OTHER } from "./fold.ts";
import { gapOf, isTechnicalAfter, isTechnicalBefore } from "./gap.ts";
import type { Lexicon } from "./lexicon.ts";
import { ROLES } from "./roles.ts";
import {
  GAP_APOSTROPHE,
  GAP_HYPHEN,
  GAP_LINE,
  GAP_NONE,
  GAP_OTHER,
  GAP_PERIOD,
  GAP_QUOTE,
  GAP_SPACE,
  GAP_START,
  SHAPE_MIXED,
  SHAPE_TECHNICAL,
  TOKENS_MAX,
  type Tokens,
} from "./tokens.ts";
import { createWordScan, scanWord, shapeOf, type WordScan } from "./word-scan.ts";

/** "she'll", "wouldn't": as ordinary as a word can be, where no list has them. */
const CONTRACTION = 7 | (ROLES.be << ROLE_SHIFT);
const PERIOD = 0x2e;
const SPACE = 0x20;
const COLON = 0x3a;
const LESS = 0x3c;
const SLASH = 0x2f;

/** A hyphen or an apostrophe after a space joins nothing: it is a dash, or a quotation mark. */
function loosen(gap: number): number {
  if (gap === GAP_HYPHEN) return GAP_OTHER;
  return gap === GAP_APOSTROPHE ? GAP_QUOTE : gap;
}

/** Columns of a table are not one name: three spaces and more, or none, are not one. */
function spaceOf(size: number): number {
  if (size === 0) return GAP_NONE;
  return size > 2 ? GAP_OTHER : GAP_SPACE;
}

/** `<name>Maria Silva</name>`: what ends with a closing tag is text. */
const isEndTag = (text: string, at: number): boolean => text.charCodeAt(at) === LESS && text.charCodeAt(at + 1) === SLASH;

const MIXED_NAME = /^(?:Mc|Mac|De|Di|Da|Du|Del|Des|La|Le|Van|Von|Fitz|St|San|Ja|O['’]|D['’]|L['’]|Al|El|Bin|Ben|Abu)\p{Lu}\p{Ll}+$/u;

/** `McCoy`, `DeShawn`, `O'Brien`; not `MutexGuard`. */
const isMixedName = (text: string, at: number, { end, uppers }: WordScan): boolean => uppers === 2 && MIXED_NAME.test(text.slice(at, end));

/** `example.com`, `index.html`: a word that a period without a space ties to the next. */
const isDotted = (text: string, end: number): boolean =>
  text.charCodeAt(end) === PERIOD && end + 1 < text.length && isLetter(text.charCodeAt(end + 1));

/** Fills `tokens` from `from` on until the text ends or the arrays are full; answers where it stopped. */
export function tokenise(text: string, from: number, tokens: Tokens, lexicon: Lexicon): number {
  const { start, end, hash, attributes, shape, gap } = tokens;
  const scan = createWordScan();
  const length = text.length;
  let count = 0;
  let at = from;
  let between = GAP_START;
  let isTechnical = false;
  let isSpaced = true;
  while (at < length && count < TOKENS_MAX) {
    const code = text.charCodeAt(at);
    const first = code < FOLD_SIZE ? (KIND[code] ?? OTHER) : kindOf(code);
    if (first === OTHER || first === MARK) {
      const worth = isSpaced ? loosen(gapOf(code)) : gapOf(code);
      if (worth > between) between = worth;
      if (worth === GAP_SPACE || worth === GAP_LINE) {
        isTechnical = false;
        isSpaced = true;
        if (between < GAP_OTHER) between = GAP_SPACE;
      } else if (isTechnicalBefore(code) || (code === COLON && text.charCodeAt(at - 1) === COLON)) isTechnical = true;
      at++;
      continue;
    }
    scanWord(text, at, first, scan);
    const next = scan.end < length ? text.charCodeAt(scan.end) : SPACE;
    const isLong = scan.letters > 1;
    const isPart =
      isTechnical ||
      (isTechnicalAfter(next) && !isEndTag(text, scan.end)) ||
      (next === COLON && text.charCodeAt(scan.end + 1) === COLON) ||
      (isLong && (isDotted(text, scan.end) || (between === GAP_PERIOD && !isSpaced)));
    const known = lexicon.find(scan.hash);
    start[count] = at;
    end[count] = scan.end;
    hash[count] = scan.hash;
    attributes[count] = known === 0 && scan.apostrophe > 0 && scan.end - scan.apostrophe <= 3 ? CONTRACTION : known;
    const form = isPart && first !== DIGIT ? SHAPE_TECHNICAL : shapeOf(first, scan);
    shape[count] = form === SHAPE_MIXED && known === 0 && !isMixedName(text, at, scan) ? SHAPE_TECHNICAL : form;
    gap[count] = between === GAP_SPACE ? spaceOf(count === 0 ? 0 : at - (end[count - 1] ?? 0)) : between;
    count++;
    at = scan.end;
    between = GAP_SPACE;
    isTechnical = false;
    isSpaced = false;
  }
  tokens.count = count;
  return at;
}
