import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import { checkDrop, checkRemovals, checkSearches, keyOf, TENANT_IDS, vectorOf } from "./contract.ts";
import { createQdrant, type Qdrant } from "./qdrant.ts";
import { startFakeQdrant, type FakeQdrant, type Mishap } from "./testing.ts";
import { joinRanges, toFilter } from "./visible-filter.ts";

const [ten, other] = TENANT_IDS;
let fake: FakeQdrant;
let qdrant: Qdrant;
beforeAll(async () => {
  fake = await startFakeQdrant();
  qdrant = createQdrant({ url: fake.url, apiKey: undefined, timeoutMs: 2_000 });
});
afterAll(() => fake.close());

test("a search finds the nearest of what may be seen, of one collection and generation of one tenant", async () => {
  console.log(`# qdrant: ${await checkSearches(qdrant, 60)} searches, each the exact nearest of what may be seen`);
  assert.equal(fake.collections.size, 2);
});

test("a point written twice is one point, and what is removed is found no more", async () => {
  await checkRemovals(qdrant);
});

test("what may not be seen at all is asked of nobody", async () => {
  const before = fake.seen.length;
  assert.deepEqual(await qdrant.search({ ...keyOf(ten), vector: vectorOf(), visible: { kind: "allowed", ranges: [] }, limit: 5 }), []);
  assert.equal(fake.seen.length, before);
  assert.throws(() => toFilter("c.1", { kind: "allowed", ranges: [] }), RangeError);
});

test("a tenant is dropped whole, and no other", async () => {
  await checkDrop(qdrant);
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

test("a server that forgets the filter is seen", async () => {
  const forgetful: Qdrant = {
    ...qdrant,
    search: (ask) => qdrant.search({ ...ask, visible: { kind: "hidden", ranges: [] } }),
  };
  await assert.rejects(checkSearches(forgetful, 20), { name: "AssertionError" });
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
