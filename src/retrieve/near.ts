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

function readText(text: string): Read {
  const runs = new Set<number>();
  const facts: string[] = [];
  let [before, last] = [0, 0];
  let count = 0;
  for (const [raw] of text.matchAll(word)) {
    if (count++ >= WORDS_MAX) break;
    const lower = raw.toLowerCase();
    if (digit.test(lower) || denial.test(lower)) facts.push(lower);
    const hash = hashOf(lower);
    if (count >= RUN_WORDS) runs.add(mix(mix(before, last), hash));
    [before, last] = [last, hash];
  }
  const sketch = [...runs].toSorted((one, other) => one - other).slice(0, SKETCH_SIZE);
  return { runs, sketch, facts: facts.toSorted().join(" ") };
}

/** FNV-1a. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

function mix(one: number, other: number): number {
  const mixed = Math.imul(one ^ (one >>> 15), 0x2c1b3c6d) ^ other;
  return Math.imul(mixed ^ (mixed >>> 13), 0x297a2d39) >>> 0;
}
