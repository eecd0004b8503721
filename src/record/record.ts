import { join } from "node:path";
import type { Clock } from "../kernel/clock.ts";
import type { ProcessId } from "../kernel/ids.ts";
import type { Database, Tx } from "../store/database.ts";
import { createAdopter } from "./adopter.ts";
import { errorCode } from "./attempts.ts";
import { type Audit, createAudit } from "./audit.ts";
import { createBatchSize } from "./batch-size.ts";
import { createChainEnds } from "./chain-ends.ts";
import { createAnchorSeal, createHeadSeal } from "./chain.ts";
import { createCheckpoints } from "./checkpoints.ts";
import { createChores } from "./chores.ts";
import { createDelivery } from "./delivery.ts";
import { createGuardEventsReader, type GuardEventsReader } from "./guard-events.ts";
import { createExplain, type Explain } from "./explain.ts";
import { finishJournal } from "./finish-journal.ts";
import type { JournalDisk } from "./journal-disk.ts";
import { createJournalErasure, type JournalErasure } from "./journal-erasure.ts";
import { comparePositions, type Position } from "./journal-line.ts";
import { createJournal, type Journal } from "./journal.ts";
import { createPartitions } from "./partitions.ts";
import { describeOwner, touchOwner, writeOwner } from "./process-owner.ts";
import { createRetention, type Retention } from "./retention.ts";
import { createReceipts, type Receipts } from "./receipts.ts";
import type { RecordLog } from "./record-log.ts";
import type { SettleBudgets } from "./ship-batch.ts";
import { type Backlog, createShipper, type Shipper } from "./shipper.ts";
import { createSigner } from "./signer.ts";
import { closeDays, createUsageSeries, type UsageSeriesReader } from "./usage-series.ts";
import { createUsageReader, type UsageReader } from "./usage.ts";

export type RecordDeps = {
  readonly db: Database;
  /** Makes the ledger's partitions of these months, as the owner of the tables (`createEventPartitions`). */
  createPartitions(periods: readonly string[]): Promise<void>;
  /** What keeps the ledger's small tables fast where the database does not see to it itself. */
  keepFast?(): Promise<void>;
  /** Drops those of months before this one in which nothing is left, as the owner (`dropEmptyPartitions`). */
  dropPartitions?(period: string): Promise<readonly string[]>;
  readonly settleBudgets: SettleBudgets;
  /** Gives back what a process held, in the transaction in which its journal is done with. */
  finishProcess(tx: Tx, processId: ProcessId): Promise<void>;
  readonly clock: Clock;
  readonly log: RecordLog;
  readonly disk?: JournalDisk;
};
export type RecordOptions = {
  /** Holds one folder for each process, and what could not be shipped. */
  readonly journalDir: string;
  /** Signed ends of the audit chains, to be copied away. */
  readonly checkpointDir: string;
  readonly processId: ProcessId;
  readonly pid: number;
  readonly fsync: boolean;
  /** `WEIR_SECRET`. */
  readonly secret: Uint8Array;
  readonly fileBytesMax?: number;
};

export type RecordHealth = {
  /** false: no call can be accepted. */
  readonly ok: boolean;
  readonly callsInFlight: number;
  readonly backlog: Backlog;
};

/** Everything that is kept of calls: the journal, the ledger behind it, and who reads them. */
export type RecordParts = UsageReader &
  GuardEventsReader &
  UsageSeriesReader &
  Audit &
  Receipts &
  JournalErasure &
  Retention & {
    readonly journal: Journal;
    readonly shipper: Shipper;
    readonly explain: Explain;
    /** Everything answered so far is in the ledger when it resolves. */
    flush(): Promise<void>;
    /** Begins to ship, to look for dead processes' journals and to write checkpoints. Resolves when the ledger can take events. */
    start(): Promise<void>;
    /** Looks once for journals of dead processes. True where all of them are in the ledger now. */
    adopt(): Promise<boolean>;
    /** After the last call: ships what is left. Where the database is away the journal stays, for the next start. */
    drain(): Promise<void>;
    health(): RecordHealth;
    /** What the timers do; for tests that move the clock. */
    tick(): void;
  };

/** How late another process may see a call is a second at most. */
const TICK_MS = 200;
const HEARTBEAT_MS = 5000;
/** Half of what is promised: a signed end leaves the database at least every minute. */
const CHECKPOINT_MS = 30_000;
const HOUSEKEEPING_MS = 3 * 3_600_000;
/** Until a day that is over is summed up, pages of usage read its hours. */
const USAGE_DAYS_MS = 30_000;
/** At full load the small tables change a thousand times in it. */
const KEEP_FAST_MS = 5000;

