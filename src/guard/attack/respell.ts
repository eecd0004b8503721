/**
 * Words of attacks that are spelled wrongly: `ignroe all previuos instrctions`. A word is told by its first letter and by which consonants
 * follow, in any order and number, so that most slips of the keyboard change nothing. Costs a look per word; nothing is read again unless
 * two such words stand in a text.
 */
const WORDS =
  "ignore previous instructions system prompt forget disregard guidelines restrictions password secret reveal everything hidden " +
  "filters pretend rules above given answer unrestricted developer message without secrets directives regulations override uncensored configuration";
/** Spelled right, and told by the same letters. */
const RIGHT =
  "instruction restriction forgot secretary systems passwords answers messages pervasive printed rival revel report instructor instructors instructive instructs roles rails rolls reels " +
  "ignoring ignorer developers forgetting secretes portend overdrive";
/** What a word of two or three letters stands for, in a text that has such words. */
const SHORT: Readonly<Record<string, string>> = {
  u: "you",
  ur: "your",
  yuor: "your",
  yor: "your",
  teh: "the",
  promt: "prompt",
  promp: "prompt",
  rulez: "rules",
  shwo: "show",
  sho: "show",
  giv: "give",
  tel: "tell",
  al: "all",
  evry: "every",
  abov: "above",
  abuv: "above",
};

const LENGTH_MIN = 5;
const LETTERS = 26;
/** Bits of the letters after the first that tell nothing: slips are most often in vowels. */
const VOWELS = ["a", "e", "i", "o", "u", "y"].reduce((mask, vowel) => mask | (1 << (vowel.charCodeAt(0) - 1)), 0);

/** The first letter of a word, of either case, as the start of its key; each letter after it adds a bit of `letterBit`. */
export const startKey = (code: number): number => (code & 31) << LETTERS;
export const letterBit = (code: number): number => 1 << (code - 1);
function keyOf(word: string): number {
  let key = startKey(word.charCodeAt(0));
  for (let at = 1; at < word.length; at++) key |= letterBit(word.charCodeAt(at));
  return key & ~VOWELS;
}

const words = WORDS.split(" ");
/** Lower case: words that need no respelling, whatever their letters. */
export const SPELLED_RIGHT: readonly string[] = [...words, ...RIGHT.split(" ")];
const right: ReadonlySet<string> = new Set(SPELLED_RIGHT);
const byKey = new Map(words.map((word) => [keyOf(word), word]));
/** Letters that a slip leaves out or adds. */
const slackOf = (word: string): number => (word.length >= 9 ? 2 : 1);

const find = (word: string): string | undefined => {
  if (word.length < LENGTH_MIN || right.has(word)) return SHORT[word];
  const meant = byKey.get(keyOf(word));
  return meant !== undefined && Math.abs(meant.length - word.length) <= slackOf(meant) ? meant : SHORT[word];
};

const MAYBE_BITS = 13;
const placeOf = (key: number): number => Math.imul(key, 0x9e3779b1) >>> (32 - MAYBE_BITS);
const maybe = new Uint8Array(2 ** MAYBE_BITS);
for (const key of byKey.keys()) maybe[placeOf(key)] = 1;

/** Whether a word with this key may be meant for one of an attack; its length is not looked at. */
export function mayBeMisspelt(letters: number): boolean {
  const key = letters & ~VOWELS;
  return maybe[placeOf(key)] === 1 && byKey.has(key);
}

const word = /[A-Za-z]{1,16}/g;
/** The words that were meant in place of those that stand there. */
export const respell = (text: string): string => text.replace(word, (found) => find(found.toLowerCase()) ?? found);
