import { familyOf, givenOf, IN_PLACE, ordinaryOf, placeOf, roleOf } from "./attributes.ts";
import { LABEL_ADDRESS } from "./labels.ts";
import { isPostcodeHead, isPostcodePair, isPostcodeTail, isStateCode } from "./postcode.ts";
import { ROLES } from "./roles.ts";
import { endsAsStreet, isWeakStreet } from "./street.ts";
import {
  GAP_COLON,
  GAP_COMMA,
  GAP_HYPHEN,
  GAP_LINE,
  GAP_OTHER,
  GAP_PERIOD,
  GAP_SPACE,
  GAP_STOP,
  SHAPE_DIGIT,
  SHAPE_INITIAL,
  SHAPE_LOWER,
  SHAPE_MIXED,
  SHAPE_PLAIN,
  SHAPE_TITLE,
  SHAPE_UNCASED,
  SHAPE_UPPER,
  type Tokens,
} from "./tokens.ts";

/** "1600 Amphitheatre", "Martin Luther King Jr": words of a street's own name. */
const STREET_WORDS_MAX = 5;
/** From the street to the country; longer is no address but a text. */
const TAIL_WORDS_MAX = 14;

const SLASH = 47;

type Words = { readonly text: string; readonly tokens: Tokens };

const attributesAt = ({ tokens }: Words, at: number): number => (at >= 0 && at < tokens.count ? (tokens.attributes[at] ?? 0) : 0);
const roleAt = (words: Words, at: number): number => roleOf(attributesAt(words, at));
const gapAt = ({ tokens }: Words, at: number): number => (at < tokens.count ? (tokens.gap[at] ?? 0) : GAP_STOP);
const isDigit = ({ tokens }: Words, at: number): boolean => at >= 0 && at < tokens.count && tokens.shape[at] === SHAPE_DIGIT;
const sizeAt = ({ tokens }: Words, at: number): number => (tokens.end[at] ?? 0) - (tokens.start[at] ?? 0);

/** Written as a name is: with a capital, or, where capitals say nothing, a word that is not among the commonest. */
function isNameLike(words: Words, at: number, isLoose = false): boolean {
  const form = words.tokens.shape[at];
  const own = attributesAt(words, at);
  if (form === SHAPE_TITLE || form === SHAPE_UPPER || form === SHAPE_MIXED || form === SHAPE_INITIAL) return true;
  if (roleOf(own) === ROLES.particle) return true;
  if (form !== SHAPE_PLAIN && form !== SHAPE_UNCASED && !(isLoose && form === SHAPE_LOWER)) return false;
  return ordinaryOf(own) < 5 || familyOf(own) >= 2 || placeOf(own) >= 2 || roleOf(own) === ROLES.date;
}

const joinsStreet = (gap: number): boolean => gap <= GAP_OTHER || gap === GAP_PERIOD;

/** "… 655.18, Kerkstraat": a comma, and before it the end of a longer number that is another thing's. */
const isNumbersEnd = (words: Words, at: number): boolean =>
  gapAt(words, at) === GAP_COMMA && isDigit(words, at - 2) && gapAt(words, at - 1) !== GAP_COMMA && gapAt(words, at - 1) <= GAP_PERIOD;

/** House numbers before `at`: "12", "48 107", "12-14", "Flat 3, 27". Answers where they start, or `at` when there are none. */
function numbersBefore(words: Words, at: number): number {
  let start = at;
  while (
    start > at - 3 &&
    isDigit(words, start - 1) &&
    sizeAt(words, start - 1) <= 6 &&
    gapAt(words, start) <= GAP_COMMA &&
    !isNumbersEnd(words, start)
  )
    start--;
  return start < at && roleAt(words, start - 1) === ROLES.unit && gapAt(words, start) <= GAP_PERIOD ? start - 1 : start;
}

/** Where an address that ends in the postcode at `at` starts: at its first number, else at its town. */
function startBefore(words: Words, at: number): number {
  let start = at;
  for (let left = at - 1; left >= 0 && left > at - 12; left--) {
    const gap = gapAt(words, left + 1);
    if (words.tokens.label[left] === LABEL_ADDRESS || (gap > GAP_COMMA && gap !== GAP_LINE)) break;
    if (isDigit(words, left)) start = numbersBefore(words, left + 1);
    else if (!isNameLike(words, left) || roleAt(words, left) === ROLES.date) break;
    else if (left === at - 1) start = left;
  }
  return start;
}

/** House numbers after `at`; answers the last of them, or `at`. */
function numbersAfter(words: Words, at: number): number {
  let last = at;
  while (last < at + 3 && isDigit(words, last + 1) && sizeAt(words, last + 1) <= 6) {
    const gap = gapAt(words, last + 1);
    if (gap > GAP_COMMA && !(gap === GAP_PERIOD && last === at)) break;
    last++;
  }
  return last;
}

