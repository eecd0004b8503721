import type { Rollout } from "../../domain/rollout.ts";
import type { Principal } from "../../domain/principal.ts";
import type { Clock } from "../../kernel/clock.ts";
import type { ProcessId, TenantId } from "../../kernel/ids.ts";
import type { Changed, DecisionLog } from "../../record/index.ts";
import type { Database } from "../../store/database.ts";
import type { RolloutAct, RolloutRecord } from "../../store/rollouts.ts";
import type { VersionWrite } from "../../store/versions.ts";

/** What rollouts of versions need of those who release them. */
export type RolledVersions = {
  /** What is changed, by a word, for there may be one rollout of it. Throws where `who` may not take this version into production. */
  checkStart(who: Principal, ownerId: TenantId, change: Rollout["change"]): Promise<string>;
  /** Everybody has it: into production, in the transaction that ends the rollout. What that changed. */
  release(at: VersionWrite, change: Rollout["change"]): Promise<Changed | undefined>;
  /** That is committed. */
  released(rollout: RolloutRecord): Promise<void>;
};

export type RolloutDeps = {
  readonly db: Database;
  readonly clock: Pick<Clock, "nowMs">;
  readonly decisions: Pick<DecisionLog, "change">;
  readonly versions: RolledVersions;
  readonly processId: ProcessId;
  readonly log: {
    info(message: string, fields?: Readonly<Record<string, string | number>>): void;
    warn(message: string, fields?: Readonly<Record<string, string | number>>): void;
  };
  /** Told of each move that this process made. */
  moved(act: RolloutAct): void;
};

/**
 * Between two looks of a process at counts and rollouts. A rollback reaches every replica in this time, a promotion takes the settling
 * time below.
 */
export const LOOK_EVERY_MS = 2_000;
/** A new share counts from this much later on: by then every process has looked twice, so that all change at one moment. */
export const SETTLE_MS = 5_000;
