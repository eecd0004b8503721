import { afterAll, describe, test } from "bun:test";
import assert from "node:assert/strict";
import { collectionIds, tenantIds } from "../kernel/ids.ts";
import { removePostings } from "./chunks.ts";
import { insertCollection } from "./collections.ts";
import { tenantScope } from "./database.ts";
import { WHOLE_TENANT } from "../domain/reader.ts";
import { systemClock } from "../kernel/clock.ts";
import { createOpenCollection } from "./collection-view.ts";
import { BLOCK_ENTRIES, appendPostings, readPostings } from "./postings.ts";
import type { TermEntries } from "./postings.ts";
import { listTestEngines, openTestDatabase } from "./testing.ts";

const ten = tenantIds.make(1);
const collectionId = collectionIds.make(1);

function entriesOf(termId: number, from: number, count: number): TermEntries {
  const numbers = Uint32Array.from(Array.from({ length: count }, (_, at) => [from + at, 1 + 10 * 65536]).flat());
  return { termId, low: from, high: from + count - 1, entries: new Uint8Array(numbers.buffer) };
}

for (const engine of listTestEngines()) {
  const db = await openTestDatabase({ engine });
  await db.asOwner((owner) =>
    owner.query("INSERT INTO tenants (id, slug, name, digest_salt, created_at) VALUES ($1, 'one', 'One', '\\x00', now())", [ten]),
  );
  await insertCollection(db, ten, { id: collectionId, name: "c", metadata: {}, createdAtMs: 1 });
  const append = (...batch: readonly TermEntries[]) =>
    db.transaction(tenantScope(ten), (tx) => appendPostings(tx, ten, collectionId, batch));
  const read = async (termId: number): Promise<number[]> => {
    const lists = await readPostings(db, ten, collectionId, [termId]);
    return [...(lists.get(termId) ?? [])].filter((_, at) => at % 2 === 0).toSorted((one, other) => one - other);
  };
  const blocks = (termId: number): Promise<{ block: number; low: number; high: number; entries: number }[]> =>
    db.query(
      tenantScope(ten),
      "SELECT block, low, high, octet_length(entries) / 8 AS entries FROM postings WHERE collection_id = $1 AND term_id = $2 ORDER BY block",
      [collectionId, termId],
    );
  const numbers = (from: number, count: number): number[] => Array.from({ length: count }, (_, at) => from + at);

  describe(`postings on ${engine}`, () => {
    afterAll(() => db.close());

    test("a block is open up to its limit, and closed at it", async () => {
      await append(entriesOf(1, 1, BLOCK_ENTRIES - 1));
      assert.deepEqual(await blocks(1), [{ block: 0, low: 1, high: BLOCK_ENTRIES - 1, entries: BLOCK_ENTRIES - 1 }]);
      await append(entriesOf(1, BLOCK_ENTRIES, 1));
      assert.deepEqual(await blocks(1), [{ block: 1, low: 1, high: BLOCK_ENTRIES, entries: BLOCK_ENTRIES }]);
      await append(entriesOf(1, BLOCK_ENTRIES + 1, 1));
      assert.deepEqual(
        (await blocks(1)).map((one) => [one.block, one.entries]),
        [
          [0, 1],
          [1, BLOCK_ENTRIES],
        ],
      );
      assert.deepEqual(await read(1), numbers(1, BLOCK_ENTRIES + 1));
    });

    test("whatever the batches, every entry is read once", async () => {
      let next = 1;
      for (const count of [1, 500, 3, BLOCK_ENTRIES, 223, 1, 2000, 7]) {
        await append(entriesOf(2, next, count), entriesOf(3, next, 1));
        next += count;
      }
      assert.deepEqual(await read(2), numbers(1, next - 1));
      assert.equal((await read(3)).length, 8);
      assert.ok((await blocks(2)).every((one) => one.entries < 2 * BLOCK_ENTRIES));
    });

    test("what is removed is gone from open and closed blocks, and nothing else is", async () => {
      await append(entriesOf(4, 1, 1000), entriesOf(5, 300, 5));
      await db.transaction(tenantScope(ten), (tx) => removePostings(tx, collectionId, [4, 5], { from: 200, to: 900 }));
      assert.deepEqual(await read(4), [...numbers(1, 199), ...numbers(900, 101)]);
      assert.deepEqual(await read(5), []);
      assert.deepEqual(await blocks(5), []);
      assert.equal((await read(2)).length, 2959);
    });

    test("terms that nothing holds and collections that do not exist read as such", async () => {
      assert.deepEqual(await read(99), []);
      assert.equal((await readPostings(db, tenantIds.make(2), collectionId, [1])).size, 0);
      const open = createOpenCollection({ db, clock: systemClock });
      assert.equal(await open({ tenantId: ten, collection: "unknown", reader: WHOLE_TENANT }), undefined);
      assert.equal(await open({ tenantId: tenantIds.make(2), collection: "c", reader: WHOLE_TENANT }), undefined);
    });
  });
}
