import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import type { EventFacts } from "./event-columns.ts";
import type { Position } from "./journal-line.ts";
import type { Entry, JournalLog, Written } from "./journal-log.ts";
import type { RecordLog } from "./record-log.ts";

export type CommitEntry = Entry & {
  readonly id: string;
  /** Written late rather than never: where the disk refuses it now, it is kept for when the disk has room. */
  readonly keep: boolean;
  /** Of an event. undefined: they are to be read from its body. */
  readonly facts: EventFacts | undefined;
};

/** Appends of one turn of the event loop become one write. */
export type GroupCommit = {
  /** Resolves when it is written (and synced, where asked for). Rejects with `journal_unavailable`. */
  hand(entry: CommitEntry): Promise<Written>;
  /** Resolves when everything handed in so far is written or was refused. */
  settled(): Promise<void>;
  /** Runs `work`, which must not wait, when no write is under way: at once, or after the one that is. */
  between(work: () => void): Promise<void>;
  /** While the disk refuses: looks, at most twice a second, whether it has room again. */
  probe(): void;
  readonly failing: boolean;
};

type Deps = {
  readonly log: JournalLog;
  readonly clock: Clock;
  readonly tell: RecordLog;
  /** Throws where the disk has no room. */
  checkRoom(): void;
  /** In the order of the log, before the promises resolve. */
  written(batch: readonly CommitEntry[], records: readonly Written[], from: Position): void;
};

type Waiting = CommitEntry & { readonly done: (record: Written) => void; readonly fail: (fault: Fault) => void };

/** Records in one write: more would hold up the event loop for over a millisecond. */
const GROUP_MAX = 256;
const PROBE_EVERY_MS = 500;
/** Entries kept while the disk refuses. Calls under way are far fewer; refusals could be any number. */
const KEPT_MAX = 20_000;

export function createGroupCommit(deps: Deps, options: { readonly fsync: boolean }): GroupCommit {
  const { log, clock, tell } = deps;
  const kept: Waiting[] = [];
  let failing = false;
  let probedAtMs = 0;

  const write = async (batch: readonly Waiting[]): Promise<void> => {
    const from = log.end;
    const mark = log.mark();
    const records = log.append(batch);
    if (options.fsync) await log.sync(mark);
    deps.written(batch, records, from);
    for (const [at, waiting] of batch.entries()) {
      const record = records[at];
      if (record !== undefined) waiting.done(record);
    }
  };
  const giveUp = (refused: readonly Waiting[]): void => {
    for (const waiting of refused) {
      if (waiting.keep && kept.length < KEPT_MAX) kept.push({ ...waiting, done: () => undefined, fail: () => undefined });
      waiting.fail(new Fault("journal_unavailable"));
    }
  };
  const queue = createQueue(write, (refused, error) => {
    failing = true;
    probedAtMs = clock.nowMs();
    tell.error("journal.unwritable", { code: codeOf(error) });
    giveUp(refused);
  });

  return {
    get failing() {
      return failing;
    },
    hand: ({ kind, json, id, keep, facts }) =>
      new Promise((done, fail) => {
        const waiting = { kind, json, id, keep, facts, done, fail };
        if (failing) giveUp([waiting]);
        else queue.push(waiting);
      }),
    settled: queue.settled,
    between: queue.between,
    probe() {
      if (!failing || clock.nowMs() - probedAtMs < PROBE_EVERY_MS) return;
      probedAtMs = clock.nowMs();
      try {
        deps.checkRoom();
      } catch {
        return;
      }
      failing = false;
      tell.warn("journal.writable", { kept: kept.length });
      for (const waiting of kept.splice(0)) queue.push(waiting);
    },
  };
}

/** Gathers one turn of the event loop and writes it in groups. While a write is under way the next turn's gather. */
function createQueue(write: (batch: readonly Waiting[]) => Promise<void>, refuse: (all: readonly Waiting[], error: unknown) => void) {
  let queue: Waiting[] = [];
  const barriers: (() => void)[] = [];
  const pauses: (() => void)[] = [];
  let busy = false;

  const schedule = (): void => {
    busy = true;
    setImmediate(() => void drain());
  };
  const drain = async (): Promise<void> => {
    const turn = queue;
    queue = [];
    let at = 0;
    try {
      for (; at < turn.length; at += GROUP_MAX) await write(turn.slice(at, at + GROUP_MAX));
    } catch (error) {
      refuse([...turn.slice(at), ...queue.splice(0)], error);
    }
    for (const pause of pauses.splice(0)) pause();
    if (queue.length > 0) {
      schedule();
      return;
    }
    busy = false;
    for (const barrier of barriers.splice(0)) barrier();
  };

  return {
    push(waiting: Waiting): void {
      queue.push(waiting);
      if (!busy) schedule();
    },
    between: (work: () => void): Promise<void> =>
      new Promise((resolve) => {
        const run = (): void => {
          work();
          resolve();
        };
        if (busy) pauses.push(run);
        else run();
      }),
    settled: (): Promise<void> => (busy ? new Promise((resolve) => barriers.push(resolve)) : Promise.resolve()),
  };
}

const codeOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : "unknown");
