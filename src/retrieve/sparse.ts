import { BLOCK_ENTRIES } from "../store/postings.ts";
import type { CountedPostings } from "../store/rare-postings.ts";
import type { AskedTerm } from "./asked.ts";
import { createScorer, inverseFrequency, K1, rankChunks, type Figures, type Scored, type SearchedTerm } from "./bm25.ts";
import { countWithin } from "./entries.ts";
import type { Ranges, Visible } from "./passage-index.ts";
import { hiddenOf } from "./ranges.ts";

/** Where the entries of terms come from. */
export type Postings = {
  /** All entries of these terms. */
  all(termIds: readonly number[]): Promise<ReadonlyMap<number, Uint32Array>>;
  /** How many each has, and the entries of the words (one or more terms each) that are found least, as many as fit. */
  rare(words: readonly (readonly number[])[], entriesMax: number): Promise<readonly CountedPostings[]>;
  /** How many each has, and the blocks in which chunks of these numbers may stand. */
  within(termIds: readonly number[], ranges: Ranges): Promise<readonly CountedPostings[]>;
};

export type SparseOptions = {
  /** Smaller collections are read whole: that is one look at each block instead of two. */
  readonly wholeChunksMax?: number;
  /** What is read of the rarest words at once: 20 ms of it. Fewer make more rounds, more are read for nothing. */
  readonly rareEntriesMax?: number;
  /** Up to which share of the blocks of frequent words they are read here and there. */
  readonly readShareMax?: number;
  /** Up to so many allowed ranges only blocks are read that touch one. */
  readonly rangesMax?: number;
  /** What occurrences can count at most. Tests only: less is wrong. */
  readonly saturationMax?: number;
};

const WHOLE_CHUNKS_MAX = 200_000;
const RARE_ENTRIES_MAX = 500_000;
/** Sums of the same numbers in another order differ by less. */
const ROUNDING = 1e-9;
/** With more of them there is hardly a block without one, and telling which costs more than reading it. */
const RANGES_MAX = 4_000;
/** Reading blocks here and there is worth it up to this share of them. */
const READ_SHARE_MAX = 0.75;

/**
 * The best chunks by BM25, exactly as if every entry of every term had been read. Of a large collection the rarest words are read first; once what
 * the others can add no longer lets a chunk without one of those among the best, the others are read only where a chunk stands that still can be
 * (MaxScore of Turtle and Flood, 1995, by blocks). The number of chunks, their mean length and the frequencies of terms are those of what this
 * reader may see, in every case.
 */
export async function searchSparse(
  postings: Postings,
  visible: Visible,
  asked: readonly AskedTerm[],
  limit: number,
  options: SparseOptions = {},
): Promise<readonly Scored[]> {
  if (visible.chunkCount === 0 || limit === 0 || asked.length === 0) return [];
  const figures: Figures = { chunkCount: visible.chunkCount, lengthSum: visible.lengthSum, hidden: hiddenOf(visible) };
  if (visible.kind === "hidden" && visible.chunkCount > (options.wholeChunksMax ?? WHOLE_CHUNKS_MAX))
    return await searchLarge(postings, figures, asked, limit, options);
  const ids = asked.flatMap((one) => one.ids);
  const lists =
    visible.kind === "hidden" || visible.ranges.length > (options.rangesMax ?? RANGES_MAX)
      ? await postings.all(ids)
      : new Map(
          (await postings.within(ids, visible.ranges)).flatMap(({ termId, entries }) => (entries === undefined ? [] : [[termId, entries]])),
        );
  return rankChunks(
    { ...figures, terms: asked.map((one) => ({ asked: one.count, lists: one.ids.flatMap((id) => lists.get(id) ?? []) })) },
    limit,
  );
}

/** `count`: of all its entries. `lists`: undefined while they are not read. */
type Word = {
  readonly asked: number;
  readonly ids: readonly number[];
  readonly count: number;
  readonly lists: readonly Uint32Array[] | undefined;
};