function isCity(words: Words, at: number): boolean {
  const own = attributesAt(words, at);
  const form = words.tokens.shape[at];
  if (form === SHAPE_LOWER || form === SHAPE_DIGIT || roleOf(own) === ROLES.be) return false;
  if ((own & IN_PLACE) !== 0 || (placeOf(own) >= 1 && ordinaryOf(own) < 6)) return true;
  if (!isNameLike(words, at) || ordinaryOf(own) >= 6) return false;
  if (isDigit(words, at - 1) && sizeAt(words, at - 1) >= 4) return true;
  if (isDigit(words, at + 1) && sizeAt(words, at + 1) >= 4 && gapAt(words, at + 1) <= GAP_COMMA) return true;
  return gapAt(words, at) >= GAP_COMMA && gapAt(words, at + 1) >= GAP_COMMA && givenOf(own) < 3;
}

/** Follows an address to the right: flat, postcode, town, state, country. Answers its last word. */
function followTail(words: Words, from: number): number {
  let last = from;
  for (let at = from + 1; at < words.tokens.count && at <= from + TAIL_WORDS_MAX; at++) {
    const gap = gapAt(words, at);
    if (gap > GAP_PERIOD && gap !== GAP_LINE) break;
    const afterUnit = roleAt(words, at - 1) === ROLES.unit;
    if (gap === GAP_PERIOD && !afterUnit && sizeAt(words, at - 1) > 2) break;
    const role = roleAt(words, at);
    if (
      isStateCode(words.text, words.tokens, at) ||
      isPostcodeHead(words.text, words.tokens, at) ||
      isPostcodeTail(words.text, words.tokens, at)
    )
      last = at;
    else if (isDigit(words, at)) {
      if (!afterUnit && sizeAt(words, at) < 4 && gap !== GAP_HYPHEN) {
        if (gap > GAP_COMMA) break;
        continue;
      }
      last = at;
    } else if (afterUnit && sizeAt(words, at) <= 2) last = at;
    else if (role === ROLES.unit && (isDigit(words, at + 1) || sizeAt(words, at + 1) === 1)) last = at;
    else if (isCity(words, at)) last = at;
    else if (role !== ROLES.particle && !(isNameLike(words, at) && ordinaryOf(attributesAt(words, at)) < 5)) break;
  }
  return last;
}

function mark({ tokens }: Words, from: number, to: number): void {
  tokens.label.fill(LABEL_ADDRESS, from, to + 1);
}

const ORDINAL = /^\d{1,3}(?:st|nd|rd|th)$/iu;

/** "5th" of "5th Avenue". */
function isOrdinal({ text, tokens }: Words, at: number): boolean {
  return tokens.shape[at] === SHAPE_DIGIT && ORDINAL.test(text.slice(tokens.start[at], tokens.end[at]));
}

/** "1600 Amphitheatre Parkway", "Baker Street", "23 wressle road"; `at` is the word for the street. */
function findStreetAfter(words: Words, at: number): void {
  const form = words.tokens.shape[at];
  const isWeak = isWeakStreet(attributesAt(words, at), words.text, words.tokens, at);
  const isLoose = form === SHAPE_LOWER && !isWeak;
  let start = at;
  while (start > at - STREET_WORDS_MAX && start > 0 && joinsStreet(gapAt(words, start))) {
    const role = roleAt(words, start - 1);
    if (!isNameLike(words, start - 1, isLoose) && !isOrdinal(words, start - 1)) break;
    if (role === ROLES.article || role === ROLES.in) break;
    start--;
  }
  if (start === at) return;
  const numbered = numbersBefore(words, start);
  const last = numbersAfter(words, at);
  const hasNumber = numbered < start || last > at;
  // "the corner of Hill and Baker Street" has no number; "a long drive" has no name.
  if (!hasNumber && (form !== SHAPE_TITLE || isWeak)) return;
  mark(words, numbered, hasNumber ? followTail(words, last) : at);
}

const CONTRACTIONS: ReadonlySet<string> = new Set("des d l aux nell all das do dos da".split(" "));

/** "des" of "rue des Tilleuls": a particle of streets, though not of persons. */
function isContraction({ text, tokens }: Words, at: number): boolean {
  const from = tokens.start[at] ?? 0;
  const to = tokens.end[at] ?? 0;
  return to - from <= 4 && CONTRACTIONS.has(text.slice(from, to).toLowerCase());
}

const isStreetName = (words: Words, at: number): boolean => isNameLike(words, at) || isContraction(words, at);

