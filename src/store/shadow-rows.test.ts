import { afterAll, beforeAll, describe, test } from "bun:test";
import assert from "node:assert/strict";
import type { Engine } from "./engine.ts";
import { createEventPartitions } from "./ledger-partitions.ts";
import { readMigrations } from "./migrate.ts";
import { listTestEngines, openTestDatabase } from "./testing.ts";

const CHECKS = `SELECT conrelid::regclass::text AS part, pg_get_constraintdef(oid) AS rule FROM pg_constraint
  WHERE conname = 'events_count_check' ORDER BY 1`;

for (const engine of listTestEngines()) {
  describe(engine, () => {
    let db: Engine;
    beforeAll(async () => {
      db = await openTestDatabase({ engine });
    });
    afterAll(() => db.close());

    test("months that were there before take rows that count nothing, and so do those made after", async () => {
      const text = readMigrations().find(({ name }) => name === "0018_shadows.sql")?.text;
      assert.ok(text !== undefined);
      const rules = await db.asOwner(async (owner) => {
        // As it was: the table and a month of before, each with the check as its own.
        await owner.script("ALTER TABLE events DROP CONSTRAINT events_count_check");
        await owner.script("ALTER TABLE events ADD CONSTRAINT events_count_check CHECK (count > 0)");
        await createEventPartitions(owner, ["2031-01"]);
        const before = await owner.query<{ part: string; rule: string }>(CHECKS);
        assert.ok(before.every(({ rule }) => rule.includes("> 0")) && before.some(({ part }) => part === "events_2031_01"));
        await owner.script(text);
        await createEventPartitions(owner, ["2031-02"]);
        return await owner.query<{ part: string; rule: string }>(CHECKS);
      });
      assert.ok(rules.some(({ part }) => part === "events_2031_02"));
      assert.deepEqual(
        rules.filter(({ rule }) => !rule.includes(">= 0")),
        [],
      );
      console.log(`# ${rules.length} tables on ${engine}`);
    });
  });
}
