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

export type ContentScanParts = ContentScan & { start(): void; stop(): void };

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
  let scannedAtMs: number | undefined;
  const look = (): void => {
    if (scannedAtMs !== undefined && clock.nowMs() - scannedAtMs < SCAN_EVERY_MS) return;
    scannedAtMs = clock.nowMs();
    void scan.run().catch((error: unknown) => log.warn("what is kept could not be looked at", describeError(error)));
  };
  let timer: ReturnType<typeof setInterval> | undefined;
  return {
    run: scan.run,
    get found() {
      return scan.found;
    },
    start() {
      timer = setInterval(look, LOOK_EVERY_MS);
      timer.unref();
    },
    stop: () => clearInterval(timer),
  };
}
