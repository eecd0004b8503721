import assert from "node:assert/strict";
import { describe, test } from "bun:test";
import { ensureVectors, hasVectors, WHY_NO_VECTORS } from "./pgvector.ts";
import { listTestEngines, openTestDatabase } from "./testing.ts";

for (const engine of listTestEngines()) {
  describe(engine, () => {
    test("a database that cannot hold vectors serves without, says why, and has their table at the next start at which it can", async () => {
      const db = await openTestDatabase({ engine });
      try {
        const run = (text: string): Promise<void> => db.asOwner((owner) => owner.script(text));
        assert.deepEqual([await ensureVectors(db), await hasVectors(db)], ["ready", true]);
        await run("DROP TABLE chunk_vectors; CREATE SCHEMA elsewhere; ALTER EXTENSION vector SET SCHEMA elsewhere");
        assert.deepEqual([await ensureVectors(db), await hasVectors(db)], ["elsewhere", false]);
        assert.match(WHY_NO_VECTORS.elsewhere, /SET SCHEMA public/);
        await run("DROP EXTENSION vector; DROP SCHEMA elsewhere");
        assert.deepEqual([await ensureVectors(db), await hasVectors(db)], ["ready", true]);
        assert.equal(await ensureVectors(db), "ready");
      } finally {
        await db.close();
      }
    });
  });
}
