import {
  familyOf,
  givenOf,
  IN_ORGANISATION,
  IN_PLACE,
  LABEL_WORD,
  ordinaryOf,
  organisationOf,
  PHRASE_START,
  placeOf,
  roleOf,
} from "./attributes.ts";
import { LABEL_PERSON } from "./labels.ts";
import { startsSentence } from "./features.ts";
import type { Lexicon } from "./lexicon.ts";
import { ROLES } from "./roles.ts";
import {
  GAP_HYPHEN,
  GAP_OTHER,
  GAP_PERIOD,
  GAP_SPACE,
  SHAPE_DIGIT,
  SHAPE_EAST_ASIAN,
  SHAPE_INITIAL,
  SHAPE_LOWER,
  SHAPE_MIXED,
  SHAPE_PLAIN,
  SHAPE_TECHNICAL,
  SHAPE_TITLE,
  SHAPE_UPPER,
  type Tokens,
} from "./tokens.ts";
import { hashJoin } from "./word-hash.ts";

/** The most words that an entry of the lists has. */
const PHRASE_WORDS_MAX = 5;
/** Below this share of capitalised words, a text does not use capitals: `i` and `OK` may still be in it. */
const CAPITALS_MIN = 0.02;
const CAPITALS_ONLY = 0.7;

/**
 * In a text without lower case, or without capitals but at the start of sentences ("My name is tracy."), the shape of a word says nothing;
 * it becomes `SHAPE_PLAIN`.
 */
export function settleCase(tokens: Tokens): void {
  const { shape, gap, count } = tokens;
  let lower = 0;
  let upper = 0;
  let title = 0;
  for (let at = 0; at < count; at++) {
    const form = shape[at];
    if (form === SHAPE_LOWER) lower++;
    else if (form === SHAPE_UPPER) upper++;
    else if ((form === SHAPE_TITLE || form === SHAPE_MIXED) && !startsSentence(gap[at] ?? 0)) title++;
  }
  const all = lower + upper + title;
  const plain = title < all * CAPITALS_MIN && upper < all * 0.2 ? SHAPE_LOWER : upper > all * CAPITALS_ONLY && upper > 2 ? SHAPE_UPPER : -1;
  if (plain < 0) return;
  for (let at = 0; at < count; at++) if (shape[at] === plain) shape[at] = SHAPE_PLAIN;
}

/** Marks the words of places and organisations that have several words. */
export function markPhrases(tokens: Tokens, lexicon: Lexicon): void {
  const { attributes, hash, gap, shape, count } = tokens;
  for (let at = 0; at < count; at++) {
    if (((attributes[at] ?? 0) & PHRASE_START) === 0) continue;
    let joined = hash[at] ?? 0;
    let last = -1;
    let mark = 0;
    for (let next = at + 1; next < count && next < at + PHRASE_WORDS_MAX; next++) {
      // "St. Louis": a short word's period does not end the phrase.
      const isShort = (tokens.end[next - 1] ?? 0) - (tokens.start[next - 1] ?? 0) <= 2;
      if ((gap[next] ?? 0) > GAP_OTHER && !(gap[next] === GAP_PERIOD && isShort)) break;
      joined = hashJoin(joined, hash[next] ?? 0);
      const found = lexicon.find(joined);
      // Of two ordinary words in a text with capitals ("most of", "west end"), none is a place unless it is written as one.
      const written = shape[at] !== SHAPE_LOWER && shape[next] !== SHAPE_LOWER;
      if (found === 0 || !written) continue;
      if (
        placeOf(found) === 1 &&
        ordinaryOf(attributes[at] ?? 0) >= 4 &&
        ordinaryOf(attributes[next] ?? 0) >= 4 &&
        shape[at] === SHAPE_PLAIN
      )
        continue;
      if (placeOf(found) > 0 || organisationOf(found) === 2) {
        last = next;
        mark = placeOf(found) > 0 ? IN_PLACE : IN_ORGANISATION;
      }
    }
    for (let inside = at; inside <= last; inside++) attributes[inside] = (attributes[inside] ?? 0) | mark;
  }
}

