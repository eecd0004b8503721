import { setImmediate as nextTurn } from "node:timers/promises";
import { termId, terms } from "../retrieve/index.ts";
import type { TermEntries } from "../store/postings.ts";
import type { NewChunk } from "../store/chunks.ts";

/** Raise it when parser, chunker or terms change what they make of the same bytes. */
const TERMS_REV = 1;
/** About ten megabytes of postings in memory. */
export const SEGMENT_CHUNKS = 512;
const SEGMENT_CHUNKS_LIMIT = 100_000;

/** What a half-indexed document can be gone on with by: the same terms, in segments of the same size. */
export const indexRevOf = (segmentChunks: number): number => TERMS_REV * SEGMENT_CHUNKS_LIMIT + segmentChunks;
/** Its terms can be made from its text again. */
export const hasSameTerms = (indexRev: number): boolean => Math.floor(indexRev / SEGMENT_CHUNKS_LIMIT) === TERMS_REV;

/** Chunks after which other work gets its turn: about two milliseconds. */
const TURN_CHUNKS = 16;

/** What of a chunk can be searched: its own text, and the headings and title it stands under. `184` as a title only says what the file is called. */
export function indexedTerms(title: string, chunk: { readonly headings: readonly string[]; readonly text: string }): string[] {
  const above = new Set([/\p{L}/u.test(title) ? title : "", ...chunk.headings]);
  return terms(`${[...above].join("\n")}\n${chunk.text}`);
}

export type Segment = { readonly entries: readonly TermEntries[]; readonly lengthSum: number };

/** The postings of some chunks, in ascending order of term ids. */
export async function buildSegment(title: string, chunks: readonly NewChunk[]): Promise<Segment> {
  const lists = new Map<number, number[]>();
  let lengthSum = 0;
  for (const [at, chunk] of chunks.entries()) {
    if (at % TURN_CHUNKS === TURN_CHUNKS - 1) await nextTurn();
    const found = indexedTerms(title, chunk);
    lengthSum += found.length;
    const packedLength = Math.min(found.length, 0xffff) * 0x10000;
    for (const [term, count] of countEach(found)) {
      const id = termId(term);
      const list = lists.get(id);
      const packed = packedLength + Math.min(count, 0xffff);
      if (list === undefined) lists.set(id, [chunk.no, packed]);
      else if (list.at(-2) === chunk.no) continue; // Two terms with one id: the first counts.
      else list.push(chunk.no, packed);
    }
  }
  const entries = [...lists].map(([id, list]) => toEntries(id, list)).toSorted((one, other) => one.termId - other.termId);
  return { entries, lengthSum };
}

function countEach(found: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const term of found) counts.set(term, (counts.get(term) ?? 0) + 1);
  return counts;
}

function toEntries(id: number, list: readonly number[]): TermEntries {
  const numbers = Uint32Array.from(list);
  return { termId: id, low: list[0] ?? 0, high: list.at(-2) ?? 0, entries: new Uint8Array(numbers.buffer) };
}
