import { test } from "bun:test";
import assert from "node:assert/strict";
import { createAllowedCache, type Allowed } from "./allowed-cache.ts";

const allowed = (version: number, more: Partial<Allowed> = {}): Allowed => ({
  version,
  ranges: [[1, 1]],
  chunkCount: 1,
  lengthSum: 1,
  untilMs: Number.POSITIVE_INFINITY,
  ...more,
});

function counting() {
  let reads = 0;
  return { count: () => reads, of: (made: Allowed) => async () => (reads++, made) };
}

test("what is kept serves its version only, and not past its time", async () => {
  const cache = createAllowedCache();
  const { count, of } = counting();
  await cache.get("k", 1, 0, of(allowed(1, { untilMs: 100 })));
  await cache.get("k", 1, 99, of(allowed(1)));
  assert.equal(count(), 1);
  await cache.get("k", 1, 100, of(allowed(1)));
  assert.equal(count(), 2);
  await cache.get("k", 2, 100, of(allowed(2)));
  await cache.get("other", 2, 100, of(allowed(2)));
  assert.equal(count(), 4);
});

test("callers at the same time share one reading, unless a date comes by between them or they know of a later change", async () => {
  const cache = createAllowedCache();
  const { count, of } = counting();
  const made = allowed(1, { untilMs: 50 });
  const both = await Promise.all([cache.get("k", 1, 10, of(made)), cache.get("k", 1, 20, of(made))]);
  assert.deepEqual([both[0] === both[1], count()], [true, 1]);
  await Promise.all([cache.get("x", 1, 10, of(made)), cache.get("x", 1, 60, of(allowed(1)))]);
  assert.equal(count(), 3);
  await Promise.all([cache.get("y", 1, 10, of(made)), cache.get("y", 2, 10, of(allowed(2)))]);
  assert.equal(count(), 5);
});

test("a failed reading is not kept, and a late one of an older version does not replace a newer", async () => {
  const cache = createAllowedCache();
  await assert.rejects(cache.get("k", 1, 0, () => Promise.reject(new Error("away"))));
  assert.equal(cache.size, 0);
  await cache.get("k", 2, 0, async () => allowed(2));
  await cache.get("k", 1, 0, async () => allowed(1));
  const { count, of } = counting();
  assert.equal((await cache.get("k", 2, 0, of(allowed(2))))?.version, 2);
  assert.equal(count(), 0);
});

test("it holds no more entries and ranges than it may, the least recently used going first", async () => {
  const cache = createAllowedCache({ rangesMax: 10, entriesMax: 5 });
  const ranges = (count: number) => Array.from({ length: count }, (_, at): [number, number] => [at * 2, 1]);
  const { count, of } = counting();
  for (const key of ["a", "b", "c", "d", "e"]) await cache.get(key, 1, 0, of(allowed(1)));
  await cache.get("a", 1, 0, of(allowed(1)));
  await cache.get("f", 1, 0, of(allowed(1)));
  assert.equal(cache.size, 5);
  await cache.get("a", 1, 0, of(allowed(1)));
  assert.equal(count(), 6);
  await cache.get("big", 1, 0, of(allowed(1, { ranges: ranges(9) })));
  assert.equal(cache.size, 2);
  await cache.get("too big", 1, 0, of(allowed(1, { ranges: ranges(11) })));
  assert.equal(cache.size, 2);
});
