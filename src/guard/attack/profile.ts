/** What a text may hide, told in one look over its characters, so that an ordinary text pays for nothing else. */
export type Profile = {
  readonly isAscii: boolean;
  /** The longest run of what base64 and hex are written with. */
  readonly codeRun: number;
  /** The longest row of groups of two hex digits, or of eight bits. */
  readonly byteRow: number;
  /** Escapes: `%69`, `&#105;`, `\x69`, `\u0069`. */
  readonly escapes: number;
  /** Whether words with digits or symbols between their letters stand close together: `1gn0re pr3v!ous`. */
  readonly isMixed: boolean;
  /** The longest row of single letters. */
  readonly letterRow: number;
  /** Whether hyphens, dots, underscores, stars and pluses between two letters, or strings that are added, stand close together. */
  readonly isJointed: boolean;
  /** Different words that are frequent words written backwards, or shifted by thirteen letters. */
  readonly backwardWords: number;
  readonly shiftedWords: number;
};

const FREQUENT =
  "the and you your are all that this with not for from but now have will must instructions instruction previous prior above rules prompt system " +
  "ignore disregard forget reveal show print tell say write output answer everything password secret act pretend developer guidelines only respond to of in";

const reverse = (word: string): string => Array.from(word).toReversed().join("");
export const shift = (text: string): string =>
  text.replace(/[a-z]/gi, (letter) => {
    const code = letter.charCodeAt(0);
    const first = code < 97 ? 65 : 97;
    return String.fromCharCode(((code - first + 13) % 26) + first);
  });

const KIND = { OTHER: 0, LETTER: 1, DIGIT: 2, LEET: 4, CODE: 8, HEX: 16, JOINT: 32 } as const;
const KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  const symbol = String.fromCharCode(code);
  let kind: number = KIND.OTHER;
  if (/[a-z]/i.test(symbol)) kind |= KIND.LETTER | KIND.CODE;
  if (/\d/.test(symbol)) kind |= KIND.DIGIT | KIND.CODE;
  if (/[@$!|€]/.test(symbol)) kind |= KIND.LEET;
  if (/[+/=_-]/.test(symbol)) kind |= KIND.CODE;
  if (/[0-9a-f]/i.test(symbol)) kind |= KIND.HEX;
  if (/[-._*+~]/.test(symbol)) kind |= KIND.JOINT;
  return kind;
});

const HASH_STEP = 0x01000193;
const hashOf = (word: string): number => {
  let hash = 0;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), HASH_STEP);
  return hash;
};
const words = FREQUENT.split(" ");
const known = new Set(words);
const backward = new Set(words.filter((word) => word.length > 2 && !known.has(reverse(word))).map((word) => hashOf(reverse(word))));
const shifted = new Set(words.filter((word) => !known.has(shift(word))).map((word) => hashOf(shift(word))));
/** A word that is in neither set is told by one look into this. */
const maybe = new Uint8Array(4096);
for (const hash of [...backward, ...shifted]) maybe[hash & 4095] = 1;

const PERCENT = 37;
const AMPERSAND = 38;
const BACKSLASH = 92;
const PLUS = 43;
const PLUSES_MIN = 2;
/** Two signs of the same disguise belong together when no more words lie between them. */
const NEAR_WORDS = 4;
const JOINTS_MIN = 4;
const FAR = -1000;

/** One pass. */
export function profile(text: string): Profile {
  let isAscii = true;
  let codeRun = 0;
  let run = 0;
  let byteRow = 0;
  let bytes = 0;
  let escapes = 0;
  let isMixed = false;
  let mixedAt = FAR;
  let wordCount = 0;
  let letterRow = 0;
  let letters = 0;
  let pluses = 0;
  let isJointed = false;
  let jointAt = FAR;
  let joints = 0;
  let seenBackward: Set<number> | undefined;
  let seenShifted: Set<number> | undefined;
  let hash = 0;
  let length = 0;
  let bits = 0;
  let isAllHex = true;
  let before = 0;
  let jointAfterLetter = false;
  for (let at = 0; at <= text.length; at++) {
    const code = at < text.length ? text.charCodeAt(at) : 10;
    if (code >= 128) isAscii = false;
    const kind = code < 128 ? (KINDS[code] ?? 0) : KIND.OTHER;
    if ((kind & KIND.CODE) !== 0) {
      run++;
      if (run > codeRun) codeRun = run;
    } else run = 0;
    if ((kind & (KIND.LETTER | KIND.DIGIT | KIND.LEET)) !== 0) {
      if (length === 0) {
        if (jointAfterLetter && (kind & KIND.LETTER) !== 0) {
          joints = wordCount - jointAt > NEAR_WORDS ? 1 : joints + 1;
          jointAt = wordCount;
          isJointed ||= joints >= JOINTS_MIN;
        }
        hash = 0;
        bits = 0;
        isAllHex = true;
      }
      hash = Math.imul(hash ^ (code >= 65 && code <= 90 ? code + 32 : code), HASH_STEP);
      // A mark at the end of a word is punctuation: only what has a letter after it, or a digit anywhere, makes a word mixed.
      if ((kind & KIND.LETTER) !== 0 && (before & KIND.LEET) !== 0) bits |= KIND.LEET;
      bits |= kind & (KIND.LETTER | KIND.DIGIT);
      isAllHex &&= (kind & KIND.HEX) !== 0;
      length++;
    } else {
      if (length > 0) {
        wordCount++;
        if ((bits & KIND.LETTER) !== 0 && (bits & (KIND.DIGIT | KIND.LEET)) !== 0 && length < 20) {
          isMixed ||= wordCount - mixedAt <= NEAR_WORDS;
          mixedAt = wordCount;
        }
        letters = length === 1 && bits === KIND.LETTER ? letters + 1 : 0;
        if (letters > letterRow) letterRow = letters;
        bytes = isAllHex && (length === 2 || length === 8) ? bytes + 1 : 0;
        if (bytes > byteRow) byteRow = bytes;
        if (maybe[hash & 4095] === 1) {
          if (backward.has(hash)) (seenBackward ??= new Set()).add(hash);
          if (shifted.has(hash)) (seenShifted ??= new Set()).add(hash);
        }
        length = 0;
      }
      jointAfterLetter = (kind & KIND.JOINT) !== 0 && (before & KIND.LETTER) !== 0;
      // Strings that are added stand apart: `"ig" + "nore"`.
      if (code === PLUS && (before & KIND.CODE) === 0) isJointed ||= ++pluses >= PLUSES_MIN;
      if (code === PERCENT || code === AMPERSAND || code === BACKSLASH) escapes++;
    }
    before = kind;
  }
  return { isAscii, codeRun, byteRow, escapes, isMixed, letterRow, isJointed, backwardWords: seenBackward?.size ?? 0, shiftedWords: seenShifted?.size ?? 0 };
}