/** Who reads chains from end to end, and who shortens them: both go by the same seals. */
function createChainKeepers(
  { db, log, dropPartitions = async () => [] }: RecordDeps,
  secret: Uint8Array,
  parts: Pick<Parameters<typeof createAudit>[0], "seal" | "checkpoints" | "flush">,
): Audit & Retention & Pick<RecordParts, "flush"> {
  const anchorSeal = createAnchorSeal(secret);
  const signer = createSigner(secret, "receipt");
  return {
    ...createAudit({ db, anchorSeal, signer, ...parts }),
    ...createRetention({ db, log, anchorSeal, dropPartitions }),
    flush: parts.flush,
  };
}

/** Who reads single events, and sums of them. */
const createReaders = (deps: Parameters<typeof createUsageReader>[0]) => ({
  ...createUsageReader(deps),
  ...createGuardEventsReader(deps),
  ...createUsageSeries(deps),
  explain: createExplain(deps),
});

export function createRecord(deps: RecordDeps, options: RecordOptions): RecordParts {
  const { db, clock, log, finishProcess } = deps;
  const { journalDir: dir, checkpointDir, processId, secret, pid } = options;
  const journal = createJournal(deps, { ...options, dir });
  const { source, folder } = journal;
  const self = describeOwner(pid);
  writeOwner(folder, self);
  const seal = createHeadSeal(secret);
  const checkpoints = createCheckpoints({ clock, signer: createSigner(secret, "audit-checkpoint") }, { dir: checkpointDir, processId });
  const partitions = createPartitions(deps.createPartitions);
  const ship = createDelivery(
    { ...deps, seal, ends: createChainEnds(), partitions, checkpoints },
    { quarantineDir: join(dir, "quarantine") },
  );
  const lane = { db, clock, log, ship };
  const shipper = createShipper({ ...lane, size: createBatchSize(db.engine) }, source);
  const adopter = createAdopter({ ...lane, size: createBatchSize(), finishProcess }, { dir, self, ownId: processId });

  const chores = createChores(clock, (task, error) => log.warn("record.chore-failed", { task, code: errorCode(error) }));
  chores.add("checkpoints", CHECKPOINT_MS, checkpoints.write);
  chores.add("heartbeat", HEARTBEAT_MS, async () => touchOwner(folder, clock.nowMs()));
  chores.add("partitions", HOUSEKEEPING_MS, () => partitions.prepareAhead(clock.nowMs()));
  chores.add("thinning", HOUSEKEEPING_MS, checkpoints.thin);
  chores.add("usage-days", USAGE_DAYS_MS, () => closeDays(db, clock.nowMs()));
  const keepFast = whenMoved(source, async () => deps.keepFast?.());
  chores.add("keep-fast", KEEP_FAST_MS, keepFast);
  const tick = (): void => [journal, shipper, adopter, chores].forEach((part) => part.tick());

  let timer: ReturnType<typeof setInterval> | undefined;
  const flush = async (): Promise<void> => {
    await journal.flushRefusals();
    await shipper.flush();
  };
  return {
    journal,
    shipper,
    ...createReaders({ db, flush }),
    ...createChainKeepers(deps, secret, { seal, checkpoints, flush }),
    ...createJournalErasure({ journal, shipper, adopt: adopter.run, dir }),
    ...createReceipts({ db, shipper, source, signer: createSigner(secret, "receipt") }),
    async start() {
      await partitions.prepareAhead(clock.nowMs());
      timer = setInterval(tick, TICK_MS);
      tick();
    },
    adopt: adopter.run,
    async drain() {
      clearInterval(timer);
      await adopter.stop();
      try {
        await flush();
        await shipper.stop();
        await checkpoints.write();
        // Calls that are still open are the next start's to bill.
        if (journal.inFlight === 0) {
          await finishJournal(deps, processId);
          source.discard();
        }
      } catch (error) {
        log.warn("record.not-drained", { code: errorCode(error), bytes: shipper.backlog.bytes });
        await shipper.stop();
      }
      journal.end();
    },
    health: () => ({ ok: journal.healthy(), callsInFlight: journal.inFlight, backlog: shipper.backlog }),
    tick,
  };
}

/** Only where something was written since the last time: a server that nobody calls leaves its disk alone. */
function whenMoved(source: { readonly end: Position }, run: () => Promise<void>): () => Promise<void> {
  let last = source.end;
  return async () => {
    const { end } = source;
    if (comparePositions(end, last) === 0) return;
    last = end;
    await run();
  };
}
