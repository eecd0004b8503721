import { afterAll, test } from "bun:test";
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createFakeClock } from "../kernel/clock.ts";
import { processIds } from "../kernel/ids.ts";
import { createJournalCursor } from "./journal-cursor.ts";
import type { Position } from "./journal-line.ts";
import { createJournal } from "./journal.ts";
import { createTestLog, makeCaller, makeEvent, makeFolder, makeReservation, NOON_MS } from "./testing.ts";

const folder = makeFolder();
afterAll(() => folder.remove());

const START: Position = { file: 1, offset: 0 };

async function write(calls: number, fileBytesMax?: number) {
  const options = { dir: folder.path, processId: processIds.make(NOON_MS), fsync: false };
  const journal = createJournal(
    { clock: createFakeClock(NOON_MS), log: createTestLog() },
    fileBytesMax === undefined ? options : { ...options, fileBytesMax },
  );
  const caller = makeCaller();
  const hashes: string[] = [];
  const answer = async (more: number): Promise<void> => {
    for (let n = 0; n < more; n++) {
      const reservation = makeReservation(caller);
      await journal.open(reservation);
      hashes.push((await journal.close(makeEvent(reservation, { modelAsked: `größer – ∆ ${n}` }))).hash);
    }
  };
  await answer(calls);
  return { journal, hashes, answer };
}

/** Everything up to `until`, in batches of at most `max`. */
function readAll(journalFolder: string, until: Position, max: number) {
  const cursor = createJournalCursor(journalFolder);
  const events = [];
  let batches = 0;
  for (let from = START; ; batches++) {
    const batch = cursor.read(from, until, max);
    if (batch === undefined) break;
    events.push(...batch.events);
    from = batch.to;
  }
  cursor.close();
  return { events, batches };
}

test("every event is read once, in order, whatever the batches, over the borders of files", async () => {
  const { journal, hashes } = await write(60, 9000);
  const { end } = journal.source;
  assert.ok(end.file > 5, `${end.file} files`);
  for (const max of [1, 7, 1000]) {
    const { events } = readAll(journal.folder, end, max);
    assert.deepEqual(
      events.map((event) => event.hash),
      hashes,
    );
    assert.ok(events.every((event) => !event.suspect));
  }
  journal.end();
});

test("records longer than a block and more than one block are read whole", async () => {
  const { journal, hashes, answer } = await write(300);
  const reservation = makeReservation(makeCaller(), { modelAsked: "x".repeat(600_000) });
  await journal.open(reservation);
  hashes.push((await journal.close(makeEvent(reservation))).hash);
  await answer(3);
  assert.deepEqual(
    readAll(journal.folder, journal.source.end, 64).events.map((event) => event.hash),
    hashes,
  );
  journal.end();
});

test("it goes on where it stopped, begins anew elsewhere, and reads nothing behind the end that it is given", async () => {
  const { journal, hashes, answer } = await write(5);
  const cursor = createJournalCursor(journal.folder);
  const { end } = journal.source;
  await answer(5);
  const first = cursor.read(START, end, 3);
  assert.ok(first !== undefined);
  const second = cursor.read(first.to, end, 100);
  assert.deepEqual([first.events.length, second?.events.length, second?.to], [3, 2, end]);
  assert.equal(cursor.read(end, end, 100), undefined);
  assert.equal(cursor.read(end, journal.source.end, 100)?.events.length, 5);
  assert.deepEqual(
    cursor.read(first.to, journal.source.end, 100)?.events.map((event) => event.hash),
    hashes.slice(3),
  );
  cursor.close();
  journal.end();
});

test("events whose bytes changed, or before which a record is missing, are suspect; what is no record is passed over", async () => {
  const { journal } = await write(6);
  const path = join(journal.folder, "000001.log");
  const lines = readFileSync(path, "utf8").split("\n");
  // The header, then an opening and an event for each call.
  lines[4] = (lines[4] ?? "").replace('"costMicroUsd":4200', '"costMicroUsd":4201');
  lines[7] = (lines[7] ?? "").replace(/^o./, "o.");
  lines[10] = "}{".padEnd(Buffer.byteLength(lines[10] ?? ""), ".");
  writeFileSync(path, lines.join("\n"));
  const { events } = readAll(journal.folder, journal.source.end, 2);
  assert.deepEqual(
    events.map((event) => event.suspect),
    [false, true, false, true, false],
  );
  journal.end();
});
