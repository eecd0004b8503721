import { test } from "bun:test";
import assert from "node:assert/strict";
import { createSeededRandom } from "../kernel/seeded-random.ts";
import { askedTerms, type AskedTerm } from "./asked.ts";
import { rankChunks, type Scored } from "./bm25.ts";
import type { Ranges, Visible } from "./passage-index.ts";
import { searchSparse, type Postings, type SparseOptions } from "./sparse.ts";

/** By term, what each chunk has of it. */
type Index = {
  readonly lists: ReadonlyMap<number, readonly (readonly [no: number, packed: number])[]>;
  readonly lengths: ReadonlyMap<number, number>;
};

const BLOCK = 8;
const TERMS = 12;
const LIMITS = [1, 5, 16];
type Dice = () => number;

/** Frequent and rare terms, chunks of different lengths, numbers with gaps, blocks in no order. */
function makeIndex(random: Dice, count: number): Index {
  const lists = new Map<number, (readonly [number, number])[]>();
  const lengths = new Map<number, number>();
  let no = 1;
  for (let made = 0; made < count; made++) {
    const length = 5 + Math.floor(random() * 60);
    lengths.set(no, length);
    for (let term = 1; term <= TERMS; term++) {
      if (random() > 1 / term ** 1.3) continue;
      const list = lists.get(term) ?? [];
      list.push([no, length * 0x10000 + 1 + Math.floor(random() ** 3 * 9)]);
      lists.set(term, list);
    }
    no += random() < 0.1 ? 1 + Math.floor(random() * 9) : 1;
  }
  return { lists, lengths };
}

function blocksOf(index: Index, term: number): readonly (readonly (readonly [number, number])[])[] {
  const list = index.lists.get(term) ?? [];
  const blocks = Array.from({ length: Math.ceil(list.length / BLOCK) }, (_, at) => list.slice(at * BLOCK, (at + 1) * BLOCK));
  return blocks.toReversed();
}

const pack = (blocks: readonly (readonly (readonly [number, number])[])[]): Uint32Array => Uint32Array.from(blocks.flat(2));

/** Blocks as the store has them, and how many entries were read of them. */
function createPostings(index: Index) {
  let read = 0;
  const give = (entries: Uint32Array): Uint32Array => {
    read += entries.length / 2;
    return entries;
  };
  const countOf = (id: number): number => index.lists.get(id)?.length ?? 0;
  const held = (ids: readonly number[]): readonly number[] => ids.filter((id) => countOf(id) > 0);
  const postings: Postings = {
    all: async (ids) => new Map(held(ids).map((id) => [id, give(pack(blocksOf(index, id)))])),
    async rare(words, entriesMax) {
      const counted = words.map((ids, word) => ({ ids: held(ids), word, count: ids.reduce((sum, id) => sum + countOf(id), 0) }));
      let upto = 0;
      return counted
        .toSorted((one, other) => one.count - other.count)
        .flatMap(({ ids, count }) => {
          upto += count;
          const fits = upto <= entriesMax;
          return ids.map((id) => ({ termId: id, count: countOf(id), entries: fits ? give(pack(blocksOf(index, id))) : undefined }));
        });
    },
    within: async (ids, ranges) =>
      held(ids).map((id) => {
        const touched = blocksOf(index, id).filter((block) => {
          const [low = 0, high = 0] = [block[0]?.[0], block.at(-1)?.[0]];
          return ranges.some(([first, count]) => first <= high && first + count > low);
        });
        return { termId: id, count: countOf(id), entries: give(pack(touched)) };
      }),
  };
  return { postings, read: () => read };
}

const inRanges = (ranges: Ranges, no: number): boolean => ranges.some(([first, count]) => no >= first && no < first + count);

function someRanges(random: Dice, index: Index, share: number): Ranges {
  const last = Math.max(...index.lengths.keys());
  return Array.from(
    { length: 1 + Math.floor(random() * 6) },
    () => [1 + Math.floor(random() * last), 1 + Math.floor(random() * last * share)] as const,
  );
}

function visibleOf(index: Index, kind: Visible["kind"], ranges: Ranges): Visible {
  const seen = [...index.lengths].filter(([no]) => inRanges(ranges, no) === (kind === "allowed"));
  return { kind, ranges, chunkCount: seen.length, lengthSum: seen.reduce((sum, [, length]) => sum + length, 0) };
}

/** Overlapping ranges joined, as a view gives them. */
function joined(ranges: Ranges): Ranges {
  const out: [number, number][] = [];
  for (const [first, count] of ranges.toSorted((one, other) => one[0] - other[0])) {
    const last = out.at(-1);
    if (last !== undefined && first <= last[0] + last[1]) last[1] = Math.max(last[1], first + count - last[0]);
    else out.push([first, count]);
  }
  return out;
}

/** An index of nothing but what may be seen, ranked whole. */
function fresh(index: Index, visible: Visible, asked: readonly AskedTerm[], limit: number): readonly Scored[] {
  const isSeen = (no: number): boolean => inRanges(visible.ranges, no) === (visible.kind === "allowed");
  const terms = asked.map(({ ids, count }) => ({
    asked: count,
    lists: ids.map((id) => pack([(index.lists.get(id) ?? []).filter(([no]) => isSeen(no))])),
  }));
  const lengths = [...index.lengths].filter(([no]) => isSeen(no));
  const figures = { chunkCount: lengths.length, lengthSum: lengths.reduce((sum, [, length]) => sum + length, 0), hidden: [] };
  return rankChunks({ ...figures, terms }, limit);
}

