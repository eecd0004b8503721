import { afterAll, describe, test } from "bun:test";
import assert from "node:assert/strict";
import { collectionIds, tenantIds } from "../kernel/ids.ts";
import { insertCollection } from "./collections.ts";
import { tenantScope } from "./database.ts";
import { explainUses } from "./explain.ts";
import { appendPostings, BLOCK_ENTRIES, type TermEntries } from "./postings.ts";
import { READ_RARE, READ_WITHIN, readPostingsWithin, readRarePostings } from "./rare-postings.ts";
import { listTestEngines, openTestDatabase } from "./testing.ts";

const ten = tenantIds.make(1);
const collectionId = collectionIds.make(1);

/** Every `step`-th chunk from 1 on. */
function entriesOf(termId: number, step: number, count: number): TermEntries {
  const numbers = Uint32Array.from(Array.from({ length: count }, (_, at) => [1 + at * step, 1 + 10 * 65536]).flat());
  return { termId, low: 1, high: 1 + (count - 1) * step, entries: new Uint8Array(numbers.buffer) };
}

for (const engine of listTestEngines()) {
  const db = await openTestDatabase({ engine });
  await db.asOwner((owner) =>
    owner.query("INSERT INTO tenants (id, slug, name, digest_salt, created_at) VALUES ($1, 'one', 'One', '\\x00', now())", [ten]),
  );
  await insertCollection(db, ten, { id: collectionId, name: "c", metadata: {}, createdAtMs: 1 });
  await db.transaction(tenantScope(ten), (tx) =>
    appendPostings(tx, ten, collectionId, [entriesOf(1, 100, 10), entriesOf(2, 10, 300), entriesOf(3, 1, 5_000), entriesOf(4, 90, 30)]),
  );
  const rare = async (words: readonly (readonly number[])[], max: number) =>
    (await readRarePostings(db, ten, collectionId, words, max))
      .map(({ termId, count, entries }) => [termId, count, entries === undefined ? undefined : entries.length / 2])
      .toSorted((one, other) => (one[0] ?? 0) - (other[0] ?? 0));

  describe(`rare postings on ${engine}`, () => {
    afterAll(() => db.close());

    test("every term is counted, and the words found least are read as far as they fit", async () => {
      assert.deepEqual(await rare([[3], [1], [2]], 310), [
        [1, 10, 10],
        [2, 300, 300],
        [3, 5000, undefined],
      ]);
      assert.deepEqual(await rare([[3], [1], [2]], 309), [
        [1, 10, 10],
        [2, 300, undefined],
        [3, 5000, undefined],
      ]);
      assert.deepEqual(await rare([[99]], 10), []);
      assert.deepEqual(await rare([], 10), []);
    });

    test("the terms of one word are read together or not at all", async () => {
      assert.deepEqual(await rare([[1, 2], [4]], 339), [
        [1, 10, undefined],
        [2, 300, undefined],
        [4, 30, 30],
      ]);
      assert.deepEqual(
        (await rare([[1, 2], [4]], 340)).map(([, , read]) => read),
        [10, 300, 30],
      );
    });

    test("of a frequent term only the blocks are read in which some chunks may stand", async () => {
      const [found] = await readPostingsWithin(
        db,
        ten,
        collectionId,
        [3],
        [
          [700, 1],
          [4000, 3],
        ],
      );
      const numbers = [...(found?.entries ?? [])].filter((_, at) => at % 2 === 0);
      assert.equal(found?.count, 5_000);
      assert.ok(numbers.includes(700) && [4000, 4001, 4002].every((no) => numbers.includes(no)));
      assert.ok(numbers.length <= 4 * BLOCK_ENTRIES, `${numbers.length} entries`);
      const [none] = await readPostingsWithin(db, ten, collectionId, [3], [[9_000, 5]]);
      assert.deepEqual([none?.count, none?.entries?.length], [5_000, 0]);
    });

    test("both reach the blocks of their terms by the primary key, as the application role", async () => {
      for (const [text, params] of [
        [READ_RARE, [collectionId, [1, 2, 3], [0, 1, 2], 500]],
        [READ_WITHIN, [collectionId, [1, 2, 3], "{[1,5)}"]],
      ] as const) {
        const use = await explainUses(db, tenantScope(ten), text, [...params]);
        assert.ok(JSON.stringify(use).includes("postings_pkey"), JSON.stringify(use));
      }
    });
  });
}
