import { test } from "bun:test";
import assert from "node:assert/strict";
import { listTestEngines } from "../store/testing.ts";
import { openAccessWorld } from "./access-world.fixture.ts";
import { createTestEmbedding } from "./testing-embedding.ts";

/** Every day a part, the whole with WEIR_TEST_LONG. */
const QUERIES = process.env["WEIR_TEST_LONG"] === "1" ? 10_000 : 1_500;

for (const engine of listTestEngines()) {
  test(`queries by three tenants with mixed groups on ${engine}: 0 passages outside the access list, 0 missed`, async () => {
    const world = await openAccessWorld(2, engine, createTestEmbedding());
    const { k } = world;
    try {
      const wrong: string[] = [];
      let changes = 0;
      for (let query = 0; query < QUERIES; query++) {
        if (query % 10 === 9) {
          await world.change();
          changes++;
        }
        const said = await world.ask(k.retrieve);
        if (said !== undefined) wrong.push(said);
      }
      assert.deepEqual(wrong, []);
      console.log(
        `# access on ${engine}: ${QUERIES} queries, ${changes} changes between them, ${world.passages()} passages, 0 outside the list`,
      );
    } finally {
      await k.close();
    }
  }, 600_000);
}
