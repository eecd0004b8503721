import { join } from "node:path";
import type { CallEvent, LedgerEvent, Reservation } from "../domain/event.ts";
import type { Clock } from "../kernel/clock.ts";
import type { ProcessId, TenantId } from "../kernel/ids.ts";
import { toEventFacts } from "./event-columns.ts";
import { toJournalJson } from "./event-json.ts";
import { type CommitEntry, createGroupCommit } from "./group-commit.ts";
import { type JournalDisk, nodeDisk } from "./journal-disk.ts";
import type { Position } from "./journal-line.ts";
import { createJournalLog, type Entry, type JournalLog, type Written } from "./journal-log.ts";
import { createJournalSource } from "./journal-source.ts";
import { createJournalTail, type JournalTail, type ShipEvent } from "./journal-tail.ts";
import type { RecordLog } from "./record-log.ts";
import { createRefusalCounter, type Refusal } from "./refusal-counter.ts";
import type { ShipSource } from "./ship-source.ts";

export type JournalOptions = {
  /** Folder of all journals; this one is the folder of its process's id in it. */
  readonly dir: string;
  readonly processId: ProcessId;
  /** true: an answer waits until the machine may lose power; false: until the process may die. */
  readonly fsync: boolean;
  /** A file is closed and the next begun at about this size. */
  readonly fileBytesMax?: number;
};
export type JournalDeps = { readonly clock: Clock; readonly log: RecordLog; readonly disk?: JournalDisk };

/** The append-only record of what this process does, on disk before it is acknowledged. */
export type Journal = {
  readonly processId: ProcessId;
  readonly folder: string;
  /** Before the first upstream call. Rejects with `journal_unavailable`; then the call must not be made. */
  open(reservation: Reservation): Promise<void>;
  /** Before the last byte of the answer. `hash` is the receipt. Where it rejects, the event is kept and written when the disk allows. */
  close(event: CallEvent): Promise<{ readonly hash: string }>;
  refuse(refusal: Refusal): void;
  /** Writes what was counted of refusals so far. */
  flushRefusals(): Promise<void>;
  /** Resolves when everything handed in so far is written or was refused. */
  settled(): Promise<void>;
  healthy(): boolean;
  /** Calls opened and not closed. */
  readonly inFlight: number;
  /** Of those, the tenant's. */
  callsOf(tenantId: TenantId): number;
  /** Goes on in a new file; its number. Where the disk does not take one, the old one grows on. */
  turnPage(): Promise<number>;
  /** Removes the files before that one. Only when all of them is in the ledger. */
  dropBefore(file: number): void;
  /** To be called a few times a second: minutes that are over, a disk that may have room again. */
  tick(): void;
  /** The shipper's view. */
  readonly source: ShipSource;
  /** Ends writing; the files stay. */
  end(): void;
};

/** Reading one again, when the shipper is behind or the process died, takes about a tenth of a second. */
const FILE_BYTES_MAX = 64 * 1024 * 1024;
/** A disk is trusted again once it has room for the records of a second or so. */
const ROOM_BYTES = 256 * 1024;

export function createJournal(deps: JournalDeps, options: JournalOptions): Journal {
  const { clock, log: tell, disk = nodeDisk } = deps;
  const { processId, fsync, fileBytesMax = FILE_BYTES_MAX } = options;
  const folder = join(options.dir, processId);
  disk.makeFolder(folder);
  const log = createJournalLog({ disk, nowMs: clock.nowMs }, { folder, processId, fileBytesMax });
  const tail = createJournalTail({ file: 1, offset: 0 });
  tail.push([], { file: 1, offset: 0 }, log.end);
  const inFlight = new Map<string, Entry>();
  const follower = createFollower({ log, tail, inFlight, tell });
  const checkRoom = (): void => disk.checkRoom(folder, ROOM_BYTES);
  const commit = createGroupCommit({ log, clock, tell, checkRoom, written: follower.written }, { fsync });

  const refusals = createRefusalCounter((event) => {
    commit.hand(toEntry(event)).catch(() => undefined);
  });

  return {
    processId,
    folder,
    source: createJournalSource({ disk, log, tail, processId }),
    async open(reservation) {
      commit.probe();
      const json = `{"type":"open",${toJournalJson(reservation).slice(1)}`;
      await commit.hand({ kind: "o", id: reservation.requestId, json, keep: false, facts: undefined });
    },
    async close(event) {
      const { hash } = await commit.hand(toEntry(event));
      return { hash };
    },
    refuse: (refusal) => refusals.count(refusal),
    async flushRefusals() {
      refusals.flush();
      await commit.settled();
    },
    settled: commit.settled,
    healthy: () => !commit.failing,
    get inFlight() {
      return inFlight.size;
    },
    callsOf: (tenantId) => [...inFlight.values()].filter(({ json }) => json.includes(tenantId)).length,
    async turnPage() {
      let file = 0;
      await commit.between(() => {
        follower.rotate();
        ({ file } = log.end);
      });
      return file;
    },
    dropBefore: log.dropBefore,
    tick() {
      refusals.rollOver(clock.nowMs());
      commit.probe();
    },
    end: () => log.close(),
  };
}

/** Where the text had to be cleaned, the facts are to be those of the clean text. */
function toEntry(event: LedgerEvent): CommitEntry {
  const json = toJournalJson(event);
  const facts = json.includes("\\u") || json.includes("\uFFFD") ? undefined : toEventFacts(event);
  return { kind: "e", id: event.requestId, json, keep: true, facts };
}

type FollowerDeps = {
  readonly log: JournalLog;
  readonly tail: JournalTail;
  readonly inFlight: Map<string, Entry>;
  readonly tell: RecordLog;
};

/** What follows from a write: who is in flight, what the shipper has to read, whether a new file begins. */
function createFollower({ log, tail, inFlight, tell }: FollowerDeps) {
  /** Each file begins with the calls under way, so that the files before it can go once their events are in the ledger. */
  const rotate = (): void => {
    const { end } = log;
    try {
      log.rotate([...inFlight.values()]);
    } catch {
      // What was to be written is written. The file grows on, and the next write tries again.
      tell.warn("journal.not-rotated", { file: end.file });
    }
    tail.push([], end, log.end);
  };
  const written = (batch: readonly CommitEntry[], records: readonly Written[], from: Position): void => {
    const events: ShipEvent[] = [];
    for (const [at, { kind, id, json, facts }] of batch.entries()) {
      const record = records[at];
      if (kind === "o") inFlight.set(id, { kind, json });
      else if (record !== undefined) {
        inFlight.delete(id);
        events.push({ hash: record.hash, body: record.body, suspect: false, facts });
      }
    }
    tail.push(events, from, log.end);
    if (log.isFull) rotate();
  };
  return { rotate, written };
}
