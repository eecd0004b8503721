import { setImmediate as nextTurn } from "node:timers/promises";
import { termId, terms } from "../retrieve/index.ts";
import type { TermEntries } from "../store/postings.ts";
import type { NewChunk } from "../store/chunks.ts";

/** Raise it when parser, chunker or terms change what they make of the same bytes. */
const TERMS_REV = 2;
/** About ten megabytes of postings in memory. */
export const SEGMENT_CHUNKS = 512;
const SEGMENT_CHUNKS_LIMIT = 100_000;

/** What a half-indexed document can be gone on with by: the same terms, in segments of the same size. */
export const indexRevOf = (segmentChunks: number): number => TERMS_REV * SEGMENT_CHUNKS_LIMIT + segmentChunks;
/** Its terms can be made from its text again. */
export const hasSameTerms = (indexRev: number): boolean => Math.floor(indexRev / SEGMENT_CHUNKS_LIMIT) === TERMS_REV;

/** `language`: ISO 639-1; null, English, for what was indexed before languages were told apart. */
export type IndexedText = { readonly title: string; readonly language: string | null };

/** Chunks after which other work gets its turn: about two milliseconds. */
const TURN_CHUNKS = 16;

/**
 * What of a chunk can be searched: its own text, and the headings and title it stands under. `184` as a title only says what the file is called.
 */
export function indexedTerms({ title, language }: IndexedText, { headings, text, context, beside }: Searched): string[] {
  const above = context ?? [...new Set([/\p{L}/u.test(title) ? title : "", ...headings])].join("\n");
  const own = terms(`${above}\n${text}`, language);
  // A neighbour's word counts half of an own one.
  return beside === undefined ? own : [...own, ...own, ...terms(beside, language)];
}

export type Searched = {
  readonly headings: readonly string[];
  readonly text: string;
  /** A line that says where it stands, in the place of title and headings. */
  readonly context?: string | null | undefined;
  /** Of a chunk that is searched with its neighbours' words too: these, where it has any that may be found. */
  readonly beside?: string | undefined;
};

/** Chunks with what stands beside them. What is held stands beside nothing: its words have no place in the index. */
export const withNeighbours = (found: readonly NewChunk[]): readonly (NewChunk & Searched)[] =>
  found.map((chunk, at) => {
    const [before, after] = [found[at - 1], found[at + 1]];
    const beside = [before?.no === chunk.no - 1 ? before.text : "", after?.no === chunk.no + 1 ? after.text : ""];
    return { ...chunk, beside: beside.join("\n") };
  });

export type Segment = { readonly entries: readonly TermEntries[]; readonly lengthSum: number };

/** The postings of some chunks, in ascending order of term ids. */
export async function buildSegment(document: IndexedText, chunks: readonly (NewChunk & Searched)[]): Promise<Segment> {
  const lists = new Map<number, number[]>();
  let lengthSum = 0;
  for (const [at, chunk] of chunks.entries()) {
    if (at % TURN_CHUNKS === TURN_CHUNKS - 1) await nextTurn();
    const found = indexedTerms(document, chunk);
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