/** How much of a name a word without a capital has to be, by how ordinary it is: "hurt" and "streets" are names too. */
const NAME_MIN: readonly number[] = [1, 1, 1, 1, 2, 3, 3, 3];

/** Whether a single capital has a word with a capital after it, or a person before it: "J. Smith", "Anna K." */
function isBesideName({ shape, gap, label, count }: Tokens, at: number): boolean {
  if (at > 0 && label[at - 1] === LABEL_PERSON && gap[at] === GAP_SPACE) return true;
  if (at + 1 >= count || (gap[at + 1] !== GAP_SPACE && gap[at + 1] !== GAP_PERIOD && gap[at + 1] !== GAP_HYPHEN)) return false;
  const next = shape[at + 1];
  return next === SHAPE_TITLE || next === SHAPE_MIXED || next === SHAPE_INITIAL || next === SHAPE_UPPER;
}

/** "d" and "da" are parts of names, whatever else they label. */
const LABEL_CHARS_MIN = 3;

/** A label's word ("IMEI", "cédula") that is no known name; written small where others are not, whatever else it is ("data de nascimento"). */
export function isLabel({ attributes, shape, start, end }: Tokens, at: number): boolean {
  const own = attributes[at] ?? 0;
  if ((end[at] ?? 0) - (start[at] ?? 0) < LABEL_CHARS_MIN) return false;
  if ((own & LABEL_WORD) === 0 || (own & (IN_PLACE | IN_ORGANISATION)) !== 0 || organisationOf(own) !== 0) return false;
  return shape[at] === SHAPE_LOWER || Math.max(givenOf(own), familyOf(own), placeOf(own)) < 2;
}

/** "1. Januar": months and weekdays after a number, and those that are nobody's name. "Rio de Janeiro" has one, and is none. */
const isDateWord = ({ shape, gap }: Tokens, at: number, own: number): boolean =>
  (own & IN_PLACE) === 0 &&
  ((at > 0 && shape[at - 1] === SHAPE_DIGIT && (gap[at] ?? 0) <= GAP_PERIOD) || (givenOf(own) < 2 && familyOf(own) < 2));

/** Whether the model is asked at all: most words of a text are ordinary and small, and no name. */
export function isCandidate(tokens: Tokens, at: number): boolean {
  const form = tokens.shape[at] ?? 0;
  if (form === SHAPE_DIGIT || form === SHAPE_TECHNICAL || form === SHAPE_EAST_ASIAN) return false;
  const own = tokens.attributes[at] ?? 0;
  const ordinary = ordinaryOf(own);
  const names = givenOf(own) + familyOf(own) + placeOf(own);
  const role = roleOf(own);
  if (role === ROLES.pronoun || role === ROLES.article || role === ROLES.be)
    return form !== SHAPE_LOWER && form !== SHAPE_PLAIN && names > 0;
  if (role === ROLES.date && isDateWord(tokens, at, own)) return false;
  // At the start of a sentence a capital says nothing, and the commonest words are no names there unless they are common names too.
  const isStrong = Math.max(givenOf(own), familyOf(own), placeOf(own)) === 3 || organisationOf(own) !== 0 || (own & IN_PLACE) !== 0;
  if (form === SHAPE_TITLE && ordinary >= 6 && !isStrong && startsSentence(tokens.gap[at] ?? 0)) return false;
  // "Muslim" and "French" are names too, but hardly ever are meant as such; "Christian" and "Roman" are.
  if (role === ROLES.nationality && givenOf(own) < 3) return false;
  if (form === SHAPE_LOWER || form === SHAPE_PLAIN) {
    if ((own & (IN_PLACE | IN_ORGANISATION)) !== 0 || organisationOf(own) !== 0 || role === ROLES.particle) return true;
    const most = Math.max(givenOf(own), familyOf(own), placeOf(own));
    return names > 0 ? most >= (NAME_MIN[ordinary] ?? 3) : ordinary === 0 && (tokens.end[at] ?? 0) - (tokens.start[at] ?? 0) > 2;
  }
  if (form === SHAPE_INITIAL) return isBesideName(tokens, at);
  return true;
}
