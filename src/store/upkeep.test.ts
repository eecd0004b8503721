import assert from "node:assert/strict";
import { test } from "bun:test";
import { openTestDatabase } from "./testing.ts";
import { vacuumBusyTables } from "./upkeep.ts";

test("the busy tables have statistics afterwards, which PGlite never makes by itself", async () => {
  const db = await openTestDatabase({ engine: "pglite" });
  const analysed = async (): Promise<number> =>
    await db.asOwner(async (owner) => (await owner.query("SELECT relname FROM pg_stat_user_tables WHERE last_analyze IS NOT NULL")).length);
  assert.equal(await analysed(), 0);
  await vacuumBusyTables(db);
  assert.equal(await analysed(), 5);
  await db.close();
});

test("a server's own autovacuum is left to it", async () => {
  await vacuumBusyTables({ engine: "postgres", asOwner: () => Promise.reject(new TypeError("not to be asked")) });
});