async function searchLarge(
  postings: Postings,
  figures: Figures,
  asked: readonly AskedTerm[],
  limit: number,
  { rareEntriesMax = RARE_ENTRIES_MAX, saturationMax = K1 + 1, readShareMax = READ_SHARE_MAX }: SparseOptions,
): Promise<readonly Scored[]> {
  const rare = await postings.rare(
    asked.map((one) => one.ids),
    rareEntriesMax,
  );
  const words = toWords(asked, rare).toSorted((one, other) => one.count - other.count);
  const hiddenCount = figures.hidden.reduce((sum, [, count]) => sum + count, 0);
  const mostOf = (word: Word): number =>
    word.asked * inverseFrequency(figures.chunkCount, Math.max(0, word.count - hiddenCount)) * saturationMax;
  const scorer = createScorer(figures);
  const isRead = (word: Word): boolean => word.lists !== undefined;
  for (const word of words.filter(isRead)) scorer.add(toTerm(word));
  let rest: readonly Word[] = words.filter((word) => !isRead(word));
  while (rest.length > 0) {
    const threshold = scorer.best(limit)[limit - 1]?.score ?? 0;
    const most = rest.map(mostOf);
    let needed = countNeeded(most, threshold);
    if (needed === 0) {
      const candidates = scorer.atLeast(threshold - sumOf(most) - ROUNDING);
      if (shareRead(rest, candidates.length) <= readShareMax) {
        const ids = rest.flatMap((word) => word.ids);
        const parts = await postings.within(ids, joinRanges(figures.hidden, candidates));
        for (const word of rest) scorer.add(toPart(word, parts, figures.hidden));
        break;
      }
      needed = 1;
    }
    const read = rest.slice(0, needed);
    const lists = await postings.all(read.flatMap((word) => word.ids));
    for (const { asked: count, ids } of read) scorer.add({ asked: count, lists: ids.flatMap((id) => lists.get(id) ?? []) });
    rest = rest.slice(needed);
  }
  return scorer.best(limit);
}

function toWords(asked: readonly AskedTerm[], read: readonly CountedPostings[]): readonly Word[] {
  const byTerm = new Map(read.map((one) => [one.termId, one]));
  return asked.map(({ ids, count }) => {
    const forms = ids.flatMap((id) => byTerm.get(id) ?? []);
    const lists = forms.flatMap((one) => one.entries ?? []);
    return { asked: count, ids, count: sumOf(forms.map((one) => one.count)), lists: lists.length === forms.length ? lists : undefined };
  });
}

const toTerm = ({ asked, lists = [] }: Word): SearchedTerm => ({ asked, lists });

/** A word of which only some blocks were read: those with candidates, and those with hidden chunks, which do not count. */
function toPart({ asked, ids }: Word, read: readonly CountedPostings[], hidden: Ranges): SearchedTerm {
  const forms = read.filter((one) => ids.includes(one.termId));
  const lists = forms.flatMap((one) => one.entries ?? []);
  const found = sumOf(forms.map((one) => one.count)) - sumOf(lists.map((entries) => countWithin(entries, hidden)));
  return { asked, lists, found };
}

/** How many of the words, rarest first, have to be read whole before the others together stay under the threshold. */
function countNeeded(most: readonly number[], threshold: number): number {
  let left = 0;
  for (let at = most.length - 1; at >= 0; at--) {
    left += most[at] ?? 0;
    if (left >= threshold - ROUNDING) return at + 1;
  }
  return 0;
}

/** What part of the words' entries stands in blocks with a candidate, were these anywhere. */
function shareRead(words: readonly Word[], candidates: number): number {
  const read = words.map(({ count }) => count * -Math.expm1(-candidates / Math.max(1, count / BLOCK_ENTRIES)));
  return sumOf(read) / Math.max(1, sumOf(words.map((word) => word.count)));
}

const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);

/** The candidates, one by one or in a row, and what is hidden. */
function joinRanges(hidden: Ranges, numbers: readonly number[]): Ranges {
  const joined: [number, number][] = [];
  for (const no of numbers) {
    const last = joined.at(-1);
    if (last !== undefined && last[0] + last[1] === no) last[1] += 1;
    else joined.push([no, 1]);
  }
  return [...hidden, ...joined];
}
