/** Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), with the idf of Lucene, which is never negative. */
export const K1 = 1.2;
export const B = 0.75;

export function inverseFrequency(chunkCount: number, found: number): number {
  const holding = Math.min(found, chunkCount);
  return Math.log(1 + (chunkCount - holding + 0.5) / (holding + 0.5));
}

/** What a term's occurrences in one chunk count, before its idf: 0 to K1 + 1. */
export function saturate(occurrences: number, length: number, averageLength: number): number {
  return (occurrences * (K1 + 1)) / (occurrences + K1 * (1 - B + (B * length) / averageLength));
}

export type Scored = { readonly no: number; readonly score: number };

export type Searched = {
  readonly chunkCount: number;
  readonly lengthSum: number;
  /** Chunks that do not count: `[first, count]`. */
  readonly hidden: readonly (readonly [number, number])[];
  /** For each term of the query how often it is in it, and its entries: chunk number, occurrences + length << 16. */
  readonly terms: readonly { readonly asked: number; readonly entries: Uint32Array }[];
};

/** The best chunks, best first; equal scores in order of their numbers, so that an answer is the same every time. */
export function rankChunks(searched: Searched, limit: number): readonly Scored[] {
  if (searched.chunkCount === 0 || limit === 0) return [];
  const lists = searched.terms.map((term) => ({ asked: term.asked, entries: withoutHidden(term.entries, searched.hidden) }));
  const average = Math.max(1, searched.lengthSum / searched.chunkCount);
  const scores = createScores(lists.map((list) => list.entries));
  for (const { asked, entries } of lists) {
    const weight = asked * inverseFrequency(searched.chunkCount, entries.length / 2) * (K1 + 1);
    // Written out, because it runs once for every posting of every search.
    const base = K1 * (1 - B);
    const slope = (K1 * B) / average;
    for (let at = 0; at < entries.length; at += 2) {
      const packed = entries[at + 1] ?? 0;
      const occurrences = packed & 0xffff;
      scores.add(entries[at] ?? 0, (weight * occurrences) / (occurrences + base + slope * (packed >>> 16)));
    }
  }
  return scores.best(limit);
}

function withoutHidden(entries: Uint32Array, hidden: Searched["hidden"]): Uint32Array {
  if (hidden.length === 0) return entries;
  const ranges = hidden.toSorted((one, other) => one[0] - other[0]);
  const kept = new Uint32Array(entries.length);
  let count = 0;
  for (let at = 0; at < entries.length; at += 2) {
    const no = entries[at] ?? 0;
    if (isWithin(ranges, no)) continue;
    kept[count++] = no;
    kept[count++] = entries[at + 1] ?? 0;
  }
  return kept.subarray(0, count);
}

function isWithin(ranges: Searched["hidden"], no: number): boolean {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ranges[middle]?.[0] ?? 0) <= no) low = middle + 1;
    else high = middle;
  }
  const range = ranges[low - 1];
  return range !== undefined && no < range[0] + range[1];
}

/** Adds up by chunk in a flat array while numbers are dense, which is ten times faster than a map; in a map where most were deleted. */
function createScores(lists: readonly Uint32Array[]) {
  let top = 0;
  let bottom = Number.MAX_SAFE_INTEGER;
  let count = 0;
  for (const list of lists) {
    count += list.length / 2;
    for (let at = 0; at < list.length; at += 2) {
      const no = list[at] ?? 0;
      if (no > top) top = no;
      if (no < bottom) bottom = no;
    }
  }
  const span = count === 0 ? 0 : top - bottom + 1;
  return span <= 1_000_000 || span <= count * 16 ? createFlatScores(bottom, span) : createMapScores();
}

function createFlatScores(bottom: number, span: number) {
  const sums = new Float64Array(span);
  return {
    add(no: number, score: number): void {
      sums[no - bottom] = (sums[no - bottom] ?? 0) + score;
    },
    best(limit: number): readonly Scored[] {
      const best = createBest(limit);
      for (let at = 0; at < sums.length; at++) {
        const score = sums[at] ?? 0;
        if (score > best.floor()) best.offer(at + bottom, score);
      }
      return best.list();
    },
  };
}

function createMapScores() {
  const sums = new Map<number, number>();
  return {
    add(no: number, score: number): void {
      sums.set(no, (sums.get(no) ?? 0) + score);
    },
    best(limit: number): readonly Scored[] {
      const best = createBest(limit);
      for (const [no, score] of [...sums].toSorted((one, other) => one[0] - other[0])) if (score > best.floor()) best.offer(no, score);
      return best.list();
    },
  };
}

/** The best so far in order; a candidate has to beat the last of them. */
function createBest(limit: number) {
  const list: Scored[] = [];
  let floor = 0;
  return {
    floor: () => floor,
    offer(no: number, score: number): void {
      let at = list.length;
      while (at > 0 && (list[at - 1]?.score ?? 0) < score) at -= 1;
      list.splice(at, 0, { no, score });
      if (list.length > limit) list.pop();
      if (list.length === limit) floor = list.at(-1)?.score ?? 0;
    },
    list: () => list,
  };
}
