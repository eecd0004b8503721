import assert from "node:assert/strict";
import { afterAll, test } from "bun:test";
import { Fault } from "../kernel/fault.ts";
import { sha256Hex } from "../kernel/hash.ts";
import type { Engine } from "../store/engine.ts";
import type { Tx } from "../store/index.ts";
import { openKnowledge, testProse } from "./testing.ts";
import { createTestEmbedding } from "./testing-embedding.ts";

const embedding = createTestEmbedding();
const k = await openKnowledge("pglite", embedding);
afterAll(() => k.close());

/** As in resume.test.ts: dead before the commit of the transaction that it is in, and no statement after it. */
function dyingAfter(statements: number): Engine & { readonly died: () => boolean } {
  let left = statements;
  const spend = (): void => {
    left -= 1;
    if (left < 0) throw new Fault("store_unavailable");
  };
  return {
    ...k.db,
    died: () => left < 0,
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

const CUTTING = { chunking: { strategy: "fixed", tokens: 64, overlap: 0 } } as const;
const text = testProse(5, 2200);

/** The vectors of a collection, whatever numbers its chunks got. */
async function dump(collection: string, generation = 1): Promise<string> {
  const { id } = await k.ingest.getCollection(k.ten, collection);
  return await k.db.asOwner(async (owner) => {
    const rows = await owner.query<{ no: number; hash: string; vector: string }>(
      "SELECT no, text_hash AS hash, embedding::text AS vector FROM chunk_vectors WHERE collection_id = $1 AND generation = $2 ORDER BY no",
      [id, generation],
    );
    const marks = await owner.query("SELECT document FROM embedded_documents WHERE collection_id = $1 AND generation = $2", [
      id,
      generation,
    ]);
    const first = rows[0]?.no ?? 0;
    const lines = rows.map(({ no, hash, vector }) => `${no - first} ${hash} ${vector}`);
    return JSON.stringify({ vectors: rows.length, digest: sha256Hex(lines.join("\n")), documents: marks.length });
  });
}

await k.ingest.createCollection(k.ten, { name: "whole", settings: CUTTING });
await k.add("whole", "long.txt", text);
const whole = await dump("whole");

test("wherever the process dies, the next one gives every chunk its vector exactly once, and asks for no more than was under way again", async () => {
  assert.match(whole, /"vectors":(?:[4-9]\d|\d{3})/);
  let crashes = 0;
  let again = 0;
  const step = process.env["WEIR_TEST_LONG"] === "1" ? 1 : 5;
  for (let statements = 20; ; statements += step) {
    // Another space each time: nothing may be taken over from the run before.
    embedding.model = `m${100 + statements}`;
    const name = `crash-${statements}`;
    await k.ingest.createCollection(k.ten, { name, settings: CUTTING });
    const file = await k.ingest.createFile(k.ten, { filename: "long.txt", purpose: "user_data", bytes: Buffer.from(text) });
    const before = embedding.asked.length;
    const dying = dyingAfter(statements);
    const dead = k.again(dying);
    await dead.addFileToCollection(k.ten, name, file.id).catch(() => undefined);
    await dead.close();
    if (!dying.died()) break;
    crashes += 1;
    const next = k.again();
    await next.resume();
    await next.idle();
    const { data } = await k.ingest.listCollectionFiles(k.ten, name);
    if (data.length === 0) await next.addFileToCollection(k.ten, name, file.id);
    else assert.equal(data[0]?.status, "completed", `after ${statements} statements`);
    await next.close();
    const { vectors, documents } = JSON.parse(await dump(name)) as { vectors: number; documents: number };
    assert.deepEqual([vectors, documents], [(JSON.parse(whole) as { vectors: number }).vectors, 1], `after ${statements} statements`);
    const asked = embedding.asked.slice(before).flat();
    again += asked.length - new Set(asked).size;
    assert.ok(asked.length - new Set(asked).size <= 64, "two calls under way at most are asked for again");
    await k.ingest.deleteCollection(k.ten, name);
    await k.ingest.deleteFile(k.ten, file.id);
    await k.ingest.idle();
  }
  assert.ok(crashes >= 8, `${crashes}`);
  console.log(`# ${crashes} crashes, ${crashes} whole sets of vectors, ${again} texts asked for twice`);
}, 120_000);

test("a generation that is built beside another goes on where it died, and documents that come meanwhile are in both", async () => {
  embedding.model = "m1";
  await k.ingest.startEmbedding(k.ten, "whole", "m2@96");
  const { id } = await k.ingest.getCollection(k.ten, "whole");
  let deaths = 0;
  for (let statements = 6; deaths < 6; statements += 4) {
    const dead = k.again(dyingAfter(statements));
    await dead.resume().catch(() => undefined);
    await dead.idle();
    await dead.close();
    deaths += 1;
    if (deaths === 3) await k.add("whole", "late.txt", "A late document about warranty and refunds.");
  }
  const next = k.again();
  await next.resume();
  await next.idle();
  await next.close();
  const { generations } = await k.ingest.embeddingStatus(k.ten, "whole");
  assert.deepEqual(
    generations.map(({ role, documents, embedded, dimensions }) => [role, documents, embedded, dimensions]),
    [
      ["serving", 2, 2, 64],
      ["candidate", 2, 2, 96],
    ],
  );
  const [counts] = await k.db.asOwner((owner) =>
    owner.query<{ first: number; second: number }>(
      "SELECT count(*) FILTER (WHERE generation = 1) AS first, count(*) FILTER (WHERE generation = 2) AS second FROM chunk_vectors WHERE collection_id = $1",
      [id],
    ),
  );
  assert.equal(counts?.first, counts?.second);
  console.log(`# ${deaths} deaths while a second generation was built`);
}, 120_000);

test("a vector that is missing would be seen: the comparison can fail", async () => {
  const { id } = await k.ingest.getCollection(k.ten, "whole");
  const before = await dump("whole");
  await k.db.asOwner((owner) =>
    owner.query(
      "DELETE FROM chunk_vectors WHERE collection_id = $1 AND generation = 1 AND no = (SELECT max(no) FROM chunk_vectors WHERE collection_id = $1)",
      [id],
    ),
  );
  assert.notEqual(await dump("whole"), before);
});