/** "12 Rue de la Paix", "Via Roma 12", "ul. Karpacka 69"; `at` is the word for the street. */
function findStreetBefore(words: Words, at: number): void {
  if (words.tokens.shape[at] === SHAPE_LOWER && gapAt(words, at + 1) !== GAP_PERIOD && !isStreetName(words, at + 1)) return;
  let last = at;
  let names = 0;
  while (
    last < at + STREET_WORDS_MAX &&
    last + 1 < words.tokens.count &&
    joinsStreet(gapAt(words, last + 1)) &&
    !isDigit(words, last + 1)
  ) {
    if (gapAt(words, last + 1) === GAP_PERIOD && last > at && sizeAt(words, last) > 4) break;
    if (!isStreetName(words, last + 1) || roleAt(words, last + 1) === ROLES.unit) break;
    last++;
    if (roleAt(words, last) !== ROLES.particle && !isContraction(words, last)) names++;
  }
  if (names === 0) return;
  const start = numbersBefore(words, at);
  const end = numbersAfter(words, last);
  if (start === at && end === last) return;
  mark(words, start, followTail(words, end));
}

/** "Hauptstraße 5"; `at` is the number. */
function findCompound(words: Words, at: number): void {
  const street = at - 1;
  if (street < 0 || gapAt(words, at) > GAP_PERIOD || !isNameLike(words, street)) return;
  if (!endsAsStreet(words.text, words.tokens.start[street] ?? 0, words.tokens.end[street] ?? 0)) return;
  let start = street;
  while (
    start > street - 2 &&
    start > 0 &&
    gapAt(words, start) <= GAP_HYPHEN &&
    isNameLike(words, start - 1) &&
    gapAt(words, start) !== GAP_SPACE
  )
    start--;
  mark(words, numbersBefore(words, start), followTail(words, numbersAfter(words, street)));
}

const UNIT_CHARS_MAX = 5;

/** "Apt. 974" after "75 Auerstrasse", or where no word says that a line is a street: "91 Vila Miguel Tavares 1160\nSuite 616". */
function findUnit(words: Words, at: number): void {
  if (!isDigit(words, at + 1) || sizeAt(words, at) < 3 || roleAt(words, at + 1) === ROLES.date) return;
  // "NHS number 6902341222" is no flat.
  if (sizeAt(words, at + 1) > UNIT_CHARS_MAX) return;
  let start = at;
  let digits = 0;
  let names = 0;
  for (let left = at - 1; left >= 0 && left > at - 10; left--) {
    const gap = gapAt(words, left + 1);
    if (gap > GAP_COMMA && gap !== GAP_LINE && gap !== GAP_PERIOD) break;
    if (!isDigit(words, left) && !isNameLike(words, left)) break;
    if (gap === GAP_LINE && digits > 0) break;
    if (isDigit(words, left)) {
      digits++;
      start = left;
    } else if (roleAt(words, left) !== ROLES.unit && roleAt(words, left) !== ROLES.particle) names++;
  }
  // "Room 594, building 12, floor 3" and "16:30 room 755" are in no street.
  if (names === 0 && (roleAt(words, start - 1) === ROLES.unit || gapAt(words, at) === GAP_SPACE)) return;
  if (digits > 0) mark(words, start, followTail(words, at + 1));
}

/** "P.O. Box 12", "Postfach 10 20"; `at` is the word before the number. */
function findBox(words: Words, at: number): void {
  let number = at + 1;
  if (roleAt(words, number) === ROLES.box) number++;
  if (!isDigit(words, number) || gapAt(words, number) > GAP_OTHER) return;
  // "BP 120/80" is a blood pressure.
  if (words.text.charCodeAt(words.tokens.end[number] ?? 0) === SLASH) return;
  const word = words.text.slice(words.tokens.start[at], words.tokens.end[at]).toLowerCase();
  let start = at;
  if (word === "box" || word === "bp") {
    const before = words.text.slice(Math.max(0, (words.tokens.start[at] ?? 0) - 6), words.tokens.start[at]).toLowerCase();
    if (word === "box" && !/p\.?\s?o\.?\s$/u.test(before)) return;
    while (start > 0 && start > at - 2 && sizeAt(words, start - 1) <= 2 && !isDigit(words, start - 1)) start--;
  }
  mark(words, start, followTail(words, number));
}

