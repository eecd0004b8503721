import { test } from "bun:test";
import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openTestDatabase } from "../store/testing.ts";
import { createTestRecord, makeCaller, makeEvent, makeFolder, makeReservation } from "./testing.ts";

test("lines of one tenant leave the journal once they are shipped, and what was set aside; others' and those of calls under way stay", async () => {
  const db = await openTestDatabase();
  const folder = makeFolder();
  try {
    const { record, journalDir, processId } = createTestRecord(db, folder.path);
    const [gone, kept] = [makeCaller(), makeCaller()];
    await record.start();
    const open = async (who: typeof gone) => {
      const reservation = makeReservation(who);
      await record.journal.open(reservation);
      return reservation;
    };
    for (const who of [gone, gone, kept]) await record.journal.close(makeEvent(await open(who)));
    const underWay = await open(gone);
    await open(kept);
    const asides = ["quarantine/a.log", "damaged/proc_x/000001.log"].map((path) => join(journalDir, path));
    for (const path of asides) {
      mkdirSync(join(path, ".."), { recursive: true });
      writeFileSync(path, Buffer.from(`x ${gone.tenantId}\n\xff\xfe ${kept.tenantId}\n`, "latin1"));
    }
    const textOf = (): string =>
      readdirSync(join(journalDir, processId))
        .map((name) => readFileSync(join(journalDir, processId, name), "utf8"))
        .join("");
    assert.deepEqual([record.callsOf(gone.tenantId), record.callsOf(kept.tenantId)], [1, 1]);

    // Two calls with two lines each, one under way, and one in each of what was set aside.
    assert.deepEqual(await record.eraseFromJournals(gone.tenantId), { before: 7, after: 1 });
    assert.equal(textOf().split(gone.tenantId).length, 2, "the call under way");
    for (const path of asides) assert.equal(readFileSync(path, "latin1"), `\xff\xfe ${kept.tenantId}\n`, "others' bytes are as they were");
    await record.journal.close(makeEvent(underWay));
    assert.deepEqual(await record.eraseFromJournals(gone.tenantId), { before: 2, after: 0 });
    assert.ok(textOf().includes(kept.tenantId), "a call under way of another");
    // Nothing was lost on the way.
    assert.deepEqual((await record.verifyAudit(gone.tenantId)).entries, 3);
    assert.deepEqual((await record.verifyAudit(kept.tenantId)).entries, 1);
    await record.drain();
  } finally {
    await db.close();
    folder.remove();
  }
});

test("pages are turned under load and no event is lost or doubled", async () => {
  const db = await openTestDatabase();
  const folder = makeFolder();
  try {
    const { record } = createTestRecord(db, folder.path, { fsync: true });
    const [gone, kept] = [makeCaller(), makeCaller()];
    await record.start();
    const call = async (): Promise<void> => {
      const reservation = makeReservation(kept);
      await record.journal.open(reservation);
      await record.journal.close(makeEvent(reservation));
    };
    const calls = Array.from({ length: 200 }, async (_, at) => {
      for (let turn = 0; turn < at % 20; turn++) await new Promise((resolve) => setImmediate(resolve));
      await call();
    });
    for (let turn = 0; turn < 10; turn++) await record.eraseFromJournals(gone.tenantId);
    await Promise.all(calls);
    await record.shipper.flush();
    const { ok, entries } = await record.verifyAudit(kept.tenantId);
    assert.deepEqual([ok, entries], [true, 200]);
    console.log(`# journal: 10 pages turned under ${entries} calls, 0 lost, 0 doubled`);
    await record.drain();
  } finally {
    await db.close();
    folder.remove();
  }
});
