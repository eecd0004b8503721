import { familyOf, givenOf, IN_ORGANISATION, IN_PLACE, ordinaryOf, organisationOf, placeOf, roleOf } from "./attributes.ts";
import { FOLD, FOLD_SIZE, foldCode } from "./fold.ts";
import {
  GAP_LINE,
  GAP_PERIOD,
  GAP_START,
  SHAPE_DIGIT,
  SHAPE_LOWER,
  SHAPE_MIXED,
  SHAPE_PLAIN,
  SHAPE_TITLE,
  SHAPE_UPPER,
  type Tokens,
} from "./tokens.ts";

/** Each template of features has a range of indexes of its own; the sizes are the number of values that it can have. */
const ROLES_SIZE = 64;
const SHAPES_SIZE = 10;
const GAPS_SIZE = 12;
const CLASSES_SIZE = 96;
const LEXICAL_SIZE = 1024;
const HASHED_SIZE = 4096;
const LABELS_SIZE = 5;

let total = 0;
function take(size: number): number {
  total += size;
  return total - size;
}

/** Where the range of each template starts. */
const AT = {
  lexical: take(LEXICAL_SIZE * 20),
  role: take(ROLES_SIZE * SHAPES_SIZE),
  suffix3: take(HASHED_SIZE * 2),
  suffix2: take(HASHED_SIZE),
  prefix3: take(HASHED_SIZE),
  roleBefore: take(ROLES_SIZE * SHAPES_SIZE),
  rolesBefore: take(ROLES_SIZE * ROLES_SIZE),
  roleBeforeThat: take(ROLES_SIZE * SHAPES_SIZE),
  roleThirdBefore: take(ROLES_SIZE),
  roleAfter: take(ROLES_SIZE * SHAPES_SIZE),
  roleAfterThat: take(ROLES_SIZE),
  rolesAround: take(ROLES_SIZE * ROLES_SIZE),
  classBefore: take(CLASSES_SIZE * SHAPES_SIZE),
  classAfter: take(CLASSES_SIZE * SHAPES_SIZE),
  classesLeft: take(CLASSES_SIZE * CLASSES_SIZE),
  classesRight: take(CLASSES_SIZE * CLASSES_SIZE),
  gapAndLabel: take(GAPS_SIZE * LABELS_SIZE),
  gapAndClass: take(GAPS_SIZE * CLASSES_SIZE),
  gapAfterAndClass: take(GAPS_SIZE * CLASSES_SIZE),
  labelAndClass: take(LABELS_SIZE * CLASSES_SIZE),
  labels: take(LABELS_SIZE * LABELS_SIZE * SHAPES_SIZE),
  labelAndRole: take(LABELS_SIZE * ROLES_SIZE),
  wordBefore: take(HASHED_SIZE),
  wordAfter: take(HASHED_SIZE),
  word: take(HASHED_SIZE),
  length: take(16 * SHAPES_SIZE),
} as const;

export const FEATURES_SIZE = total;
/** At most as many features hold for one word. */
export const FEATURES_MAX = Object.keys(AT).length;

/** A coarse class of a word: what kinds of name it is known as, whether ordinary, and its case. 0 stands for no word. */
export function classOf(attributes: number, shape: number): number {
  if (shape === SHAPE_DIGIT) return 1;
  const ordinary = ordinaryOf(attributes);
  const given = givenOf(attributes);
  const family = familyOf(attributes);
  const place = (attributes & IN_PLACE) !== 0 ? 3 : placeOf(attributes);
  let base = (given >= 2 ? 1 : 0) | (family >= 2 ? 2 : 0) | (place >= 2 ? 4 : 0) | (ordinary >= 4 ? 8 : 0);
  if (base === 0) base = given + family + place > 0 ? 16 : ordinary > 0 ? 17 : 18;
  if ((attributes & IN_ORGANISATION) !== 0 || organisationOf(attributes) === 2) base = 19;
  const form = shape === SHAPE_LOWER ? 0 : shape === SHAPE_TITLE || shape === SHAPE_MIXED ? 1 : shape === SHAPE_UPPER ? 2 : 3;
  return 2 + base * 4 + form;
}

const lexicalOf = (attributes: number): number =>
  ordinaryOf(attributes) |
  (givenOf(attributes) << 3) |
  (familyOf(attributes) << 5) |
  (((attributes & IN_PLACE) !== 0 ? 3 : placeOf(attributes)) << 7) |
  ((attributes & IN_ORGANISATION) !== 0 || organisationOf(attributes) === 2 ? 512 : 0);

/** Whether the word starts a sentence, a line or a quotation, where a capital says little. */
export const startsSentence = (gap: number): boolean => gap >= 6;

const codeAt = (text: string, at: number): number => {
  const code = text.charCodeAt(at);
  return code < FOLD_SIZE ? (FOLD[code] ?? 0) : foldCode(code);
};

const bucket = (hash: number): number => (Math.imul(hash, 0x9e3779b1) >>> 20) & (HASHED_SIZE - 1);

