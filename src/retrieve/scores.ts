export type Scored = { readonly no: number; readonly score: number };

/** Scores of chunks by their numbers, added up term by term. */
export type Scores = {
  /** Makes room for these numbers. */
  reach(low: number, high: number): void;
  /** `entries`: chunk number, occurrences + length << 16. An entry counts `weight` × occurrences / (occurrences + base + slope × length). */
  add(entries: Uint32Array, weight: number, base: number, slope: number): void;
  /** Best first; equal scores in order of their numbers, so that an answer is the same every time. */
  best(limit: number): readonly Scored[];
  /** The numbers of chunks that score so much, which is more than nothing, in ascending order. */
  atLeast(score: number): readonly number[];
};

/** 32 MB: up to this span, or so many times what there is, a flat array is ten times faster than a map. Numbers are sparse where most were deleted. */
const FLAT_SPAN_MAX = 4_000_000;
const FLAT_SPAN_PER_CHUNK = 16;
const SLACK_SHARE = 0.02;

export function createScores(chunkCount: number): Scores {
  const spanMax = Math.max(FLAT_SPAN_MAX, chunkCount * FLAT_SPAN_PER_CHUNK);
  let bottom = 0;
  let sums = new Float64Array(0);
  let sparse: Map<number, number> | undefined;

  function reach(low: number, high: number): void {
    if (sparse !== undefined || (sums.length > 0 && low >= bottom && high < bottom + sums.length)) return;
    // Some more on both sides, because the next term reaches about as far.
    const slack = Math.ceil((high - low + 1) * SLACK_SHARE);
    const from = Math.max(0, Math.min(low - slack, sums.length === 0 ? low : bottom));
    const to = Math.max(high + 1 + slack, bottom + sums.length);
    if (to - from > spanMax) {
      sparse = new Map(numbersOf(sums, bottom, Number.MIN_VALUE).map((no) => [no, sums[no - bottom] ?? 0]));
      return;
    }
    const grown = new Float64Array(to - from);
    grown.set(sums, sums.length === 0 ? 0 : bottom - from);
    bottom = from;
    sums = grown;
  }

  return {
    reach,
    add(entries, weight, base, slope) {
      if (sparse === undefined) addFlat(sums, bottom, entries, { weight, base, slope });
      else addSparse(sparse, entries, { weight, base, slope });
    },
    best(limit) {
      const best = createBest(limit);
      if (sparse !== undefined) {
        for (const [no, score] of [...sparse].toSorted((one, other) => one[0] - other[0])) if (score > best.floor()) best.offer(no, score);
        return best.list();
      }
      offerFlat(sums, bottom, best);
      return best.list();
    },
    atLeast(score) {
      const least = Math.max(score, Number.MIN_VALUE);
      if (sparse === undefined) return numbersOf(sums, bottom, least);
      return [...sparse].flatMap(([no, one]) => (one >= least ? [no] : [])).toSorted((one, other) => one - other);
    },
  };
}

type Curve = { readonly weight: number; readonly base: number; readonly slope: number };

/** Runs once for every posting of every search. */
function addFlat(sums: Float64Array, bottom: number, entries: Uint32Array, { weight, base, slope }: Curve): void {
  const count = entries.length;
  for (let at = 0; at < count; at += 2) {
    const packed = entries[at + 1] ?? 0;
    const occurrences = packed & 0xffff;
    const no = (entries[at] ?? 0) - bottom;
    sums[no] = (sums[no] ?? 0) + (weight * occurrences) / (occurrences + base + slope * (packed >>> 16));
  }
}

function offerFlat(sums: Float64Array, bottom: number, best: ReturnType<typeof createBest>): void {
  let floor = 0;
  const count = sums.length;
  for (let at = 0; at < count; at++) {
    const score = sums[at] ?? 0;
    if (score <= floor) continue;
    best.offer(at + bottom, score);
    floor = best.floor();
  }
}

function numbersOf(sums: Float64Array, bottom: number, least: number): number[] {
  const found: number[] = [];
  const count = sums.length;
  for (let at = 0; at < count; at++) if ((sums[at] ?? 0) >= least) found.push(at + bottom);
  return found;
}

function addSparse(sums: Map<number, number>, entries: Uint32Array, { weight, base, slope }: Curve): void {
  for (let at = 0; at < entries.length; at += 2) {
    const packed = entries[at + 1] ?? 0;
    const occurrences = packed & 0xffff;
    const no = entries[at] ?? 0;
    sums.set(no, (sums.get(no) ?? 0) + (weight * occurrences) / (occurrences + base + slope * (packed >>> 16)));
  }
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
    list: (): readonly Scored[] => list,
  };
}
