import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import { collectionIds, tenantIds } from "../kernel/ids.ts";
import { createSeededRandom } from "../kernel/seeded-random.ts";
import { createQdrant, type Qdrant, type QdrantKey } from "./qdrant.ts";
import { startFakeQdrant, type FakeQdrant, type Mishap } from "./testing.ts";
import { joinRanges, toFilter } from "./visible-filter.ts";

const [ten, other] = [tenantIds.make(1), tenantIds.make(2)];
const SIZE = 16;
const keyOf = (tenantId: typeof ten, generation = 1): QdrantKey => ({
  tenantId,
  collectionId: collectionIds.parse("vs_00000000010000000000000000"),
  generation,
  dimensions: SIZE,
});
const random = createSeededRandom(3);
function vectorOf(): Float32Array {
  const raw = Array.from({ length: SIZE }, () => random() - 0.5);
  const length = Math.hypot(...raw);
  return Float32Array.from(raw, (value) => value / length);
}

let fake: FakeQdrant;
let qdrant: Qdrant;
beforeAll(async () => {
  fake = await startFakeQdrant();
  qdrant = createQdrant({ url: fake.url, apiKey: undefined, timeoutMs: 2_000 });
});
afterAll(() => fake.close());

const dot = (one: Float32Array, two: Float32Array): number => one.reduce((sum, value, at) => sum + value * (two[at] ?? 0), 0);

test("a search finds the nearest of what may be seen, of one collection and generation of one tenant", async () => {
  const own = Array.from({ length: 300 }, (_, at) => ({ no: at + 1, vector: vectorOf() }));
  await qdrant.add(keyOf(ten), own);
  await qdrant.add(keyOf(ten, 2), own.slice(0, 10));
  await qdrant.add(keyOf(other), own.slice(0, 10));
  let cases = 0;
  for (let round = 0; round < 60; round++) {
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
      .slice(0, 8)
      .map(({ no }) => no);
    const found = await qdrant.search({ ...keyOf(ten), vector, visible: { kind, ranges }, limit: 8 });
    assert.deepEqual(
      found.map(({ no }) => no),
      wanted,
    );
    cases += 1;
  }
  console.log(`# qdrant: ${cases} searches, each the exact nearest of what may be seen`);
  assert.equal(fake.collections.size, 2);
  assert.equal(await qdrant.count(keyOf(ten)), 300);
});

test("a point written twice is one point, and what is removed is found no more", async () => {
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
});

test("what may not be seen at all is asked of nobody", async () => {
  const before = fake.seen.length;
  assert.deepEqual(await qdrant.search({ ...keyOf(ten), vector: vectorOf(), visible: { kind: "allowed", ranges: [] }, limit: 5 }), []);
  assert.equal(fake.seen.length, before);
  assert.throws(() => toFilter("c.1", { kind: "allowed", ranges: [] }), RangeError);
});

test("a tenant is dropped whole, and no other", async () => {
  assert.equal(await qdrant.dropTenant(ten), 1);
  assert.deepEqual([await qdrant.count(keyOf(ten)), await qdrant.count(keyOf(other))], [0, 10]);
});

test("whatever goes wrong there is a store that does not answer, with nothing of the answer in it", async () => {
  const mishaps: readonly Mishap[] = ["error", "hang-up", "garbage", "no-payload"];
  for (const mishap of mishaps) {
    fake.fail(mishap);
    const asked = qdrant.search({ ...keyOf(other), vector: vectorOf(), visible: { kind: "hidden", ranges: [] }, limit: 3 });
    await assert.rejects(asked, (error) => {
      assert.equal(Reflect.get(Object(error), "code"), "store_unavailable", mishap);
      assert.match(String(Reflect.get(Object(error), "cause")), /^Error: Qdrant: (status \d+|\w+)$/, mishap);
      return true;
    });
  }
  const gone = createQdrant({ url: "http://127.0.0.1:1", apiKey: undefined, timeoutMs: 500 });
  await assert.rejects(gone.ping(), { code: "store_unavailable" });
  console.log(`# qdrant: ${mishaps.length + 1} ways to fail, each told as a store that is away`);
});

test("ranges that touch are one", () => {
  assert.deepEqual(
    joinRanges([
      [10, 5],
      [1, 3],
      [4, 2],
      [12, 10],
    ]),
    [
      [1, 6],
      [10, 22],
    ],
  );
});
