/** What holds of any server behind `createQdrant`, in the tests of the stand-in and of Qdrant's own engine. */
import assert from "node:assert/strict";
import { collectionIds, tenantIds } from "../kernel/ids.ts";
import { createSeededRandom } from "../kernel/seeded-random.ts";
import type { Qdrant, QdrantKey } from "./qdrant.ts";

export const TENANT_IDS = [tenantIds.make(1), tenantIds.make(2)] as const;
const [ten, other] = TENANT_IDS;
const SIZE = 16;
export const keyOf = (tenantId: typeof ten, generation = 1): QdrantKey => ({
  tenantId,
  collectionId: collectionIds.parse("vs_00000000010000000000000000"),
  generation,
  dimensions: SIZE,
});

const random = createSeededRandom(3);
/** Of length 1. */
export function vectorOf(): Float32Array {
  const raw = Array.from({ length: SIZE }, () => random() - 0.5);
  const length = Math.hypot(...raw);
  return Float32Array.from(raw, (value) => value / length);
}
const dot = (one: Float32Array, two: Float32Array): number => one.reduce((sum, value, at) => sum + value * (two[at] ?? 0), 0);

/** A search finds the nearest of what may be seen, of one collection and generation of one tenant. Returns how many were asked. */
export async function checkSearches(qdrant: Qdrant, rounds: number): Promise<number> {
  const own = Array.from({ length: 300 }, (_, at) => ({ no: at + 1, vector: vectorOf() }));
  await qdrant.add(keyOf(ten), own);
  await qdrant.add(keyOf(ten, 2), own.slice(0, 10));
  await qdrant.add(keyOf(other), own.slice(0, 10));
  for (let round = 0; round < rounds; round++) {
    const vector = vectorOf();
    const ranges = Array.from(
      { length: Math.floor(random() * 6) },
      () => [1 + Math.floor(random() * 300), 1 + Math.floor(random() * 60)] as const,
    );
    const kind = random() < 0.5 ? "hidden" : "allowed";
    const within = (no: number): boolean => ranges.some(([first, count]) => no >= first && no < first + count);
    const wanted = own
      .filter(({ no }) => within(no) === (kind === "allowed"))
      .map(({ no, vector: of }) => ({ no, score: dot(vector, of) }))
      .toSorted((one, two) => two.score - one.score)
      .slice(0, 8);
    const found = await qdrant.search({ ...keyOf(ten), vector, visible: { kind, ranges }, limit: 8 });
    assert.deepEqual(
      found.map(({ no }) => no),
      wanted.map(({ no }) => no),
    );
    for (const [at, { score }] of found.entries()) assert.ok(Math.abs(score - (wanted[at]?.score ?? 0)) < 1e-4);
  }
  assert.deepEqual([await qdrant.count(keyOf(ten)), await qdrant.count(keyOf(other))], [300, 10]);
  return rounds;
}

/** A point written twice is one point, and what is removed is found no more. */
export async function checkRemovals(qdrant: Qdrant): Promise<void> {
  const key = keyOf(ten, 7);
  const points = [1, 2, 3].map((no) => ({ no, vector: vectorOf() }));
  await qdrant.add(key, points);
  await qdrant.add(key, points);
  assert.equal(await qdrant.count(key), 3);
  await qdrant.remove(key, { from: 2, to: 3 });
  const [first] = points;
  assert.ok(first !== undefined);
  const found = await qdrant.search({ ...key, vector: first.vector, visible: { kind: "hidden", ranges: [] }, limit: 5 });
  assert.deepEqual(new Set(found.map(({ no }) => no)), new Set([1, 3]));
  await qdrant.remove(key);
  assert.equal(await qdrant.count(key), 0);
}

/** A tenant is dropped whole, and no other. After `checkSearches`. */
export async function checkDrop(qdrant: Qdrant): Promise<void> {
  assert.equal(await qdrant.dropTenant(ten), 1);
  assert.deepEqual([await qdrant.count(keyOf(ten)), await qdrant.count(keyOf(other))], [0, 10]);
}
