import { test } from "bun:test";
import assert from "node:assert/strict";
import { startFakeQdrant } from "../qdrant/testing.ts";
import { createQdrant } from "../qdrant/index.ts";
import { createQdrantGraphs } from "./qdrant-graphs.ts";
import { openKnowledge } from "./testing.ts";
import { createTestEmbedding } from "./testing-embedding.ts";

test("a document that is deleted while its vectors go to Qdrant leaves none there", async () => {
  const fake = await startFakeQdrant();
  const qdrant = createQdrant({ url: fake.url, apiKey: undefined });
  const k = await openKnowledge("pglite", createTestEmbedding(), qdrant);
  const points = (): number => [...fake.collections.values()].reduce((sum, one) => sum + one.points.size, 0);
  try {
    await k.ingest.createCollection(k.ten, { name: "c" });
    await k.add("c", "stays.md", "Salaries are paid before holidays begin.");
    await k.ingest.idle();
    assert.equal(points(), 1);
    for (const when of ["before it is written", "before it is marked"]) {
      for (let at = 0; at < 40; at++) fake.fail("error");
      const { fileId } = await k.add("c", `${when}.md`, `Calibrating accumulators takes an hour, ${when}.`);
      await k.ingest.idle();
      fake.recover();
      const remove = async (): Promise<void> => {
        await k.ingest.removeFileFromCollection(k.ten, "c", fileId);
        await k.ingest.idle();
      };
      const { id: collectionId } = await k.ingest.getCollection(k.ten, "c");
      const graphs = createQdrantGraphs({
        db: k.db,
        qdrant: {
          ...qdrant,
          async add(key, some) {
            if (when === "before it is written") await remove();
            await qdrant.add(key, some);
            if (when !== "before it is written") await remove();
          },
        },
      });
      assert.equal(await graphs.indexSome(k.ten, { collectionId, generation: 1 }, 64), 1, when);
      assert.equal(points(), 1, when);
    }
  } finally {
    await k.close();
    await fake.close();
  }
}, 60_000);
