import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type ProcessId, processIds } from "../kernel/ids.ts";
import { createAttempts, errorCode } from "./attempts.ts";
import { openDeadJournal } from "./dead-journal.ts";
import { type FinishDeps, finishJournal } from "./finish-journal.ts";
import { isOwned, type ProcessOwner } from "./process-owner.ts";
import type { RecordLog } from "./record-log.ts";
import { createShipLane, type LaneDeps } from "./ship-lane.ts";

/** Looks for journals whose process is gone, ships each to its end and removes it. */
export type Adopter = {
  /** One round over the folder. True where every journal of a dead process is in the ledger now. */
  run(): Promise<boolean>;
  /** To be called a few times a second: looks again once a minute, and after a failure with growing pauses. */
  tick(): void;
  stop(): Promise<void>;
};

export type AdopterDeps = LaneDeps & FinishDeps & { readonly log: RecordLog };
type Options = { readonly dir: string; readonly self: ProcessOwner; readonly ownId: ProcessId };

/** A process that nobody can look up is given up after this long, so looking more often finds nothing more. */
const LOOK_EVERY_MS = 60_000;

export function createAdopter(deps: AdopterDeps, options: Options): Adopter {
  const { clock, log } = deps;
  let stopped = false;
  let lookedAtMs: number | undefined;

  const adopt = async (processId: ProcessId): Promise<void> => {
    const journal = await openDeadJournal(options.dir, processId);
    const facts = { processId, orphans: journal.orphans, damaged: journal.damaged };
    if (journal.damaged > 0) log.error("journal.damaged", facts);
    const lane = createShipLane(deps, journal);
    while (await lane.step()) if (stopped) return;
    await finishJournal(deps, processId);
    journal.discard();
    log.warn("journal.adopted", facts);
  };

  const attempts = createAttempts(
    clock,
    async () => {
      for (const processId of listDead(options, clock.nowMs())) if (!stopped) await adopt(processId);
      lookedAtMs = clock.nowMs();
    },
    (error, pauseMs) => log.warn("journal.not-adopted", { pauseMs, code: errorCode(error) }),
  );
  return {
    run: attempts.run,
    tick() {
      const late = lookedAtMs === undefined || clock.nowMs() - lookedAtMs >= LOOK_EVERY_MS;
      if (!stopped && late && attempts.due) void attempts.run();
    },
    async stop() {
      stopped = true;
      if (!attempts.idle) await attempts.run();
    },
  };
}

function listDead({ dir, self, ownId }: Options, nowMs: number): readonly ProcessId[] {
  return readdirSync(dir)
    .filter(processIds.is)
    .filter((id) => id !== ownId && !isOwned(join(dir, id), self, nowMs))
    .toSorted();
}
