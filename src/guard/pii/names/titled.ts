import { familyOf, givenOf, ordinaryOf, placeOf, roleOf } from "./attributes.ts";
import { LABEL_NONE, LABEL_PERSON } from "./labels.ts";
import { hashWord } from "./lexicon.ts";
import { ROLES } from "./roles.ts";
import { GAP_HYPHEN, GAP_PERIOD, GAP_SPACE, SHAPE_LOWER, SHAPE_TITLE, type Tokens } from "./tokens.ts";

/** Titles that stand before nothing but a name. "Don", "Pan" and "Lady" are not among them: "Pan American". */
const TITLES: ReadonlySet<number> = new Set(
  `mr mrs ms dr herr herrn frau fraulein monsieur madame mme mlle senor senora senorita sr sra srta signor signora sig dott dottoressa avv
  meneer mevrouw dhr mevr senhor senhora prof doktor docteur doctor doctora doutor doutora dra drs dokter pani panu`
    .split(/\s+/u)
    .map(hashWord),
);
/** An everyday word after a title is an office ("Frau Ministerin"), unless it is a known name ("Mrs Park"). */
const ORDINARY_MAX = 2;
const TITLED_SCORE = 0.8;
/** "Mrs Park Seo-yeon", "Dr. Maria del Carmen". */
const WORDS_MAX = 4;

function isName({ attributes, shape }: Tokens, at: number): boolean {
  const own = attributes[at] ?? 0;
  if (shape[at] !== SHAPE_TITLE || roleOf(own) !== 0) return false;
  return ordinaryOf(own) <= ORDINARY_MAX || givenOf(own) + familyOf(own) + placeOf(own) > 0;
}

const isParticle = ({ attributes, shape }: Tokens, at: number): boolean =>
  shape[at] === SHAPE_LOWER && roleOf(attributes[at] ?? 0) === ROLES.particle;

/** Takes the word after a title for a person where the model did not: "Herr Dr. Hein", "dokter van Loon". */
export function markTitled(tokens: Tokens, scores: Float32Array): void {
  const { label, gap, hash, shape, count } = tokens;
  for (let at = 1; at < count; at++) {
    const before = gap[at] ?? 0;
    if ((before !== GAP_SPACE && before !== GAP_PERIOD) || !TITLES.has(hash[at - 1] ?? 0)) continue;
    if (shape[at - 1] !== SHAPE_TITLE && shape[at - 1] !== SHAPE_LOWER) continue;
    let first = at;
    while (first < count - 1 && first < at + 2 && isParticle(tokens, first) && gap[first + 1] === GAP_SPACE) first++;
    for (let word = first; word < count && word < first + WORDS_MAX; word++) {
      if (word > first && (gap[word] ?? 0) !== GAP_SPACE && (gap[word] ?? 0) !== GAP_HYPHEN) break;
      const isJoined = word > first && gap[word] === GAP_HYPHEN;
      if (label[word] !== LABEL_PERSON && !(label[word] === LABEL_NONE && (isName(tokens, word) || isJoined))) break;
      if (label[word] === LABEL_PERSON) continue;
      label[word] = LABEL_PERSON;
      scores[word] = TITLED_SCORE;
    }
  }
}