/** "10115 Berlin", "CA 94043", "SW1A 1AA", "1017 AB Amsterdam", "ZIP: 11164" where no street was found before it. */
function findPostcode(words: Words, at: number): void {
  const { text, tokens } = words;
  if (tokens.label[at] === LABEL_ADDRESS) return;
  const size = sizeAt(words, at);
  const isCode = size === 5 && gapAt(words, at) <= GAP_LINE;
  if (isCode && at > 0 && isStateCode(text, tokens, at - 1) && gapAt(words, at) === GAP_SPACE) {
    return mark(words, startBefore(words, at - 1), at);
  }
  if (isCode && gapAt(words, at + 1) === GAP_SPACE && placeOf(attributesAt(words, at + 1)) >= 2 && tokens.shape[at + 1] === SHAPE_TITLE)
    return mark(words, at, at + 1);
  if (size >= 4 && size <= 6 && isAfterAddressWord(words, at)) mark(words, at, at);
}

/** "ZIP: 11164", "my postcode is 12345", "zip code 77058". */
function isAfterAddressWord(words: Words, at: number): boolean {
  for (let left = at - 1; left >= 0 && left > at - 4; left--) {
    if (roleAt(words, left) === ROLES.address) return true;
    if (sizeAt(words, left) > 4 || gapAt(words, left + 1) > GAP_COLON) return false;
  }
  return false;
}

/** "APO AE 09012" and the unit or ship before it: "PSC 1083, Box 3672\nAPO AP 10176". */
function findMilitary(words: Words, at: number): void {
  if (!isDigit(words, at + 2)) return;
  let start = at;
  for (let left = at - 1; left >= 0 && left > at - 6; left--) {
    const gap = gapAt(words, left + 1);
    const role = roleAt(words, left);
    if (gap > GAP_COMMA && gap !== GAP_LINE) break;
    if (!isDigit(words, left) && !isNameLike(words, left) && role !== ROLES.box && role !== ROLES.unit) break;
    start = left;
  }
  mark(words, start, at + 2);
}

/** "Hrotovice 12" says nothing, but "19 Sokolská 1475," does: a name between two numbers, at the end of a line or a clause. */
function findNumbered(words: Words, at: number): void {
  // The end of a card ("… 4242 11/28 cvc 331") is no house number.
  if (isDigit(words, at - 1) && isDigit(words, at - 2) && gapAt(words, at) < GAP_COMMA && gapAt(words, at - 1) < GAP_COMMA) return;
  let last = at;
  let names = 0;
  while (last < at + STREET_WORDS_MAX && gapAt(words, last + 1) <= GAP_HYPHEN && !isDigit(words, last + 1)) {
    const own = attributesAt(words, last + 1);
    if (!isNameLike(words, last + 1) || roleOf(own) === ROLES.date || ordinaryOf(own) >= 5) break;
    last++;
    if (ordinaryOf(own) < 3) names++;
  }
  if (names === 0 || !isDigit(words, last + 1) || sizeAt(words, last + 1) > 4 || gapAt(words, last + 1) > GAP_SPACE) return;
  if (gapAt(words, last + 2) < GAP_COMMA) return;
  mark(words, numbersBefore(words, at), followTail(words, last + 1));
}

/** "Av. Reforma 222", "al. Niepodległości 5": elsewhere both are particles of names. */
const isAvenue = (words: Words, at: number): boolean =>
  sizeAt(words, at) === 2 &&
  gapAt(words, at + 1) === GAP_PERIOD &&
  /^a[lv]$/iu.test(words.text.slice(words.tokens.start[at], words.tokens.end[at]));

/** "8 avenue Victor Hugo": the word for the street between its number and its name, as in French. */
const isBetween = (words: Words, at: number): boolean =>
  isDigit(words, at - 1) &&
  gapAt(words, at) <= GAP_COMMA &&
  words.tokens.shape[at + 1] === SHAPE_TITLE &&
  gapAt(words, at + 1) === GAP_SPACE;

/** Labels the words of postal addresses. Each word is looked at a bounded number of times. */
export function markAddresses(text: string, tokens: Tokens): void {
  const words: Words = { text, tokens };
  for (let at = 0; at < tokens.count; at++) {
    if (tokens.label[at] === LABEL_ADDRESS) continue;
    const role = roleAt(words, at);
    if (isDigit(words, at)) {
      findCompound(words, at);
      if (sizeAt(words, at) <= 3) findNumbered(words, at);
      findPostcode(words, at);
    } else if (role === ROLES.streetAfter && !isBetween(words, at)) findStreetAfter(words, at);
    else if (role === ROLES.streetBefore || role === ROLES.streetAfter) findStreetBefore(words, at);
    else if (isAvenue(words, at)) findStreetBefore(words, at);
    else if (role === ROLES.unit) findUnit(words, at);
    else if (role === ROLES.box) findBox(words, at);
    else if (role === ROLES.military) findMilitary(words, at);
    else if (isPostcodePair(text, tokens, at)) mark(words, startBefore(words, at), at + 1);
  }
}