/** A word that may be told by itself: ordinary, and no name that only templates happen to have. */
const isTelling = (attributes: number): boolean => ordinaryOf(attributes) >= 3;

/**
 * Writes the indexes of the features of word `at` into `into` and answers how many. `reach` bounds the neighbours: the words before it
 * carry their labels already.
 */
export function featuresOf(text: string, tokens: Tokens, at: number, into: Int32Array): number {
  const { attributes, shape, gap, start, end, hash, label, count } = tokens;
  const own = attributes[at] ?? 0;
  const form = shape[at] ?? 0;
  const gapBefore = gap[at] ?? 0;
  const role = roleOf(own);
  // A line that is over has little to say about the next one, and a text's start nothing.
  const reach = gapBefore === GAP_START ? 0 : at;
  const before = reach > 0 ? (attributes[at - 1] ?? 0) : 0;
  const beforeThat = reach > 1 ? (attributes[at - 2] ?? 0) : 0;
  const after = at + 1 < count ? (attributes[at + 1] ?? 0) : 0;
  const afterThat = at + 2 < count ? (attributes[at + 2] ?? 0) : 0;
  const roleBefore = roleOf(before);
  const roleBeforeThat = roleOf(beforeThat);
  const roleAfter = roleOf(after);
  const classOwn = classOf(own, form);
  const classBefore = reach > 0 ? classOf(before, shape[at - 1] ?? 0) : 0;
  const classAfter = at + 1 < count ? classOf(after, shape[at + 1] ?? 0) : 0;
  const gapAfter = at + 1 < count ? (gap[at + 1] ?? 0) : GAP_LINE;
  const labelBefore = reach > 0 ? (label[at - 1] ?? 0) : 0;
  const labelBeforeThat = reach > 1 ? (label[at - 2] ?? 0) : 0;
  const first = startsSentence(gapBefore) && !(gapBefore === GAP_PERIOD && roleBefore === 1) ? 1 : 0;
  let n = 0;
  into[n++] = AT.lexical + lexicalOf(own) * 20 + form * 2 + first;
  into[n++] = AT.role + role * SHAPES_SIZE + form;
  if (!isTelling(own)) {
    const from = start[at] ?? 0;
    const to = end[at] ?? 0;
    const last = codeAt(text, to - 1);
    const second = to - from > 1 ? codeAt(text, to - 2) : 0;
    const third = to - from > 2 ? codeAt(text, to - 3) : 0;
    const pair = Math.imul(last, 31) + second;
    into[n++] = AT.suffix3 + bucket(Math.imul(pair, 31) + third) * 2 + (form === SHAPE_LOWER || form === SHAPE_PLAIN ? 1 : 0);
    into[n++] = AT.suffix2 + bucket(pair);
    into[n++] =
      AT.prefix3 +
      bucket(
        Math.imul(Math.imul(codeAt(text, from), 31) + (to - from > 1 ? codeAt(text, from + 1) : 0), 31) +
          (to - from > 2 ? codeAt(text, from + 2) : 0),
      );
    into[n++] = AT.length + Math.min(15, to - from) * SHAPES_SIZE + form;
  } else into[n++] = AT.word + bucket(hash[at] ?? 0);
  into[n++] = AT.roleBefore + roleBefore * SHAPES_SIZE + form;
  into[n++] = AT.rolesBefore + roleBeforeThat * ROLES_SIZE + roleBefore;
  into[n++] = AT.roleBeforeThat + roleBeforeThat * SHAPES_SIZE + form;
  into[n++] = AT.roleThirdBefore + (reach > 2 ? roleOf(attributes[at - 3] ?? 0) : 0);
  into[n++] = AT.roleAfter + roleAfter * SHAPES_SIZE + form;
  into[n++] = AT.roleAfterThat + roleOf(afterThat);
  into[n++] = AT.rolesAround + roleBefore * ROLES_SIZE + roleAfter;
  into[n++] = AT.classBefore + classBefore * SHAPES_SIZE + form;
  into[n++] = AT.classAfter + classAfter * SHAPES_SIZE + form;
  into[n++] = AT.classesLeft + classBefore * CLASSES_SIZE + classOwn;
  into[n++] = AT.classesRight + classOwn * CLASSES_SIZE + classAfter;
  into[n++] = AT.gapAndLabel + gapBefore * LABELS_SIZE + labelBefore;
  into[n++] = AT.gapAndClass + gapBefore * CLASSES_SIZE + classOwn;
  into[n++] = AT.gapAfterAndClass + gapAfter * CLASSES_SIZE + classOwn;
  into[n++] = AT.labelAndClass + labelBefore * CLASSES_SIZE + classOwn;
  into[n++] = AT.labels + (labelBefore * LABELS_SIZE + labelBeforeThat) * SHAPES_SIZE + form;
  into[n++] = AT.labelAndRole + labelBefore * ROLES_SIZE + role;
  if (reach > 0 && isTelling(before)) into[n++] = AT.wordBefore + bucket(hash[at - 1] ?? 0);
  if (at + 1 < count && isTelling(after)) into[n++] = AT.wordAfter + bucket(hash[at + 1] ?? 0);
  return n;
}
