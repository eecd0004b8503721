import assert from "node:assert/strict";
import { test } from "bun:test";
import { collectionIds, tenantIds } from "../kernel/ids.ts";
import type { Engine } from "../store/index.ts";
import { tenantScope } from "../store/index.ts";
import { openTestDatabase } from "../store/testing.ts";
import { startGeneration } from "../store/vector-generations.ts";
import { insertVectors } from "../store/vectors.ts";
import { loadDatabase, readDatabase, type Sums } from "./copy-database.ts";

const tenantId = tenantIds.make(1);
const collectionId = collectionIds.make(1);

async function fill(db: Engine): Promise<void> {
  await db.asOwner((owner) =>
    owner.query("INSERT INTO tenants (id, slug, name, digest_salt, created_at) VALUES ($1, 'one', 'one', '\\x00', now())", [tenantId]),
  );
  await db.query(
    tenantScope(tenantId),
    "INSERT INTO collections (tenant_id, id, name, created_at, active_at) VALUES ($1, $2, 'c', now(), now())",
    [tenantId, collectionId],
  );
  await db.transaction(tenantScope(tenantId), async (tx) => {
    await startGeneration(tx, tenantId, { collectionId, model: "m", space: "s", now: new Date(0) });
    const vectors = Array.from({ length: 1200 }, (_, no) => ({
      no,
      textHash: String(no),
      vector: Float32Array.from({ length: 33 }, (__, at) => Math.sin(no * 33 + at) / 5),
    }));
    for (let from = 0; from < vectors.length; from += 300)
      await insertVectors(tx, tenantId, { collectionId, generation: 1 }, vectors.slice(from, from + 300), false);
  });
}

test("vectors are copied with every other row, to the last digit", async () => {
  const [from, into] = await Promise.all([openTestDatabase(), openTestDatabase()]);
  try {
    await fill(from);
    const sums: Sums = await readDatabase(from, (tables) => loadDatabase(into, tables, (given) => given));
    assert.equal(sums["chunk_vectors"]?.rows, 1200);
    assert.equal(sums["vector_generations"]?.rows, 1);
    const dump = (db: Engine): Promise<unknown> =>
      db.query(tenantScope(tenantId), "SELECT no, embedding::text AS embedding FROM chunk_vectors ORDER BY no");
    assert.deepEqual(await dump(into), await dump(from));
  } finally {
    await Promise.all([from.close(), into.close()]);
  }
});
