/**
 * A program of its own: `bun kill-child.fixture.ts DATA_DIR [FAULT]` answers calls through journal and ledger until it is killed, and says
 * on standard output what it has promised: `open ID BOUND` before the upstream call, `done ID COST HASH` after the answer.
 */
import { writeSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../kernel/clock.ts";
import { processIds, requestIds } from "../kernel/ids.ts";
import { settleBudgets } from "../store/budgets.ts";
import { createEventPartitions } from "../store/ledger-partitions.ts";
import { openPglite } from "../store/pglite.ts";
import { type JournalDisk, nodeDisk } from "./journal-disk.ts";
import { createRecord, type RecordDeps } from "./record.ts";
import { KILL_CALLERS, makeEvent, makeReservation, SECRET } from "./testing.ts";

const [, , dataDir = "", fault = "none"] = process.argv;
const say = (line: string): void => void writeSync(1, `${line}\n`);

/** Fault "early": a write is acknowledged at once and done later. */
const lateDisk: JournalDisk = {
  ...nodeDisk,
  createFile(path) {
    const file = nodeDisk.createFile(path);
    return { ...file, write: (bytes, at) => void setTimeout(() => file.write(bytes, at), 100), close: () => undefined };
  },
};

const log = { warn: () => undefined, error: (message: string) => say(`error ${message}`) };
const db = await openPglite({ clock: systemClock, log }, { kind: "folder", dir: join(dataDir, "db") });
/** Fault "apart": budgets are settled after the transaction that ships the events. */
const settle: RecordDeps["settleBudgets"] = async (tx, processId, charges) => {
  if (fault === "apart")
    setTimeout(() => void db.transaction({ kind: "ledger" }, (other) => settleBudgets(other, processId, charges)), 150);
  else await settleBudgets(tx, processId, charges);
};
const record = createRecord(
  {
    db,
    createPartitions: (periods) => db.asOwner((owner) => createEventPartitions(owner, periods)),
    settleBudgets: settle,
    finishProcess: async () => undefined,
    clock: systemClock,
    log,
    ...(fault === "early" ? { disk: lateDisk } : {}),
  },
  {
    journalDir: join(dataDir, "journal"),
    checkpointDir: join(dataDir, "audit-checkpoints"),
    processId: processIds.make(Date.now()),
    pid: process.pid,
    fsync: false,
    secret: SECRET,
    fileBytesMax: 200_000,
  },
);
await record.start();
say("ready");

async function answerCalls(seed: number): Promise<void> {
  for (let n = seed; ; n += 1) {
    const caller = KILL_CALLERS[n % KILL_CALLERS.length];
    if (caller === undefined) throw new Error("nobody calls");
    const startedAtMs = Date.now();
    const reservation = makeReservation(caller, { startedAtMs, requestId: requestIds.make(startedAtMs), microUsd: 1_000_000 + (n % 1000) });
    await record.journal.open(reservation);
    say(`open ${reservation.requestId} ${reservation.microUsd}`);
    await new Promise((resolve) => setTimeout(resolve, n % 7));
    const costMicroUsd = 1 + (n % 997);
    const { hash } = await record.journal.close(makeEvent(reservation, { costMicroUsd }));
    say(`done ${reservation.requestId} ${costMicroUsd} ${hash}`);
  }
}
await Promise.all(Array.from({ length: 16 }, (_, seed) => answerCalls(seed * 1000)));
