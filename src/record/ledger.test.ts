import { afterAll, beforeAll, describe, test } from "bun:test";
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { verify } from "node:crypto";
import { Fault } from "../kernel/fault.ts";
import { sha256Hex } from "../kernel/hash.ts";
import { processIds, type ProcessId, requestIds } from "../kernel/ids.ts";
import type { Engine } from "../store/engine.ts";
import { listTestEngines, openTestDatabase } from "../store/testing.ts";
import type { Charge } from "./ship-batch.ts";
import { type Caller, createTestRecord, makeCaller, makeEvent, makeFolder, makeReservation, NOON_MS } from "./testing.ts";

const folder = makeFolder();
afterAll(() => folder.remove());

for (const engine of listTestEngines())
  describe(engine, () => {
    let db: Engine;
    beforeAll(async () => {
      db = await openTestDatabase({ engine });
    });
    afterAll(() => db.close());

    const setUp = (more: Parameters<typeof createTestRecord>[2] = {}) => {
      const charges: Charge[] = [];
      const made = createTestRecord(db, folder.path, {
        settleBudgets: async (tx, _process, some) => {
          // Answered only where nothing before it was refused.
          await tx.query("SELECT 1");
          charges.push(...some);
        },
        ...more,
      });
      return { ...made, charges };
    };
    type Record = ReturnType<typeof setUp>["record"];
    const call = async (record: Record, caller: Caller, more: Parameters<typeof makeEvent>[1] & { startedAtMs?: number } = {}) => {
      const reservation = makeReservation(caller, more.startedAtMs === undefined ? {} : { startedAtMs: more.startedAtMs });
      await record.journal.open(reservation);
      const event = makeEvent(reservation, more);
      return { event, hash: (await record.journal.close(event)).hash };
    };

    test("a read of usage includes every call that was answered, newest first, and the totals are over the whole filter", async () => {
      const { record } = setUp();
      const caller = makeCaller();
      for (let n = 0; n < 5; n++) await call(record, caller, { startedAtMs: NOON_MS + n, costMicroUsd: 10 ** n });
      await call(record, caller, { startedAtMs: NOON_MS + 5, outcome: "aborted", code: "client_gone" });
      for (let n = 0; n < 7; n++) {
        record.journal.refuse({ ...caller, requestId: requestIds.make(NOON_MS), code: "rate_limited", atMs: NOON_MS });
      }
      const page = await record.readUsage({ tenantId: caller.tenantId, limit: 3 });
      assert.deepEqual(
        page.data.map((row) => [row.outcome, row.count, row.costMicroUsd]),
        [
          ["aborted", 1, 4200],
          ["finished", 1, 10_000],
          ["finished", 1, 1000],
        ],
      );
      assert.deepEqual(page.totals, {
        calls: 6,
        refused: 7,
        inputTokens: 7200,
        outputTokens: 1800,
        cachedTokens: 600,
        costMicroUsd: 11_111 + 4200,
      });
      const seen = [...page.data];
      for (let { nextCursor } = page; nextCursor !== undefined;) {
        const next = await record.readUsage({ tenantId: caller.tenantId, limit: 3, cursor: nextCursor });
        assert.deepEqual(next.totals, page.totals);
        seen.push(...next.data);
        ({ nextCursor } = next);
      }
      assert.equal(new Set(seen.map((row) => row.requestId)).size, 8);
      assert.equal(
        seen.filter((row) => row.outcome === "refused").reduce((sum, row) => sum + row.count, 0),
        7,
      );
      await assert.rejects(
        record.readUsage({ tenantId: caller.tenantId, cursor: "nonsense" }),
        (error) => error instanceof Fault && error.code === "body_invalid",
      );
      const all = await record.readUsage({ limit: 1000 });
      assert.deepEqual(
        all.data.filter((row) => row.tenant === caller.tenantId).map((row) => row.requestId),
        seen.map((row) => row.requestId),
      );
      await record.drain();
    });

    test("totals are exact for any bounds, inside and across hours", async () => {
      const { record } = setUp();
      const caller = makeCaller();
      const times = Array.from({ length: 200 }, (_, n) => NOON_MS + Math.floor((n * 7.3 * 3_600_000) / 200) + ((n * 7919) % 1000));
      for (const startedAtMs of times) await call(record, caller, { startedAtMs, costMicroUsd: startedAtMs % 997 });
      let checked = 0;
      for (const fromMs of [undefined, NOON_MS, NOON_MS + 1, NOON_MS + 3_600_000, NOON_MS + 5_000_000, times[77]])
        for (const toMs of [
          undefined,
          NOON_MS + 2,
          NOON_MS + 3_600_000,
          NOON_MS + 3_700_000,
          NOON_MS + 20_000_000,
          times[77],
          times[150],
        ]) {
          const inside = times.filter((at) => at >= (fromMs ?? 0) && at < (toMs ?? Number.POSITIVE_INFINITY));
          const { totals, data } = await record.readUsage({ tenantId: caller.tenantId, fromMs, toMs, limit: 1000 });
          assert.equal(totals.calls, inside.length);
          assert.equal(
            totals.costMicroUsd,
            inside.reduce((sum, at) => sum + (at % 997), 0),
          );
          assert.equal(data.length, inside.length);
          checked++;
        }
      console.log(`${checked} pairs of bounds over ${times.length} calls`);
      await record.drain();
    });

    test("days add up what the hours hold", async () => {
      const { record } = setUp();
      const caller = makeCaller();
      for (const startedAtMs of [NOON_MS, NOON_MS + 1, NOON_MS + 86_400_000]) await call(record, caller, { startedAtMs });
      const days = await record.readUsageByDay({ tenantId: caller.tenantId });
      assert.deepEqual(
        days.map(({ day, model, calls, costMicroUsd }) => [day, model, calls, costMicroUsd]),
        [
          ["2026-11-21", "llama-70b", 2, 8400],
          ["2026-11-22", "llama-70b", 1, 4200],
        ],
      );
      await record.drain();
    });

    test("each tenant has a chain of its own, and its links can be made again from what the listing says", async () => {
      const { record } = setUp();
      const callers = [makeCaller(), makeCaller()] as const;
      const hashes: string[] = [];
      for (let n = 0; n < 6; n++) {
        const { hash } = await call(record, callers[n % 2 === 0 ? 0 : 1]);
        if (n % 2 === 0) hashes.push(hash);
      }
      const first = await record.listAudit(callers[0].tenantId, { limit: 2 });
      const second = await record.listAudit(callers[0].tenantId, { limit: 2, cursor: first.nextCursor });
      const entries = [...first.data, ...second.data];
      assert.equal(second.nextCursor, undefined);
      assert.deepEqual(
        entries.map((entry) => entry.seq),
        [1, 2, 3],
      );
      assert.deepEqual(
        entries.map((entry) => entry.eventHash),
        hashes,
      );
      let prev = sha256Hex(`weir-audit\n${callers[0].tenantId}`);
      for (const entry of entries) {
        assert.equal(entry.prevHash, prev);
        assert.equal(entry.hash, sha256Hex(`${prev}\n${entry.seq}\n${entry.eventHash}`));
        prev = entry.hash;
      }
      for (const { tenantId } of callers) assert.deepEqual(await record.verifyAudit(tenantId), { ok: true, entries: 3, suspect: 0 });
      await record.drain();
    });

    test("chains do not fork when several processes ship at once", async () => {
      const caller = makeCaller();
      const records = [setUp(), setUp(), setUp()];
      await Promise.all(
        records.map(async ({ record }) => {
          for (let n = 0; n < 40; n++) {
            await Promise.all([call(record, caller), call(record, caller)]);
            if (n % 5 === 0) await record.shipper.flush();
          }
          await record.shipper.flush();
        }),
      );
      const [one] = records;
      assert.deepEqual(await one?.record.verifyAudit(caller.tenantId), { ok: true, entries: 240, suspect: 0 });
      for (const { record } of records) await record.drain();
    });

    test("a receipt is signed, and is there before the event is in the ledger", async () => {
      let away = true;
      const flaky: Engine = {
        ...db,
        transaction: (scope, body) => (away ? Promise.reject(new Fault("store_unavailable")) : db.transaction(scope, body)),
      };
      const { record } = setUp({ db: flaky });
      const caller = makeCaller();
      const { event, hash } = await call(record, caller);
      const early = await record.findReceipt(caller.tenantId, event.requestId);
      away = false;
      const late = await record.findReceipt(caller.tenantId, event.requestId);
      assert.equal(early?.seq, undefined);
      assert.equal(late?.seq, 1);
      for (const receipt of [early, late]) {
        assert.ok(receipt !== undefined);
        assert.equal(receipt.hash, hash);
        assert.equal(sha256Hex(receipt.body), hash);
        assert.ok(verify(null, Buffer.from(hash), receipt.publicKey, Buffer.from(receipt.signature, "base64")));
      }
      assert.equal(await record.findReceipt(makeCaller().tenantId, event.requestId), undefined);
      assert.equal(await record.findReceipt(caller.tenantId, requestIds.make(NOON_MS)), undefined);
      await record.drain();
    });

    test("with the database away calls go on, reads say so, and nothing is lost or doubled when it is back", async () => {
      let away = true;
      let failAfterCommit = 0;
      const flaky: Engine = {
        ...db,
        async transaction(scope, body) {
          if (away) throw new Fault("store_unavailable");
          const result = await db.transaction(scope, body);
          // The connection breaks after the commit: the caller cannot know that it went through.
          if (failAfterCommit-- > 0) throw new Fault("store_unavailable");
          return result;
        },
        async batch(scope, statements) {
          if (away) throw new Fault("store_unavailable");
          const result = await db.batch(scope, statements);
          if (failAfterCommit-- > 0) throw new Fault("store_unavailable");
          return result;
        },
      };
      const { record, log, charges } = setUp({ db: flaky });
      const caller = makeCaller();
      for (let n = 0; n < 50; n++) await call(record, caller);
      await assert.rejects(
        record.readUsage({ tenantId: caller.tenantId }),
        (error) => error instanceof Fault && error.code === "store_unavailable",
      );
      assert.ok(record.health().ok, "the journal takes calls");
      assert.ok(record.health().backlog.bytes > 0);
      away = false;
      failAfterCommit = 1;
      await assert.rejects(record.shipper.flush());
      const { totals } = await record.readUsage({ tenantId: caller.tenantId });
      assert.equal(totals.calls, 50);
      assert.equal(charged(charges), 50 * 4200);
      assert.ok(log.told.includes("ledger.not-shipped"));
      // The same where the batch goes in one journey.
      for (let n = 0; n < 50; n++) await call(record, caller);
      failAfterCommit = 1;
      await assert.rejects(record.shipper.flush());
      assert.equal(failAfterCommit, 0);
      assert.equal((await record.readUsage({ tenantId: caller.tenantId })).totals.calls, 100);
      await record.drain();
    });

    test("far behind, the shipper reads the files again, across their borders, and memory stays bounded", async () => {
      let away = true;
      const flaky: Engine = {
        ...db,
        transaction: (scope, body) => (away ? Promise.reject(new Fault("store_unavailable")) : db.transaction(scope, body)),
      };
      const { record, charges } = setUp({ db: flaky, fileBytesMax: 3_000_000 });
      const callers = Array.from({ length: 10 }, makeCaller);
      const hashes = new Set<string>();
      for (let n = 0; n < 100; n++) {
        const calls = await Promise.all(Array.from({ length: 100 }, (_, k) => call(record, callers[k % 10] ?? makeCaller())));
        for (const { hash } of calls) hashes.add(hash);
      }
      assert.ok(readdirSync(record.journal.folder).length > 4, "several files");
      assert.equal(
        record.journal.source.find(() => true),
        undefined,
        "the tail in memory was let go",
      );
      away = false;
      const more = (async () => {
        for (let n = 0; n < 100; n++) {
          await call(record, callers[n % 10] ?? makeCaller());
          await new Promise((resolve) => setImmediate(resolve));
        }
      })();
      await record.shipper.flush();
      await more;
      await record.shipper.flush();
      assert.equal(charged(charges), 10_100 * 4200);
      for (const { tenantId } of callers) assert.deepEqual(await record.verifyAudit(tenantId), { ok: true, entries: 1010, suspect: 0 });
      assert.deepEqual(readdirSync(record.journal.folder).filter((name) => name.endsWith(".log")).length, 1);
      await call(record, callers[0] ?? makeCaller());
      assert.ok(record.journal.source.find(() => true) !== undefined, "the tail is in memory again");
      await record.drain();
    }, 60_000);

    test("what is in the ledger already is left out, when marks are lost or a journal comes twice", async () => {
      const { record, charges, processId, log } = setUp();
      const caller = makeCaller();
      for (let n = 0; n < 20; n++) await call(record, caller);
      await record.shipper.flush();
      await db.asOwner((owner) => owner.script(`DELETE FROM journal_marks WHERE process_id = '${processId}'`));
      for (let n = 0; n < 5; n++) await call(record, caller);
      // The mark in memory no longer fits: the next attempt reads it, begins at the start, and finds what is there.
      await record.shipper.flush();
      assert.equal(charged(charges), 25 * 4200);
      assert.ok(log.told.includes("ledger.shipped-before"));
      assert.deepEqual(await record.verifyAudit(caller.tenantId), { ok: true, entries: 25, suspect: 0 });
      assert.equal((await record.readUsage({ tenantId: caller.tenantId })).totals.calls, 25);
      await record.drain();
    });

    test("an event that the database refuses is set aside, and those around it are shipped", async () => {
      const { record, log, journalDir, processId } = setUp();
      const caller = makeCaller();
      await call(record, caller);
      const { event } = await call(record, caller, { costMicroUsd: Number.NaN });
      await call(record, caller);
      await record.shipper.flush();
      assert.equal((await record.readUsage({ tenantId: caller.tenantId })).totals.calls, 2);
      assert.deepEqual(await record.verifyAudit(caller.tenantId), { ok: true, entries: 2, suspect: 0 });
      assert.ok(log.told.includes("ledger.event-refused"));
      assert.ok(readFileSync(join(journalDir, "quarantine", `${processId}.log`), "utf8").includes(event.requestId));
      await record.drain();
    });

    test("an event of a month without a partition waits for its partition, and is no bad event", async () => {
      let made = 0;
      const { record, log } = setUp({
        createPartitions: async (periods) => {
          made++;
          if (made === 1) return;
          await db.asOwner(async (owner) => {
            for (const period of periods) await owner.query("SELECT weir_event_partition($1)", [period]);
          });
        },
      });
      const caller = makeCaller();
      await call(record, caller, { startedAtMs: Date.UTC(2031, 4, 31, 23, 59, 59, 999) });
      await assert.rejects(record.shipper.flush());
      await record.shipper.flush();
      assert.equal((await record.readUsage({ tenantId: caller.tenantId })).totals.calls, 1);
      assert.ok(!log.told.includes("ledger.event-refused"));
      await record.drain();
    });

    test("an orderly end ships everything and removes the journal; what a call has open is left for the next start", async () => {
      const finished: ProcessId[] = [];
      const finishProcess = async (_tx: unknown, processId: ProcessId) => void finished.push(processId);
      const first = setUp({ finishProcess });
      const caller = makeCaller();
      await call(first.record, caller);
      await first.record.drain();
      assert.equal(existsSync(first.record.journal.folder), false);
      assert.deepEqual(finished, [first.processId]);

      const second = setUp({ finishProcess });
      await call(second.record, caller);
      await second.record.journal.open(makeReservation(caller));
      await second.record.drain();
      assert.equal(existsSync(second.record.journal.folder), true);
      const third = setUp({ processId: processIds.make(NOON_MS) });
      assert.equal((await third.record.readUsage({ tenantId: caller.tenantId })).totals.calls, 2);
      await third.record.drain();
    });
  });

const charged = (charges: readonly Charge[]): number => charges.reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0);
