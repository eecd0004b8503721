import { afterAll, test } from "bun:test";
import assert from "node:assert/strict";
import { Fault } from "../kernel/fault.ts";
import { sha256Hex } from "../kernel/hash.ts";
import type { Engine } from "../store/engine.ts";
import type { Tx } from "../store/index.ts";
import { openKnowledge, POISON, testProse } from "./testing.ts";

const k = await openKnowledge();
const { ingest, ten } = k;
afterAll(() => k.close());

/** A database that dies after so many statements: before the commit of the transaction that it is in, as kill -9 would have it. */
function dyingAfter(statements: number): Engine & { readonly died: () => boolean } {
  let left = statements;
  let died = false;
  const spend = (): void => {
    left -= 1;
    if (left >= 0) return;
    died = true;
    throw new Fault("store_unavailable");
  };
  return {
    ...k.db,
    died: () => died,
    async query(scope, text, params) {
      spend();
      return await k.db.query(scope, text, params);
    },
    async transaction(scope, body) {
      return await k.db.transaction(scope, (tx) => {
        const query: Tx["query"] = async (text, params) => {
          spend();
          return await tx.query(text, params);
        };
        return body({ query });
      });
    },
  };
}

/** Everything that search reads of a collection, in a form that does not depend on which numbers its chunks got. */
async function dump(collection: string): Promise<string> {
  const { id } = await ingest.getCollection(ten, collection);
  return await k.db.asOwner(async (owner) => {
    const chunks = await owner.query<{ no: number; body: string; held: boolean }>(
      "SELECT no, body, quarantine IS NOT NULL AS held FROM chunks WHERE collection_id = $1 ORDER BY no",
      [id],
    );
    const first = chunks[0]?.no ?? 0;
    const blocks = await owner.query<{ term: number; entries: Uint8Array }>(
      "SELECT term_id AS term, entries FROM postings WHERE collection_id = $1 ORDER BY term_id, block = 0, block",
      [id],
    );
    const lines = blocks.flatMap(({ term, entries }) => {
      const words = new Uint32Array(Uint8Array.from(entries).buffer);
      return Array.from({ length: words.length / 2 }, (_, at) => `${term} ${(words[at * 2] ?? 0) - first} ${words[at * 2 + 1] ?? 0}`);
    });
    const [sums] = await owner.query("SELECT chunk_count, length_sum FROM collections WHERE id = $1", [id]);
    const texts = sha256Hex(JSON.stringify(chunks.map((one) => one.body)));
    return JSON.stringify({
      postings: lines.length,
      digest: sha256Hex(lines.toSorted().join("\n")),
      chunks: chunks.length,
      held: chunks.filter(({ held }) => held).length,
      texts,
      sums,
    });
  });
}

const SEGMENTS = { segmentChunks: 12 };
// A part of it is held, which has to be the same part whoever writes it.
const text = `${testProse(1, 3000)} ${POISON}. ${testProse(2, 3000)}`;
await ingest.createCollection(ten, { name: "whole" });
await k.add("whole", "long.txt", text);
const whole = await dump("whole");
assert.match(whole, /"held":[1-9]/);

test("wherever the process dies, the next one completes the index exactly as if nothing had happened", async () => {
  let crashes = 0;
  // Each place in the long run; every other one otherwise.
  const step = process.env["WEIR_TEST_LONG"] === "1" ? 1 : 2;
  for (let statements = 1; ; statements += step) {
    const name = `crash-${statements}`;
    await ingest.createCollection(ten, { name });
    const file = await ingest.createFile(ten, { filename: "long.txt", purpose: "user_data", bytes: Buffer.from(text) });
    const dying = dyingAfter(statements);
    await k
      .again(dying, SEGMENTS)
      .addFileToCollection(ten, name, file.id)
      .catch(() => undefined);
    if (!dying.died()) break;
    crashes += 1;
    const next = k.again(k.db, SEGMENTS);
    await next.resume();
    await next.idle();
    const { data } = await ingest.listCollectionFiles(ten, name);
    if (data.length === 0) await next.addFileToCollection(ten, name, file.id);
    else assert.equal(data[0]?.status, "completed", `after ${statements} statements`);
    assert.equal(await dump(name), whole, `after ${statements} statements`);
    await ingest.deleteCollection(ten, name);
    await ingest.deleteFile(ten, file.id);
  }
  await ingest.idle();
  assert.ok(crashes >= 15, `${crashes} crashes`);
  console.log(`${crashes} crashes, ${crashes} whole indexes`);
}, 60_000);

test("a posting written twice would be seen: the comparison can fail", async () => {
  await ingest.createCollection(ten, { name: "doubled" });
  await k.add("doubled", "long.txt", text);
  assert.equal(await dump("doubled"), whole);
  const { id } = await ingest.getCollection(ten, "doubled");
  await k.db.asOwner((owner) =>
    owner.query(
      "UPDATE postings SET entries = entries || entries WHERE collection_id = $1 AND term_id = (SELECT min(term_id) FROM postings WHERE collection_id = $1)",
      [id],
    ),
  );
  assert.notEqual(await dump("doubled"), whole);
});

