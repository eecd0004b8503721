import assert from "node:assert/strict";
import { afterAll, test } from "bun:test";
import { tenantScope } from "../store/index.ts";
import { listTestEngines } from "../store/testing.ts";
import { createPgvectorGraphs } from "../store/pgvector-graphs.ts";
import { listGenerations, promoteCandidate, rollBack, startGeneration, updateGeneration } from "../store/vector-generations.ts";
import { createEmbedBehind } from "./embed-behind.ts";
import { createEmbedder } from "./embed.ts";
import { openKnowledge, testProse } from "./testing.ts";
import { createTestEmbedding, testVector } from "./testing-embedding.ts";

const embedding = createTestEmbedding();
const k = await openKnowledge("pglite", embedding);
afterAll(() => k.close());
const never = new AbortController().signal;
const CUTTING = { chunking: { strategy: "fixed", tokens: 64, overlap: 0 } } as const;

/** Does something between a model's first answer and its storing. */
function behindOf(meanwhile: () => Promise<void> = async () => undefined, at = 1) {
  let calls = 0;
  const slow = {
    ...embedding,
    async embed(...[tenantId, model, texts]: Parameters<typeof embedding.embed>) {
      const made = await embedding.embed(tenantId, model, texts);
      calls += 1;
      if (calls === at) await meanwhile();
      return made;
    },
  };
  const behind = createEmbedBehind({
    db: k.db,
    embedder: createEmbedder({ db: k.db, clock: k.clock, embedding: slow }),
    graphs: createPgvectorGraphs(k.db),
  });
  return behind;
}

async function begin(collection: string, model: string): Promise<number | undefined> {
  const { id: collectionId } = await k.ingest.getCollection(k.ten, collection);
  k.clock.advance(1);
  return await k.db.transaction(tenantScope(k.ten), (tx) =>
    startGeneration(tx, k.ten, { collectionId, model, space: `upstream-${model}`, now: new Date(k.clock.nowMs()) }),
  );
}

/** Of a vector of length 1, as the database writes it. */
function cosine(stored: string, wanted: readonly number[]): number {
  const numbers = stored.slice(1, -1).split(",").map(Number);
  return numbers.reduce((sum, one, at) => sum + one * (wanted[at] ?? 0), 0) / Math.hypot(...wanted);
}

test("a candidate that is given up while it is built gets nothing more, and the next one of its number nothing of it", async () => {
  await k.ingest.createCollection(k.ten, { name: "c", settings: CUTTING });
  await k.add("c", "long.txt", testProse(1, 3600));
  const { id } = await k.ingest.getCollection(k.ten, "c");
  assert.equal(await begin("c", "m2"), 2);
  const behind = behindOf(async () => {
    await k.db.transaction(tenantScope(k.ten), (tx) => rollBack(tx, id));
    // Another process clears it away, and the next one begins under the same number.
    await behindOf()(k.ten, id, never);
    assert.equal(await begin("c", "m3"), 2);
  }, 3);
  await behind(k.ten, id, never);
  await behindOf()(k.ten, id, never);
  const rows = await k.db.query<{ text: string; vector: string }>(
    tenantScope(k.ten),
    "SELECT c.body AS text, v.embedding::text AS vector FROM chunk_vectors v JOIN chunks c ON c.collection_id = v.collection_id AND c.no = v.no WHERE v.generation = 2",
  );
  const others = rows.filter(({ text, vector }) => cosine(vector, testVector(text, 64, 3)) < 0.5);
  console.log(`# ${rows.length} vectors, none of the model that was given up`);
  assert.ok(rows.length > 20);
  assert.equal(others.length, 0);
}, 60_000);

test("a document that is embedded while its index goes elsewhere is held by none, and so is searched exactly until it is in the new one", async () => {
  await k.ingest.createCollection(k.ten, { name: "d", settings: CUTTING });
  await k.add("d", "first.txt", testProse(20, 300));
  const { id } = await k.ingest.getCollection(k.ten, "d");
  assert.equal(await begin("d", "m2"), 2);
  const [, candidate] = await listGenerations(k.db, k.ten, id);
  assert.equal(candidate?.generation, 2);
  const key = { collectionId: id, generation: 2 };
  await updateGeneration(k.db, k.ten, key, { graph: true });
  const behind = behindOf(async () => {
    await updateGeneration(k.db, k.ten, key, { graph: false });
  });
  await behind(k.ten, id, never);
  const rows = await k.db.query(tenantScope(k.ten), "SELECT 1 FROM chunk_vectors WHERE collection_id = $1 AND generation = 2 AND indexed", [
    id,
  ]);
  assert.equal(rows.length, 0);
}, 60_000);

test("a generation that is begun while the last one is worked on needs no job of its own", async () => {
  await k.ingest.createCollection(k.ten, { name: "e" });
  await k.add("e", "one.md", "Calibrating accumulators takes an hour.");
  const { id } = await k.ingest.getCollection(k.ten, "e");
  await begin("e", "m2");
  const behind = behindOf(async () => {
    await k.db.transaction(tenantScope(k.ten), (tx) => rollBack(tx, id));
    await begin("e", "m4");
  });
  await behind(k.ten, id, never);
  const { generations } = await k.ingest.embeddingStatus(k.ten, "e");
  assert.deepEqual(
    generations.map(({ model, documents, embedded }) => [model, documents, embedded]),
    [
      ["m1", 1, 1],
      ["m4", 1, 1],
    ],
  );
}, 60_000);

for (const engine of listTestEngines()) {
  test(`${engine}: a candidate does not serve without the document that is completed at that moment`, async () => {
    const on = await openKnowledge(engine, createTestEmbedding());
    try {
      await on.ingest.createCollection(on.ten, { name: "c" });
      await on.add("c", "one.md", "Calibrating accumulators takes an hour.");
      const { id } = await on.ingest.getCollection(on.ten, "c");
      await on.ingest.startEmbedding(on.ten, "c", "m2");
      await on.ingest.idle();
      const promoted = on.db.transaction(tenantScope(on.ten), async (tx) => {
        await tx.query("SELECT id FROM collections WHERE id = $1 FOR NO KEY UPDATE", [id]);
        const waiting = on.db.transaction(tenantScope(on.ten), (other) => promoteCandidate(other, id));
        // On a server it waits by now for the collection's row.
        await new Promise((resolve) => setTimeout(resolve, 300));
        await tx.query("DELETE FROM embedded_documents WHERE collection_id = $1 AND generation = 2", [id]);
        return { waiting };
      });
      assert.equal(await (await promoted).waiting, false);
      assert.deepEqual(
        (await listGenerations(on.db, on.ten, id)).map(({ role }) => role),
        ["serving", "candidate"],
      );
    } finally {
      await on.close();
    }
  }, 60_000);
}
