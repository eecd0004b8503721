import { afterAll, beforeAll, describe, test } from "bun:test";
import assert from "node:assert/strict";
import { settleBudgets } from "../store/budgets.ts";
import type { Engine } from "../store/engine.ts";
import { listTestEngines, openTestDatabase } from "../store/testing.ts";
import { type Caller, createTestRecord, makeCaller, makeEvent, makeFolder, makeReservation } from "./testing.ts";

const folder = makeFolder();
afterAll(() => folder.remove());

for (const engine of listTestEngines())
  describe(engine, () => {
    let db: Engine;
    beforeAll(async () => {
      db = await openTestDatabase({ engine });
    });
    afterAll(() => db.close());

    /** A record whose journeys to the database are counted. `plant` changes a batch's statements on their way. */
    const setUp = (plant: (text: string) => string = (text) => text) => {
      const counts = { atOnce: 0, refused: 0, steps: 0 };
      const spy: Engine = {
        ...db,
        async batch(scope, statements) {
          try {
            const rows = await db.batch(
              scope,
              statements.map(({ text, params }) => ({ text: plant(text), params })),
            );
            counts.atOnce++;
            return rows;
          } catch (error) {
            counts.refused++;
            throw error;
          }
        },
        transaction(scope, body) {
          counts.steps++;
          return db.transaction(scope, body);
        },
      };
      return { ...createTestRecord(spy, folder.path, { db: spy, settleBudgets }), counts };
    };
    type Record = ReturnType<typeof setUp>["record"];
    const call = async ({ journal }: Record, caller: Caller, calls: number) => {
      for (let n = 0; n < calls; n++) {
        const reservation = makeReservation(caller);
        await journal.open(reservation);
        await journal.close(makeEvent(reservation));
      }
    };
    const check = async (record: Record, caller: Caller, calls: number) => {
      const { totals } = await record.readUsage({ tenantId: caller.tenantId });
      assert.deepEqual([totals.calls, totals.costMicroUsd, totals.inputTokens], [calls, calls * 4200, calls * 1200]);
      assert.deepEqual(await record.verifyAudit(caller.tenantId), { ok: true, entries: calls, suspect: 0 });
    };

    test("once a chain has begun, a batch is one journey to the database", async () => {
      const { record, counts } = setUp();
      const caller = makeCaller();
      await call(record, caller, 3);
      await record.shipper.flush();
      const { steps } = counts;
      for (let n = 0; n < 5; n++) {
        await call(record, caller, 4);
        await record.shipper.flush();
      }
      assert.deepEqual(counts, { atOnce: 5, refused: 0, steps });
      await check(record, caller, 23);
      await record.drain();
    });

    test("chains that another process went on with between two batches are found, and the batch follows them", async () => {
      const [first, second] = [setUp(), setUp()];
      const caller = makeCaller();
      for (let n = 0; n < 6; n++) {
        for (const { record } of [first, second]) {
          await call(record, caller, 3);
          await record.shipper.flush();
        }
      }
      assert.ok(first.counts.refused >= 5 && second.counts.refused >= 4, JSON.stringify([first.counts, second.counts]));
      await check(first.record, caller, 36);
      for (const { record } of [first, second]) await record.drain();
    });

    test("an end that somebody else wrote between two batches is told of and never sealed", async () => {
      const { record, counts, log } = setUp();
      const caller = makeCaller();
      for (let n = 0; n < 2; n++) {
        await call(record, caller, 2);
        await record.shipper.flush();
      }
      await db.asOwner((owner) => owner.query("UPDATE audit_heads SET chain_hash = '\\x01' WHERE tenant_id = $1", [caller.tenantId]));
      for (let n = 0; n < 2; n++) {
        await call(record, caller, 2);
        await record.shipper.flush();
      }
      assert.equal(log.told.filter((name) => name === "audit.head-forged").length, 2);
      assert.equal(counts.refused, 1);
      assert.equal((await record.verifyAudit(caller.tenantId)).ok, false);
      await record.drain();
    });

    test("without the check of the ends, a chain would fork: the test sees it", async () => {
      const first = setUp();
      const second = setUp((text) => (text.includes("AS held") ? "SELECT $1, $2, $3, $4, $5" : text));
      const caller = makeCaller();
      await call(first.record, caller, 2);
      await first.record.shipper.flush();
      for (const { record } of [second, first, second]) {
        await call(record, caller, 2);
        await record.shipper.flush().catch(() => undefined);
      }
      assert.equal((await first.record.verifyAudit(caller.tenantId)).ok, false);
    });

    test("a statement that fails leaves nothing of its batch, wherever it stands; the batch then goes step by step, once", async () => {
      const caller = makeCaller();
      let broken = "";
      const { record, counts } = setUp((text) =>
        broken !== "" && text.includes(broken) ? `${text} WHERE 1 / (random() * 0)::int = 1` : text,
      );
      await call(record, caller, 2);
      await record.shipper.flush();
      let calls = 2;
      for (broken of ["FROM done", "AS held"]) {
        const { refused } = counts;
        await call(record, caller, 3);
        await record.shipper.flush();
        calls += 3;
        assert.equal(counts.refused, refused + 1);
        await check(record, caller, calls);
      }
      broken = "";
      await record.drain();
    });
  });