function someQuery(random: Dice): readonly AskedTerm[] {
  const ids = Array.from({ length: TERMS + 1 }, (_, at) => at + 1).filter(() => random() < 0.45);
  const asked: AskedTerm[] = [];
  for (let at = 0; at < ids.length; at++) {
    const forms = random() < 0.25 && at + 1 < ids.length ? [ids[at] ?? 1, ids[++at] ?? 1] : [ids[at] ?? 1];
    asked.push({ ids: forms, count: random() < 0.2 ? 2 : 1 });
  }
  return asked;
}

/** Equal numbers in equal order, and scores that differ by no more than adding in another order makes. */
function isSame(one: readonly Scored[], other: readonly Scored[]): boolean {
  return (
    one.length === other.length &&
    one.every(({ no, score }, at) => no === other[at]?.no && Math.abs(score - (other[at]?.score ?? 0)) < 1e-9)
  );
}

const LARGE: SparseOptions = { wholeChunksMax: 0, rareEntriesMax: 60, readShareMax: 1 };

test("what is read of frequent words here and there ranks as everything would, to the last bit", async () => {
  const random = createSeededRandom(11);
  let compared = 0;
  let spared = 0;
  let [read, all] = [0, 0];
  for (let round = 0; round < 400; round++) {
    const index = makeIndex(random, 60 + Math.floor(random() * 400));
    const visible = visibleOf(index, "hidden", round % 3 === 0 ? [] : joined(someRanges(random, index, 0.1)));
    const asked = someQuery(random);
    for (const limit of LIMITS) {
      const pruned = createPostings(index);
      const whole = createPostings(index);
      const found = await searchSparse(pruned.postings, visible, asked, limit, LARGE);
      assert.deepEqual(found, await searchSparse(whole.postings, visible, asked, limit));
      assert.ok(isSame(found, fresh(index, visible, asked, limit)));
      compared += 1;
      if (pruned.read() < whole.read()) spared += 1;
      read += pruned.read();
      all += whole.read();
    }
  }
  assert.ok(spared > 200, `${spared} searches read less`);
  console.log(
    `# searches of a large collection compared: ${compared}, of which ${spared} read less; ${Math.round((100 * read) / all)} % of all entries were read`,
  );
});

test("a bound that is too low is noticed: another order comes out", async () => {
  const random = createSeededRandom(11);
  let wrong = 0;
  for (let round = 0; round < 400; round++) {
    const index = makeIndex(random, 60 + Math.floor(random() * 400));
    const visible = visibleOf(index, "hidden", []);
    const asked = someQuery(random);
    const found = await searchSparse(createPostings(index).postings, visible, asked, 16, { ...LARGE, saturationMax: 0.2 });
    if (!isSame(found, fresh(index, visible, asked, 16))) wrong += 1;
  }
  assert.ok(wrong > 10, `${wrong} of 400`);
  console.log(`# with a bound a tenth as high: ${wrong} of 400 wrong`);
});

test("a reader who may see a part finds what an index of that part alone would give", async () => {
  const random = createSeededRandom(5);
  let compared = 0;
  let unlike = 0;
  for (let round = 0; round < 400; round++) {
    const index = makeIndex(random, 40 + Math.floor(random() * 300));
    const asked = someQuery(random);
    for (const kind of ["hidden", "allowed"] as const) {
      const visible = visibleOf(index, kind, joined(someRanges(random, index, 0.3)));
      for (const options of [LARGE, {}, { rangesMax: 0 }]) {
        const found = await searchSparse(createPostings(index).postings, visible, asked, 10, options);
        assert.ok(isSame(found, fresh(index, visible, asked, 10)), `${kind} ${round}`);
        compared += 1;
        // With the figures of the whole collection the order is another, so the comparison can fail.
        const everything = visibleOf(index, "hidden", []);
        const filtered = (await searchSparse(createPostings(index).postings, everything, asked, 1000)).filter(
          ({ no }) => inRanges(visible.ranges, no) === (kind === "allowed"),
        );
        if (!isSame(filtered.slice(0, 10), found)) unlike += 1;
      }
    }
  }
  assert.ok(unlike > compared / 2);
  console.log(`# readers of a part compared: ${compared}; filtered after ranking, ${unlike} would differ`);
});

test("few allowed chunks read few blocks, and nothing comes of nothing", async () => {
  const random = createSeededRandom(3);
  const index = makeIndex(random, 2000);
  const visible = visibleOf(index, "allowed", [[100, 40]]);
  const few = createPostings(index);
  const asked = [
    { ids: [1], count: 1 },
    { ids: [2], count: 1 },
  ];
  assert.ok((await searchSparse(few.postings, visible, asked, 5)).length > 0);
  assert.ok(few.read() <= 40 + 4 * BLOCK, `${few.read()} entries`);
  for (const [seen, terms, limit] of [
    [visibleOf(index, "allowed", []), asked, 5],
    [visible, [], 5],
    [visible, asked, 0],
    [visible, askedTerms("nowhere", ["en"]), 5],
  ] as const)
    assert.deepEqual(await searchSparse(few.postings, seen, terms, limit), []);
});
