import { joinPages, pagesOf } from "../domain/page.ts";
import type { FoundChunk } from "../store/postings.ts";
import { cutFound, joinFound } from "./join-findings.ts";
import { countTokens } from "./tokens.ts";

export type ScoredChunk = FoundChunk & { readonly score: number };

/** Two neighbours and their overlap. Longer passages would crowd out the other documents. */
const MERGED_TOKENS_MAX = 1024;
/** A rest that is shorter says little that its neighbour does not. */
const REST_TOKENS_MIN = 64;
/** Small chunks of one passage: together as long as one chunk of the usual size. */
const WINDOWS_PER_PASSAGE = 4;
/** Beyond the ranks asked for, small chunks count that score this share of the best: the rest shares a few words with every question. */
const SCORE_SHARE_MIN = 0.5;

/**
 * Makes passages of chunks. Two that overlap become one under the better one's rank, and what would grow too long is cut to what it adds. Of
 * small ones those that stand beside one another become one (`window`), or each gives way to the larger one that it stands in (`parent-child`, of
 * which `families` has all chunks). Copies of a text under another name are dropped. Best first, at most `limit`.
 */
export function mergeChunks(chunks: readonly ScoredChunk[], limit: number, families: readonly FoundChunk[] = []): readonly ScoredChunk[] {
  const kept: ScoredChunk[] = [];
  const texts = new Set<string>();
  const best = chunks[0]?.score ?? 0;
  const inOrder = families.toSorted((one, other) => one.no - other.no);
  for (const [rank, chunk] of chunks.entries()) {
    if (texts.has(chunk.text)) continue;
    texts.add(chunk.text);
    if (chunk.parent !== undefined) addParent(chunk, inOrder, kept, texts, limit);
    else if (chunk.chunking?.strategy === "window") {
      if (rank < limit || chunk.score >= best * SCORE_SHARE_MIN) addWindow(chunk, chunk.chunking.tokens, kept, limit);
    } else addOverlapping(chunk, rank, kept, limit);
  }
  return kept.map(withoutBlanks);
}

function addOverlapping(chunk: ScoredChunk, rank: number, kept: ScoredChunk[], limit: number): void {
  const at = kept.findIndex((one) => one.document === chunk.document && one.start <= chunk.end && chunk.start <= one.end);
  const neighbour = kept[at];
  if (neighbour === undefined) {
    if (kept.length < limit) kept.push(chunk);
    return;
  }
  // Beyond the ranks asked for a chunk may fill a place, but not lengthen a better one.
  const joined = rank < limit ? join(neighbour, chunk, MERGED_TOKENS_MAX) : undefined;
  if (joined !== undefined) kept[at] = joined;
  else if (kept.length < limit) {
    const rest = cutAway(chunk, neighbour);
    if (rest !== undefined) kept.push(rest);
  }
}

/** Chunks this small are lengthened by every neighbour that was found: that both were says that the passage goes on. */
function addWindow(chunk: ScoredChunk, tokens: number, kept: ScoredChunk[], limit: number): void {
  for (const [at, one] of kept.entries()) {
    if (one.document !== chunk.document || (one.end !== chunk.start && one.start !== chunk.end)) continue;
    const joined = join(one, chunk, tokens * WINDOWS_PER_PASSAGE);
    if (joined === undefined) continue;
    kept[at] = joined;
    return;
  }
  if (kept.length < limit) kept.push(chunk);
}

/** As much of the larger chunk round a small one as may be read: what is held ends it. */
function addParent(chunk: ScoredChunk, families: readonly FoundChunk[], kept: ScoredChunk[], texts: Set<string>, limit: number): void {
  const isWithin = (one: ScoredChunk): boolean => one.document === chunk.document && one.start <= chunk.start && chunk.end <= one.end;
  if (kept.length >= limit || kept.some(isWithin)) return;
  const own = families.filter(({ parent, document }) => parent === chunk.parent && document === chunk.document);
  const at = own.findIndex(({ no }) => no === chunk.no);
  let [first, last] = [at, at];
  while (first > 0 && own[first - 1]?.no === (own[first]?.no ?? 0) - 1) first -= 1;
  while (last + 1 < own.length && own[last + 1]?.no === (own[last]?.no ?? 0) + 1) last += 1;
  const whole = own
    .slice(Math.max(0, first), last + 1)
    .reduce<ScoredChunk | undefined>(
      (sum, one) => (sum === undefined ? { ...chunk, ...one, score: chunk.score } : put(sum, one, sum)),
      undefined,
    );
  const passage = whole === undefined ? chunk : { ...whole, no: chunk.no };
  if (passage.text !== chunk.text && texts.has(passage.text)) return;
  texts.add(passage.text);
  kept.push(passage);
}

/** undefined: it would be too long. */
function join(better: ScoredChunk, other: ScoredChunk, tokensMax: number): ScoredChunk | undefined {
  const joined = better.start <= other.start ? put(better, other, better) : put(other, better, better);
  return countTokens(joined.text) > tokensMax ? undefined : joined;
}

/** Two that overlap or touch, of which the second begins later, as one in the place of `as`. */
function put(first: FoundChunk, second: FoundChunk, as: ScoredChunk): ScoredChunk {
  const text =
    second.end <= first.end ? first.text : `${first.text}${gap(first, second)}${second.text.slice(Math.max(0, first.end - second.start))}`;
  const pages = first.pages === undefined || second.pages === undefined ? {} : { pages: joinPages(first.pages, second.pages) };
  const found = joinFound(first, second, second.start - first.start);
  return { ...as, headings: first.headings, start: first.start, end: Math.max(first.end, second.end), text, ...pages, ...found };
}

/** Chunks that touch without overlapping had blanks between them. */
const gap = (first: FoundChunk, second: FoundChunk): string => "\n".repeat(Math.max(0, second.start - first.end));

function cutAway(chunk: ScoredChunk, from: ScoredChunk): ScoredChunk | undefined {
  const start = chunk.start >= from.start ? Math.max(chunk.start, from.end) : chunk.start;
  const end = chunk.start >= from.start ? chunk.end : Math.min(chunk.end, from.start);
  if (end <= start) return undefined;
  const text = chunk.text.slice(start - chunk.start, end - chunk.start);
  const blanks = text.length - text.trimStart().length;
  const [restStart, restEnd] = [start + blanks, start + text.trimEnd().length];
  const found = cutFound(chunk, { start: restStart - chunk.start, end: restEnd - chunk.start });
  const rest = { ...chunk, start: restStart, end: restEnd, text: text.trim(), ...found };
  if (countTokens(rest.text) < REST_TOKENS_MIN) return undefined;
  return chunk.pages === undefined ? rest : { ...rest, pages: pagesOf(chunk.pages, rest) };
}

/** Chunks that touch end in the blanks before the next one. */
function withoutBlanks(passage: ScoredChunk): ScoredChunk {
  if (passage.parent === undefined && passage.chunking?.strategy !== "window") return passage;
  const text = passage.text.trimEnd();
  return text.length === passage.text.length ? passage : { ...passage, text, end: passage.start + text.length };
}
