import { joinPages, pagesOf } from "../domain/page.ts";
import type { FoundChunk } from "../store/postings.ts";
import { cutFound, joinFound } from "./join-findings.ts";
import { countTokens } from "./tokens.ts";

export type ScoredChunk = FoundChunk & { readonly score: number };

/** Two neighbours and their overlap. Longer passages would crowd out the other documents. */
const MERGED_TOKENS_MAX = 1024;
/** A rest that is shorter says little that its neighbour does not. */
const REST_TOKENS_MIN = 64;

/**
 * Chunks of one document overlap: two that touch become one passage under the better one's rank, and what would grow too long is cut to
 * what it adds. Copies of a text under another name are dropped. Best first, at most `limit`.
 */
export function mergeChunks(chunks: readonly ScoredChunk[], limit: number): readonly ScoredChunk[] {
  const kept: ScoredChunk[] = [];
  const texts = new Set<string>();
  for (const [rank, chunk] of chunks.entries()) {
    if (texts.has(chunk.text)) continue;
    texts.add(chunk.text);
    const at = kept.findIndex((one) => one.document === chunk.document && one.start <= chunk.end && chunk.start <= one.end);
    const neighbour = kept[at];
    if (neighbour === undefined) {
      if (kept.length < limit) kept.push(chunk);
      continue;
    }
    // Beyond the ranks asked for a chunk may fill a place, but not lengthen a better one.
    const joined = rank < limit ? join(neighbour, chunk) : undefined;
    if (joined !== undefined) kept[at] = joined;
    else if (kept.length < limit) {
      const rest = cutAway(chunk, neighbour);
      if (rest !== undefined) kept.push(rest);
    }
  }
  return kept;
}

function join(better: ScoredChunk, other: ScoredChunk): ScoredChunk | undefined {
  const [first, second] = better.start <= other.start ? [better, other] : [other, better];
  const text =
    second.end <= first.end ? first.text : `${first.text}${gap(first, second)}${second.text.slice(Math.max(0, first.end - second.start))}`;
  if (countTokens(text) > MERGED_TOKENS_MAX) return undefined;
  const pages = first.pages === undefined || second.pages === undefined ? {} : { pages: joinPages(first.pages, second.pages) };
  const found = joinFound(first, second, second.start - first.start);
  return { ...better, headings: first.headings, start: first.start, end: Math.max(first.end, second.end), text, ...pages, ...found };
}

/** Chunks that touch without overlapping had blanks between them. */
const gap = (first: ScoredChunk, second: ScoredChunk): string => "\n".repeat(Math.max(0, second.start - first.end));

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
