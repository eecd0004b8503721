import type { Clock } from "../kernel/clock.ts";
import { type ContentScan, createContentScan } from "../operate/index.ts";
import type { DecisionLog } from "../record/index.ts";
import type { Database } from "../store/index.ts";
import { eachTenant } from "../store/tenants.ts";
import { describeError, type Log } from "../telemetry/index.ts";
import type { ObjectParts } from "./objects.ts";
import type { PersonalData } from "./personal-data.ts";

/** Looked at every hour, done once a day: a server that is started anew each morning is looked at too. */
const LOOK_EVERY_MS = 3_600_000;
const SCAN_EVERY_MS = 24 * 3_600_000;

export type ContentScanParts = ContentScan & {
  /** Once a day, of what has come since the last time; a call in between does nothing. */
  look(): Promise<void>;
  start(): void;
  stop(): void;
};

type Deps = {
  readonly db: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly decisions: DecisionLog;
  readonly stored: Pick<ObjectParts, "contentLog">;
  readonly personalData: PersonalData;
};

/** The daily look at what was written. */
export function composeContentScan({ db, clock, log, decisions, stored, personalData }: Deps): ContentScanParts {
  const scan = createContentScan({
    db,
    files: stored.contentLog.files,
    find: personalData.find,
    decisions,
    log,
    listTenants: () => eachTenant(db),
  });
  let triedAtMs: number | undefined;
  let doneAtMs: number | undefined;
  const look = async (): Promise<void> => {
    const nowMs = clock.nowMs();
    if (triedAtMs !== undefined && nowMs - triedAtMs < SCAN_EVERY_MS) return;
    triedAtMs = nowMs;
    try {
      // What was looked at the day before is not looked at again; after one that failed, all since the last that did not is.
      await scan.run(doneAtMs);
      doneAtMs = nowMs;
    } catch (error) {
      log.warn("what is kept could not be looked at", describeError(error));
    }
  };
  let timer: ReturnType<typeof setInterval> | undefined;
  return {
    look,
    run: scan.run,
    get found() {
      return scan.found;
    },
    start() {
      timer = setInterval(() => void look(), LOOK_EVERY_MS);
      timer.unref();
    },
    stop: () => clearInterval(timer),
  };
}
