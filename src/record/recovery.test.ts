import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import { appendFileSync, existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { processIds, type ProcessId } from "../kernel/ids.ts";
import type { Tx } from "../store/database.ts";
import type { Engine } from "../store/engine.ts";
import { openTestDatabase } from "../store/testing.ts";
import { openDeadJournal } from "./dead-journal.ts";
import { SILENT_MS_MAX, writeOwner } from "./process-owner.ts";
import type { Charge } from "./ship-batch.ts";
import { type Caller, createTestRecord, makeCaller, makeEvent, makeFolder, makeReservation, NOON_MS } from "./testing.ts";

let db: Engine;
const folders: ReturnType<typeof makeFolder>[] = [];
beforeAll(async () => {
  db = await openTestDatabase();
});
afterAll(async () => {
  await db.close();
  for (const folder of folders) folder.remove();
});

/** Larger than any pid that Linux gives. */
const NOBODY = 4_194_305;

function setUp() {
  const folder = makeFolder();
  folders.push(folder);
  const charges: Charge[] = [];
  const finished: ProcessId[] = [];
  const more = {
    settleBudgets: async (tx: Tx, _process: unknown, some: readonly Charge[]) => {
      // Answered only where nothing before it was refused.
      await tx.query("SELECT 1");
      charges.push(...some);
    },
    finishProcess: async (_tx: unknown, processId: ProcessId) => void finished.push(processId),
  };
  return {
    folder: folder.path,
    charges,
    finished,
    /** A process that wrote a journal and is gone. */
    die: (pid = NOBODY) => createTestRecord(db, folder.path, { ...more, pid, processId: processIds.make(NOON_MS) }),
    live: () => createTestRecord(db, folder.path, more),
  };
}
type Record = ReturnType<typeof createTestRecord>["record"];
async function call({ journal }: Record, caller: Caller) {
  const reservation = makeReservation(caller);
  await journal.open(reservation);
  await journal.close(makeEvent(reservation));
  return reservation.requestId;
}
const logOf = ({ journal }: Record): string => join(journal.folder, "000001.log");

test("what a dead process had answered is shipped once, and what it had under way failed and costs its reservation", async () => {
  const { die, live, charges, finished } = setUp();
  const caller = makeCaller();
  const dead = die();
  for (let n = 0; n < 5; n++) await call(dead.record, caller);
  await dead.record.shipper.flush();
  for (let n = 0; n < 5; n++) await call(dead.record, caller);
  const open = [makeReservation(caller, { microUsd: 111 }), makeReservation(caller, { microUsd: 222, budgets: ["tenant"] })];
  const [first] = open;
  // A call that goes on to another attempt sets more aside; what it said last counts.
  if (first !== undefined) await dead.record.journal.open({ ...first, microUsd: 50 });
  for (const reservation of open) await dead.record.journal.open(reservation);
  assert.equal(dead.record.journal.inFlight, 2);

  const { record, log } = live();
  assert.equal(await record.adopt(), true);
  const { data, totals } = await record.readUsage({ tenantId: caller.tenantId, limit: 1000 });
  assert.deepEqual([totals.calls, totals.costMicroUsd], [12, 42_000 + 333]);
  const died = data.filter((row) => row.code === "process_died");
  assert.deepEqual(
    died.map(({ requestId, outcome, costMicroUsd, usageSource }) => [requestId, outcome, costMicroUsd, usageSource].join(" ")).toSorted(),
    open.map(({ requestId, microUsd }) => [requestId, "failed", microUsd, "none"].join(" ")).toSorted(),
  );
  assert.equal(charged(charges), 42_000 + 333);
  assert.deepEqual(
    charges.flatMap(({ budgets, costMicroUsd }) => (budgets.length > 0 ? [[budgets, costMicroUsd]] : [])),
    [[["tenant"], 222]],
  );
  assert.deepEqual(finished, [dead.processId]);
  assert.deepEqual(await record.verifyAudit(caller.tenantId), { ok: true, entries: 12, suspect: 0 });
  assert.equal(existsSync(dead.record.journal.folder), false);
  assert.deepEqual(log.told, ["journal.adopted"]);
  assert.equal(await record.adopt(), true);
  assert.equal((await record.readUsage({ tenantId: caller.tenantId })).totals.calls, 12);
  await record.drain();
});

test("a torn last write is passed over, wherever it tore", async () => {
  const { die, live } = setUp();
  const caller = makeCaller();
  const dead = die();
  await call(dead.record, caller);
  const whole = statSync(logOf(dead.record)).size;
  const last = makeReservation(caller, { microUsd: 77 });
  await dead.record.journal.open(last);
  const opened = statSync(logOf(dead.record)).size;
  await dead.record.journal.close(makeEvent(last, { modelAsked: "größer – ∆" }));
  const bytes = readFileSync(logOf(dead.record));
  let cuts = 0;
  for (let size = whole + 1; size < bytes.length; size += 37, cuts++) {
    writeFileSync(logOf(dead.record), bytes);
    truncateSync(logOf(dead.record), size);
    const journal = await openDeadJournal(join(dead.journalDir), dead.processId);
    assert.equal(journal.damaged, 0);
    assert.equal(journal.orphans, size < opened ? 0 : 1);
    const batch = await journal.next({ file: 1, offset: 0 }, 100);
    assert.equal(batch?.events.length, 1);
  }
  console.log(`${cuts} places to tear`);
  const { record } = live();
  assert.equal(await record.adopt(), true);
  assert.equal((await record.readUsage({ tenantId: caller.tenantId })).totals.costMicroUsd, 4200 + 77);
  await record.drain();
});

test("a journal changed in the middle is told of, what can be read is shipped and marked, and its files are kept", async () => {
  const { die, live } = setUp();
  const caller = makeCaller();
  const dead = die();
  for (let n = 0; n < 6; n++) await call(dead.record, caller);
  const lines = readFileSync(logOf(dead.record), "utf8").split("\n");
  // header, then an opening and an event for each call
  lines[4] = (lines[4] ?? "").replace('"costMicroUsd":4200', '"costMicroUsd":1');
  lines.splice(7, 1);
  lines[9] = "}{ not a record";
  writeFileSync(logOf(dead.record), lines.join("\n"));

  const { record, log } = live();
  assert.equal(await record.adopt(), true);
  const { totals, data } = await record.readUsage({ tenantId: caller.tenantId });
  // The second event is changed, the fourth's opening is gone, the fifth's event is unreadable: billed at its reservation.
  assert.deepEqual([totals.calls, totals.costMicroUsd], [6, 4 * 4200 + 1 + 9000]);
  assert.equal(data.filter((row) => row.outcome === "failed").length, 1);
  const { data: entries } = await record.listAudit(caller.tenantId);
  assert.deepEqual(
    entries.map((entry) => entry.suspect),
    [false, true, false, true, false, false],
  );
  assert.deepEqual(await record.verifyAudit(caller.tenantId), { ok: true, entries: 6, suspect: 2 });
  assert.deepEqual(log.told, ["journal.damaged", "journal.adopted"]);
  assert.deepEqual(readdirSync(join(dead.journalDir, "damaged", dead.processId)).includes("000001.log"), true);
  await record.drain();
});

test("a living process's journal is left alone, and so is one whose owner cannot be looked up, until it is silent", async () => {
  const { die, live } = setUp();
  const caller = makeCaller();
  const mine = die(process.pid);
  await call(mine.record, caller);
  const far = die();
  await call(far.record, caller);
  writeOwner(far.record.journal.folder, { pid: 1, started: "5", boot: "another machine", namespace: "pid:[1]" });
  const { record, clock } = live();
  clock.advance(Date.now() - NOON_MS);
  assert.equal(await record.adopt(), true);
  assert.ok(existsSync(mine.record.journal.folder));
  assert.ok(existsSync(far.record.journal.folder));
  clock.advance(SILENT_MS_MAX + 1000);
  assert.equal(await record.adopt(), true);
  assert.ok(existsSync(mine.record.journal.folder));
  assert.equal(existsSync(far.record.journal.folder), false);
  await record.drain();
});

test("two processes that adopt one journal at once ship it once", async () => {
  const { die, live, charges } = setUp();
  const caller = makeCaller();
  const dead = die();
  for (let n = 0; n < 300; n++) await call(dead.record, caller);
  await dead.record.journal.open(makeReservation(caller));
  const heirs = [live(), live(), live()];
  await Promise.all(heirs.map(({ record }) => record.adopt()));
  const [heir] = heirs;
  assert.ok(heir !== undefined);
  assert.equal((await heir.record.readUsage({ tenantId: caller.tenantId })).totals.calls, 301);
  assert.equal(charged(charges), 300 * 4200 + 9000);
  assert.deepEqual(await heir.record.verifyAudit(caller.tenantId), { ok: true, entries: 301, suspect: 0 });
  for (const { record } of heirs) await record.drain();
});

test("files that are not journals are no reason to stop", async () => {
  const { die, live, folder } = setUp();
  const caller = makeCaller();
  const dead = die();
  await call(dead.record, caller);
  appendFileSync(join(dead.record.journal.folder, "notes.txt"), "hello");
  appendFileSync(join(folder, "journal", "README"), "hello");
  const { record } = live();
  assert.equal(await record.adopt(), true);
  assert.equal((await record.readUsage({ tenantId: caller.tenantId })).totals.calls, 1);
  await record.drain();
});

const charged = (charges: readonly Charge[]): number => charges.reduce((sum, { costMicroUsd }) => sum + costMicroUsd, 0);
