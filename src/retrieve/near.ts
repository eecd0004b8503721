/** Two texts are the same to a reader from this share of their runs of three words. */
const ALIKE_MIN = 0.85;
const RUN_WORDS = 3;
/** Of a text, the smallest digests of its runs: two that are alike share most of them, so most pairs are told apart by these alone. */
const SKETCH_SIZE = 16;
const SKETCH_SHARED_MIN = 8;
/** A passage is shorter. */
const WORDS_MAX = 4_000;
const word = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}]|[\p{L}\p{M}\p{N}]+/gu;
const digit = /^\p{N}/u;
const denial =
  /^(?:not|no|never|cannot|without|except|unless|nicht|kein\p{L}*|ohne|nie|pas|sans|jamais|sin|nunca|non|mai|senza|não|sem|niet|geen|zonder|inte|utan|ikke|uden|не|без)$/u;

const FNV_START = 0x811c9dc5;
const FNV_PRIME = 0x01000193;
const ascii = /^[\0-\x7f]*$/;
/** Letters and digits of ASCII in lower case; 0: no part of a word. */
const LOWERED = Uint8Array.from({ length: 128 }, (_, code) => {
  const text = String.fromCharCode(code);
  return /[A-Za-z0-9]/.test(text) ? text.toLowerCase().charCodeAt(0) : 0;
});
/** First letters of the words that deny. */
const DENIAL_STARTS = Uint8Array.from({ length: 128 }, (_, code) => ("nceuwkopsjmgzi".includes(String.fromCharCode(code)) ? 1 : 0));

type Read = { readonly runs: ReadonlySet<number>; readonly sketch: readonly number[]; readonly facts: string };

/**
 * Without those that say what a better one before them says, word for word but for a few: copies of a page under another name, the same notice in
 * ten files. What differs in a number or in a denial is no copy: two versions of a rule must both be seen. Takes time in proportion to the texts;
 * of the texts to one another only as many steps as a sketch has.
 */
export function dropNear<T extends { readonly text: string }>(items: readonly T[]): readonly T[] {
  const kept: T[] = [];
  const seen: Read[] = [];
  for (const item of items) {
    const read = readText(item.text);
    if (seen.some((other) => areAlike(read, other))) continue;
    kept.push(item);
    seen.push(read);
  }
  return kept;
}

function areAlike(one: Read, other: Read): boolean {
  const [less, more] = one.runs.size <= other.runs.size ? [one, other] : [other, one];
  if (less.runs.size === 0 || less.runs.size < more.runs.size * ALIKE_MIN || one.facts !== other.facts) return false;
  const wanted = Math.min(SKETCH_SHARED_MIN, less.sketch.length);
  if (less.sketch.filter((hash) => more.sketch.includes(hash)).length < wanted) return false;
  let shared = 0;
  for (const run of less.runs) if (more.runs.has(run)) shared++;
  return shared / (less.runs.size + more.runs.size - shared) >= ALIKE_MIN;
}

/** What is made of a text's words, one after the other. */
type Reading = { readonly runs: Set<number>; readonly facts: string[]; before: number; last: number; count: number };

function readText(text: string): Read {
  const reading: Reading = { runs: new Set(), facts: [], before: 0, last: 0, count: 0 };
  if (ascii.test(text)) readAscii(text, reading);
  else readWords(text, reading);
  const sketch = [...reading.runs].toSorted((one, other) => one - other).slice(0, SKETCH_SIZE);
  return { runs: reading.runs, sketch, facts: reading.facts.toSorted().join(" ") };
}

function addWord(reading: Reading, hash: number): void {
  reading.count += 1;
  if (reading.count >= RUN_WORDS) reading.runs.add(mix(mix(reading.before, reading.last), hash));
  reading.before = reading.last;
  reading.last = hash;
}

function readWords(text: string, reading: Reading): void {
  for (const [raw] of text.matchAll(word)) {
    if (reading.count >= WORDS_MAX) return;
    const lower = raw.toLowerCase();
    if (digit.test(lower) || denial.test(lower)) reading.facts.push(lower);
    addWord(reading, hashOf(lower));
  }
}

/** The same of a text in ASCII, five times as fast: this runs for some dozens of passages in every search. */
function readAscii(text: string, reading: Reading): void {
  let start = -1;
  let hash = FNV_START;
  for (let at = 0; at <= text.length && reading.count < WORDS_MAX; at++) {
    const code = at < text.length ? (LOWERED[text.charCodeAt(at)] ?? 0) : 0;
    if (code !== 0) {
      if (start < 0) start = at;
      hash = Math.imul(hash ^ code, FNV_PRIME);
    } else if (start >= 0) {
      const first = text.charCodeAt(start);
      const mayDeny = DENIAL_STARTS[LOWERED[first] ?? 0] === 1;
      if (first <= 57 || (mayDeny && denial.test(text.slice(start, at).toLowerCase())))
        reading.facts.push(text.slice(start, at).toLowerCase());
      addWord(reading, hash >>> 0);
      start = -1;
      hash = FNV_START;
    }
  }
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = FNV_START;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), FNV_PRIME);
  return hash >>> 0;
}

function mix(one: number, other: number): number {
  const mixed = Math.imul(one ^ (one >>> 15), 0x2c1b3c6d) ^ other;
  return Math.imul(mixed ^ (mixed >>> 13), 0x297a2d39) >>> 0;
}
