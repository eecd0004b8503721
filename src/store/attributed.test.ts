import { afterAll, beforeAll, describe, test } from "bun:test";
import assert from "node:assert/strict";
import { tenantIds } from "../kernel/ids.ts";
import { countEventsWith } from "./attributed.ts";
import type { Database } from "./database.ts";
import type { Engine } from "./engine.ts";
import { createEventPartitions } from "./ledger-partitions.ts";
import { listTestEngines, openTestDatabase } from "./testing.ts";

const AT = new Date(Date.UTC(2026, 10, 21));
const EVENTS = 10_003;

for (const engine of listTestEngines())
  describe(engine, () => {
    let db: Engine;
    const tenantId = tenantIds.make(AT.getTime());
    beforeAll(async () => {
      db = await openTestDatabase({ engine });
      await db.asOwner(async (owner) => {
        await createEventPartitions(owner, ["2026-11"]);
        for (const whose of [tenantId, tenantIds.make(1)])
          await owner.query(
            `INSERT INTO events SELECT $1::text, $2::timestamptz, 'req_' || n, n, 'key_x', 'finished', 'm', 'p', 1, 1, 0, 5, 1, '\\x00', '\\x00', false,
               '{"endUserDigest":"' || CASE WHEN n % 2 = 0 THEN 'aa' WHEN n % 3 = 0 THEN 'bb' ELSE 'cc' END || '"}' FROM generate_series(1, ${EVENTS}) n`,
            [whose, AT],
          );
      });
    });
    afterAll(() => db.close());

    test("events of several digests are counted in one reading of the tenant's, page by page", async () => {
      let asked = 0;
      const spy: Database = {
        ...db,
        query(...args) {
          asked++;
          return db.query(...args);
        },
      };
      const found = await countEventsWith(spy, tenantId, ['"aa"', '"bb"', '"nobody"']);
      const bb = Array.from({ length: EVENTS }, (_, at) => at + 1).filter((n) => n % 2 !== 0 && n % 3 === 0).length;
      assert.deepEqual(
        [...found],
        [
          ['"aa"', Math.floor(EVENTS / 2)],
          ['"bb"', bb],
          ['"nobody"', 0],
        ],
      );
      assert.equal(asked, 3, "pages of 5,000");
      assert.deepEqual([...(await countEventsWith(db, tenantId, []))], []);
      console.log(`# events with a digest: ${EVENTS} looked through for 3 in ${asked} statements`);
    });
  });
