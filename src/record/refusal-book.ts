import type { TenantId } from "../kernel/ids.ts";
import { createWriteBehind } from "../kernel/write-behind.ts";
import type { GuardRefusal } from "../store/guard-refusals.ts";

/** Requests that rules for content refused, so that their callers can say that it was a mistake. */
export type RefusalBook = {
  /** Written within a second, together with others; it never fails and never waits. */
  keep(tenantId: TenantId, refusal: GuardRefusal): void;
  /** All that was kept before is in the database when it resolves, or counted as lost. */
  flush(): Promise<void>;
  start(): void;
  /** Writes what is held, and stops. */
  close(): Promise<void>;
};

export type RefusalBookDeps = {
  write(tenantId: TenantId, rows: readonly GuardRefusal[]): Promise<void>;
  onLost(error: unknown, count: number): void;
};

/** Of one key in a minute: somebody who reports looks at each, and an attacker's flood must not fill a table. */
export const KEPT_A_MINUTE = 10;
/** What a database that is away lets pile up in memory: some megabytes. More cannot be reported. */
export const HELD_REFUSALS_MAX = 10_000;
const MINUTE_MS = 60_000;

export function createRefusalBook({ write, onLost }: RefusalBookDeps, heldMax: number = HELD_REFUSALS_MAX): RefusalBook {
  const { add, flush, start, close } = createWriteBehind<GuardRefusal>({ write, onLost, waitingMax: heldMax });
  const counts = new Map<string, number>();
  let minute = 0;
  const isOneTooMany = ({ keyId, refusedAtMs }: GuardRefusal): boolean => {
    const now = Math.floor(refusedAtMs / MINUTE_MS);
    if (now !== minute) counts.clear();
    minute = now;
    const count = (counts.get(keyId) ?? 0) + 1;
    counts.set(keyId, count);
    return count > KEPT_A_MINUTE;
  };
  return {
    keep(tenantId, refusal) {
      if (!isOneTooMany(refusal)) add(tenantId, refusal.requestId, refusal);
    },
    flush,
    start,
    close,
  };
}
