import { afterAll, beforeAll, describe, test } from "bun:test";
import assert from "node:assert/strict";
import { createTestRecord, makeCaller, makeEvent, makeFolder, makeReservation, NOON_MS } from "./testing.ts";
import { OPERATOR } from "../store/database.ts";
import { dropEmptyPartitions } from "../store/ledger-partitions.ts";
import type { Engine } from "../store/engine.ts";
import { listTestEngines, openTestDatabase } from "../store/testing.ts";

const DAY_MS = 86_400_000;
/** From August to November: November is under way. */
const AGES_DAYS = Array.from({ length: 300 }, (_, n) => 100 - n / 3);
const caller = makeCaller();
const other = makeCaller();

for (const engine of listTestEngines())
  describe(engine, () => {
    let db: Engine;
    const folder = makeFolder();
    beforeAll(async () => {
      db = await openTestDatabase({ engine });
    });
    afterAll(async () => {
      await db.close();
      folder.remove();
    });

    test("events past their date go, what is left of each chain verifies from where it was cut, and a moved cut is noticed", async () => {
      const dropped: string[] = [];
      const { record, log } = createTestRecord(db, folder.path, {
        dropPartitions: async (period) => {
          const names = await db.asOwner((owner) => dropEmptyPartitions(owner, period));
          dropped.push(...names);
          return names;
        },
      });
      const call = async (who: typeof caller, startedAtMs: number): Promise<void> => {
        const reservation = makeReservation(who, { startedAtMs });
        await record.journal.open(reservation);
        await record.journal.close(makeEvent(reservation));
      };
      await record.start();
      for (const days of AGES_DAYS) await call(caller, NOON_MS - days * DAY_MS);
      // A late one stands behind newer ones: it has to stay until they go.
      await call(caller, NOON_MS - 90 * DAY_MS);
      await call(other, NOON_MS);
      await record.shipper.flush();
      const whole = await record.verifyAudit(caller.tenantId);
      assert.deepEqual([whole.ok, whole.entries], [true, AGES_DAYS.length + 1]);

      // November and October stay.
      const old = AGES_DAYS.filter((days) => NOON_MS - days * DAY_MS < Date.UTC(2026, 9, 1)).length;
      assert.equal(await record.deleteOld(NOON_MS, 1), old);
      const cut = await record.verifyAudit(caller.tenantId);
      assert.deepEqual([cut.ok, cut.entries, cut.reason], [true, AGES_DAYS.length + 1, undefined]);
      const page = await record.listAudit(caller.tenantId, { limit: 5 });
      assert.equal(page.data[0]?.seq, old + 1);
      assert.deepEqual([await record.deleteOld(NOON_MS, 1), (await record.verifyAudit(other.tenantId)).ok], [0, true]);
      // September is empty and gone; August still has the late one.
      assert.deepEqual(dropped, ["events_2026_09"]);
      console.log(
        `# retention on ${engine}: ${old} of ${AGES_DAYS.length + 1} events deleted, chain of ${cut.entries} whole, dropped ${dropped.join(", ")}`,
      );

      for (const change of ["seq = seq + 1", "chain_hash = sha256(chain_hash)", "entries = entries - 1", "cost_micro_usd = 0"]) {
        const [kept] = await db.query(OPERATOR, "SELECT seq, chain_hash, entries, cost_micro_usd FROM audit_anchors");
        await db.query(OPERATOR, `UPDATE audit_anchors SET ${change}`);
        assert.deepEqual((await record.verifyAudit(caller.tenantId)).reason, "anchor-changed", change);
        assert.equal(await record.deleteOld(NOON_MS, 0), 0);
        await db.query(OPERATOR, "UPDATE audit_anchors SET seq = $1, chain_hash = $2, entries = $3, cost_micro_usd = $4", [
          Number(kept?.["seq"]),
          kept?.["chain_hash"] instanceof Uint8Array ? kept["chain_hash"] : "",
          Number(kept?.["entries"]),
          Number(kept?.["cost_micro_usd"]),
        ]);
      }
      assert.ok(log.told.includes("audit.not-cut"));
      assert.equal((await record.verifyAudit(caller.tenantId)).ok, true);
      await db.query(OPERATOR, "DELETE FROM audit_anchors");
      assert.equal((await record.verifyAudit(caller.tenantId)).reason, "entry-missing");
    });
  });
