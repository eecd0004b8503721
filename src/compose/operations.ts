import type { OperationsDeps } from "../http/index.ts";
import type { Config } from "../config/index.ts";
import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { createBackup, createFileWatch, createReload, removeDrafts, type Reload } from "../operate/index.ts";
import type { Blobs } from "../object/index.ts";
import type { Engine } from "../store/index.ts";
import { listHeld } from "../store/holds.ts";
import { deleteOldRefusals } from "../store/guard-refusals.ts";
import { deleteOldPseudonyms } from "../store/pseudonyms.ts";
import { deleteOldChanges } from "../store/old-changes.ts";
import { checkpointLongLog } from "../store/write-ahead-log.ts";
import { describeError, type Log } from "../telemetry/index.ts";

export type OperatedServer = {
  readonly config: Config;
  readonly db: Engine;
  readonly clock: Clock;
  readonly log: Log;
  /** Where stored files are, where that is no folder. */
  readonly bucket: Blobs | undefined;
  readonly flush: () => Promise<void>;
  /** Deletes events of whole months, but for the one under way and so many before it, and but for tenants that are held. */
  readonly deleteOldEvents: (nowMs: number, months: number, held: ReadonlySet<string>) => Promise<number>;
  /** Reads the configuration anew; undefined: this server was not made from one that can be. */
  readonly load: (() => Promise<Config>) | undefined;
  apply(config: Config): void;
};

export type Operations = OperationsDeps & {
  start(): Promise<void>;
  stop(): void;
};

const DAY_MS = 86_400_000;
/** A write-ahead log of 64 MB is some minutes of a busy embedded server. */
const TIDY_EVERY_MS = 10 * 60_000;

/** What keeps a running server well: backups, and configurations that change under it. */
export function composeOperations(server: OperatedServer): Operations {
  const { config, db, clock, log } = server;
  const { dataDir, secret, journal } = config;
  const backup = createBackup({ db, clock, log, dataDir, secret, bucket: server.bucket, journalDir: journal.dir, flush: server.flush });
  const reloader = createReload(config, {
    apply: server.apply,
    load:
      server.load ??
      (() => Promise.reject(new Fault("conflict", { say: "This server was not started from a configuration that can be read again." }))),
  });
  const watch = createFileWatch(
    () => filesOf(reloader.config),
    async () => {
      await tellReload(reloader, log).catch(() => undefined);
    },
  );
  const reload = async (): Promise<unknown> => {
    await watch.note();
    return await tellReload(reloader, log);
  };
  const tidyUp = async (): Promise<void> => {
    try {
      await checkpointLongLog(db);
      const { eventMonths, changeDays } = reloader.config.retention;
      const changes = await deleteOldChanges(db, new Date(clock.nowMs() - changeDays * DAY_MS));
      const now = new Date(clock.nowMs());
      const held = new Set((await listHeld(db, now)).keys());
      const events = eventMonths === undefined ? 0 : await server.deleteOldEvents(clock.nowMs(), eventMonths, held);
      const pseudonyms = await deleteOldPseudonyms(db, now, held);
      const refusals = await deleteOldRefusals(db, now, held);
      if (changes + events + pseudonyms + refusals > 0) log.info("old rows were deleted", { changes, events, pseudonyms, refusals });
    } catch (error) {
      log.warn("housekeeping failed, and is tried again", describeError(error));
    }
  };
  let timer: ReturnType<typeof setInterval> | undefined;
  return {
    backup: (write, wish) => backup.write({ write }, wish),
    reload,
    async start() {
      await removeDrafts(dataDir);
      if (server.load !== undefined) await watch.start();
      timer = setInterval(() => void tidyUp(), TIDY_EVERY_MS);
      timer.unref();
    },
    stop() {
      watch.stop();
      clearInterval(timer);
    },
  };
}

const filesOf = ({ file, tls, outbound, prompts }: Config): readonly string[] => [
  ...(file === undefined ? [] : [file]),
  ...(tls?.files ?? []),
  ...prompts.files.map(({ path }) => path),
  ...(outbound.caFile === undefined ? [] : [outbound.caFile]),
];

/** Names of settings are told, never their values. */
async function tellReload(reloader: Reload, log: Log): Promise<unknown> {
  try {
    const done = await reloader.reload();
    const names = { changed: done.changed.join(" "), restartNeeded: done.restartNeeded.join(" ") };
    if (names.changed + names.restartNeeded !== "") log.info("the configuration was read again", names);
    return done;
  } catch (error) {
    if (error instanceof Fault && error.code === "conflict")
      log.error("a new configuration was refused, and the one before stays", { reason: error.message });
    else log.error("the configuration could not be read again", describeError(error));
    throw error;
  }
}