test("readers see all of a file or nothing, at every step of its indexing", async () => {
  await ingest.createCollection(ten, { name: "growing" });
  await k.add("growing", "first.txt", "A sensor and a warranty.");
  const seen = new Set<number>();
  let looks = 0;
  const looking: Engine = {
    ...k.db,
    async transaction(scope, body) {
      const result = await k.db.transaction(scope, body);
      seen.add((await k.find("growing", "sensor warranty own1x60", 50)).length);
      looks += 1;
      return result;
    },
  };
  const file = await ingest.createFile(ten, { filename: "long.txt", purpose: "user_data", bytes: Buffer.from(text) });
  await k.again(looking, SEGMENTS).addFileToCollection(ten, "growing", file.id);
  assert.ok(looks > 5, `${looks} looks`);
  const last = (await k.find("growing", "sensor warranty own1x60", 50)).length;
  assert.ok(last > 10);
  assert.deepEqual(
    [...seen].toSorted((one, other) => one - other),
    [1, last],
  );
});

test("what is removed while it is indexed stays removed, and leaves nothing behind", async () => {
  const before = await settled();
  await ingest.createCollection(ten, { name: "removed" });
  const file = await ingest.createFile(ten, { filename: "long.txt", purpose: "user_data", bytes: Buffer.from(text) });
  let transactions = 0;
  const removing: Engine = {
    ...k.db,
    async transaction(scope, body) {
      const result = await k.db.transaction(scope, body);
      transactions += 1;
      if (transactions === 5) await ingest.removeFileFromCollection(ten, "removed", file.id);
      return result;
    },
  };
  await assert.rejects(k.again(removing).addFileToCollection(ten, "removed", file.id), { code: "not_found" });
  assert.ok(transactions < 12, `${transactions} transactions`);
  assert.deepEqual(await k.find("removed", "sensor"), []);
  await ingest.deleteCollection(ten, "removed");
  await ingest.deleteFile(ten, file.id);
  assert.deepEqual(await settled(), before);
});

test("a file of more than a megabyte is indexed after the answer", async () => {
  await ingest.createCollection(ten, { name: "large" });
  const bytes = Buffer.from(testProse(3, 1000) + "x".repeat(1024 * 1024));
  const file = await ingest.createFile(ten, { filename: "large.txt", purpose: "user_data", bytes });
  const added = await ingest.addFileToCollection(ten, "large", file.id);
  assert.equal(added.status, "in_progress");
  assert.deepEqual(await k.find("large", "own3x60"), []);
  await ingest.idle();
  assert.equal((await ingest.getCollectionFile(ten, "large", file.id)).status, "completed");
  assert.deepEqual(await k.find("large", "own3x60"), ["large.txt"]);
  const exact = await ingest.createFile(ten, { filename: "exact.txt", purpose: "user_data", bytes: Buffer.alloc(1024 * 1024, "ab ") });
  assert.equal((await ingest.addFileToCollection(ten, "large", exact.id)).status, "completed");
});

test("what another version of the program had begun is begun anew, and what it had finished is still cleaned", async () => {
  const before = await settled();
  await ingest.createCollection(ten, { name: "versions" });
  const file = await ingest.createFile(ten, { filename: "long.txt", purpose: "user_data", bytes: Buffer.from(text) });
  await k
    .again(dyingAfter(24), SEGMENTS)
    .addFileToCollection(ten, "versions", file.id)
    .catch(() => undefined);
  await k.db.asOwner((owner) => owner.query("UPDATE documents SET index_rev = 0 WHERE state = 'indexing'"));
  await ingest.resume();
  await ingest.idle();
  assert.equal(await dump("versions"), whole);
  // Its terms are unknown to this version, so every block of the collection is looked through.
  await k.db.asOwner((owner) =>
    owner.query("UPDATE documents SET index_rev = 0 WHERE collection_id = (SELECT id FROM collections WHERE name = 'versions')"),
  );
  await ingest.removeFileFromCollection(ten, "versions", file.id);
  await ingest.idle();
  assert.equal(JSON.parse(await dump("versions")).postings, 0);
  await ingest.deleteCollection(ten, "versions");
  await ingest.deleteFile(ten, file.id);
  assert.deepEqual(await settled(), before);
});

test("a deletion that was cut off is finished at the next start", async () => {
  const before = await settled();
  await ingest.createCollection(ten, { name: "cut" });
  const { fileId } = await k.add("cut", "a.txt", text);
  const stopped = k.again();
  await stopped.deleteCollection(ten, "cut");
  await stopped.close();
  const failing = k.again({ ...k.db });
  await failing.deleteFile(ten, fileId);
  await failing.close();
  await ingest.resume();
  assert.deepEqual(await settled(), before);
});

async function settled(): Promise<Readonly<Record<string, number>>> {
  await ingest.idle();
  return await k.count();
}
