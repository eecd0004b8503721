import { afterAll, test } from "bun:test";
import assert from "node:assert/strict";
import { readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { createFakeClock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { sha256Hex } from "../kernel/hash.ts";
import { processIds, requestIds } from "../kernel/ids.ts";
import { nodeDisk } from "./journal-disk.ts";
import { createJournal, type JournalDeps, type JournalOptions } from "./journal.ts";
import { GENESIS, parseLine } from "./journal-line.ts";
import { readJournal } from "./journal-reader.ts";
import { createSmallDisk, createTestLog, makeCaller, makeEvent, makeFolder, makeReservation, NOON_MS } from "./testing.ts";

const folder = makeFolder();
afterAll(() => folder.remove());

function setUp(more: Partial<JournalDeps & JournalOptions> = {}) {
  const clock = createFakeClock(NOON_MS);
  const log = createTestLog();
  const processId = processIds.make(NOON_MS);
  const options = { dir: folder.path, processId, fsync: false, ...more };
  return { clock, log, processId, journal: createJournal({ clock, log, ...more }, options) };
}
const linesOf = (path: string) =>
  readFileSync(path, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((text) => parseLine(text));

test("each record names the one before it and has the hash of its bytes, and a receipt is that hash", async () => {
  const { journal } = setUp();
  const caller = makeCaller();
  const receipts: string[] = [];
  for (let n = 0; n < 5; n++) {
    const reservation = makeReservation(caller);
    await journal.open(reservation);
    receipts.push((await journal.close(makeEvent(reservation))).hash);
  }
  const lines = linesOf(join(journal.folder, "000001.log"));
  assert.equal(lines.length, 11);
  let prev = GENESIS;
  for (const line of lines) {
    assert.ok(line !== undefined);
    assert.equal(line.prev, prev);
    assert.equal(sha256Hex(line.body), line.hash);
    prev = line.hash;
  }
  assert.deepEqual(
    lines.filter((line) => line?.kind === "e").map((line) => line?.hash),
    receipts,
  );
  journal.end();
});

test("what is handed in during one turn of the event loop becomes one write", async () => {
  let writes = 0;
  const disk = {
    ...nodeDisk,
    createFile(path: string) {
      const file = nodeDisk.createFile(path);
      return {
        ...file,
        write(bytes: Uint8Array, at: number) {
          writes++;
          file.write(bytes, at);
        },
      };
    },
  };
  const { journal } = setUp({ disk });
  writes = 0;
  await Promise.all(Array.from({ length: 100 }, () => journal.open(makeReservation(makeCaller()))));
  assert.equal(writes, 1);
  await Promise.all(Array.from({ length: 600 }, () => journal.open(makeReservation(makeCaller()))));
  assert.equal(writes, 1 + 3, "groups of at most 256");
  journal.end();
});

test("nothing is acknowledged before it is on disk", async () => {
  const { journal } = setUp();
  const size = () => statSync(join(journal.folder, "000001.log")).size;
  const before = size();
  let acknowledged = false;
  const open = async (): Promise<void> => {
    await journal.open(makeReservation(makeCaller()));
    acknowledged = true;
    assert.ok(size() > before);
  };
  const opened = open();
  await Promise.resolve();
  assert.equal(acknowledged, false);
  await opened;
  journal.end();
});

test("with fsync an answer waits for the sync, and a failed sync takes the records back", async () => {
  let syncs = 0;
  let broken = false;
  const disk = {
    ...nodeDisk,
    createFile(path: string) {
      const file = nodeDisk.createFile(path);
      return {
        ...file,
        async sync() {
          syncs++;
          if (broken) throw Object.assign(new Error("I/O error"), { code: "EIO" });
          await file.sync();
        },
      };
    },
  };
  const { journal } = setUp({ disk, fsync: true });
  const caller = makeCaller();
  await Promise.all([journal.open(makeReservation(caller)), journal.open(makeReservation(caller))]);
  assert.equal(syncs, 1);
  const { end } = journal.source;
  broken = true;
  await assert.rejects(journal.open(makeReservation(caller)), isUnavailable);
  assert.deepEqual(journal.source.end, end);
  assert.equal(statSync(join(journal.folder, "000001.log")).size, end.offset);
  journal.end();
});

const isUnavailable = (error: unknown): boolean => error instanceof Fault && error.code === "journal_unavailable";

test("a full disk refuses calls; what was under way is written once there is room again", async () => {
  const disk = createSmallDisk(Number.POSITIVE_INFINITY);
  const { journal, clock, log } = setUp({ disk });
  const caller = makeCaller();
  const first = makeReservation(caller);
  await journal.open(first);
  assert.equal(journal.healthy(), true);

  disk.room = 100;
  await assert.rejects(journal.open(makeReservation(caller)), isUnavailable);
  assert.equal(journal.healthy(), false);
  await assert.rejects(journal.close(makeEvent(first)), isUnavailable);
  assert.equal(journal.inFlight, 1);
  clock.advance(1000);
  await assert.rejects(journal.open(makeReservation(caller)), isUnavailable, "no room yet");

  disk.room = Number.POSITIVE_INFINITY;
  journal.tick();
  assert.equal(journal.healthy(), false, "the disk is asked at most twice a second");
  clock.advance(1000);
  journal.tick();
  assert.equal(journal.healthy(), true);
  await journal.settled();
  assert.equal(journal.inFlight, 0);
  await journal.open(makeReservation(caller));
  const records = await Array.fromAsync(readJournal(journal.folder, { file: 0, offset: 0 }));
  assert.deepEqual(
    records.map((record) => [record.line?.kind, record.damage]),
    ["f", "o", "e", "o"].map((kind) => [kind, undefined]),
  );
  assert.deepEqual(log.told, ["journal.unwritable", "journal.writable"]);
  journal.end();
});

test("a new file begins with the calls under way, so older files can go once they are shipped", async () => {
  const { journal } = setUp({ fileBytesMax: 4000 });
  const caller = makeCaller();
  const long = makeReservation(caller);
  await journal.open(long);
  for (let n = 0; n < 10; n++) {
    const reservation = makeReservation(caller);
    await journal.open(reservation);
    await journal.close(makeEvent(reservation));
  }
  const files = readdirSync(journal.folder).filter((name) => name.endsWith(".log"));
  assert.ok(files.length > 2, `${files.length} files`);
  for (const name of files) {
    const lines = linesOf(join(journal.folder, name));
    const held = lines.some((line) => line?.kind === "o" && line.body.includes(long.requestId));
    assert.ok(held, `${name} knows the call that is under way`);
  }
  journal.source.shipped(journal.source.end);
  assert.equal(readdirSync(journal.folder).filter((name) => name.endsWith(".log")).length, 1);
  const records = await Array.fromAsync(readJournal(journal.folder, { file: 0, offset: 0 }));
  assert.ok(records.every((record) => record.damage === undefined));
  journal.end();
});

test("a flood of refusals is a few lines: the first at once, the others when the minute is over or somebody asks", async () => {
  const { journal, clock } = setUp();
  const caller = makeCaller();
  const refuse = () => journal.refuse({ ...caller, requestId: requestIds.make(clock.nowMs()), code: "rate_limited", atMs: clock.nowMs() });
  const counts = async () => {
    const records = await Array.fromAsync(readJournal(journal.folder, { file: 0, offset: 0 }));
    return records.flatMap(({ line }) => (line?.kind === "e" ? [Number(/"count":(\d+)/.exec(line.body)?.[1])] : []));
  };
  refuse();
  await journal.settled();
  assert.deepEqual(await counts(), [1]);
  for (let n = 0; n < 10_000; n++) refuse();
  await journal.settled();
  assert.deepEqual(await counts(), [1]);
  await journal.flushRefusals();
  assert.deepEqual(await counts(), [1, 10_000]);
  for (let n = 0; n < 5; n++) refuse();
  clock.advance(60_000);
  journal.tick();
  await journal.settled();
  assert.deepEqual(await counts(), [1, 10_000, 5]);
  refuse();
  await journal.settled();
  assert.deepEqual(await counts(), [1, 10_000, 5, 1]);
  journal.end();
});

test("text that the database could not hold is cleaned before it is hashed", async () => {
  const { journal } = setUp();
  const reservation = makeReservation(makeCaller(), { modelAsked: "a\u0000b\ud800c" });
  await journal.open(reservation);
  await journal.close(makeEvent(reservation));
  const bodies = linesOf(join(journal.folder, "000001.log")).map((line) => line?.body ?? "");
  assert.equal(bodies.filter((body) => body.includes("a\uFFFDb\uFFFDc")).length, 2);
  assert.ok(bodies.every((body) => !body.includes("\\u")));
  journal.end();
});
