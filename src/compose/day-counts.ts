import type { Clock } from "../kernel/clock.ts";
import type { TenantId } from "../kernel/ids.ts";

/** Calls of each tenant since midnight UTC, as far as this process knows. */
export type DayCounts = {
  /** One call more. */
  add(tenantId: TenantId): void;
  /**
   * Those of this process; and, from shortly after it was first asked for, what the ledger had then of others and of processes before.
   * What other replicas answer later is not in it. The call that asks is one of them: it was added before, or is `dry` and never will be.
   */
  of(tenantId: TenantId, dry?: boolean): number;
};

type Deps = {
  readonly clock: Pick<Clock, "nowMs">;
  /** Calls in the ledger from then on. */
  findEarlier(tenantId: TenantId, fromMs: number): Promise<number>;
  failed(error: unknown): void;
};

const DAY_MS = 86_400_000;
/** A count is a few words of memory, and a tenant beyond so many begins anew. */
const TENANTS_MAX = 100_000;

type Count = { own: number; earlier: number | undefined };

export function createDayCounts({ clock, findEarlier, failed }: Deps): DayCounts {
  let day = -1;
  const counts = new Map<TenantId, Count>();

  const countOf = (tenantId: TenantId): Count => {
    const today = Math.floor(clock.nowMs() / DAY_MS);
    if (today !== day) {
      day = today;
      counts.clear();
    }
    const known = counts.get(tenantId);
    if (known !== undefined) return known;
    if (counts.size >= TENANTS_MAX) for (const oldest of counts.keys()) if (counts.delete(oldest)) break;
    const fresh: Count = { own: 0, earlier: undefined };
    counts.set(tenantId, fresh);
    return fresh;
  };
  /** The ledger has this process's own by now, all but the one that asks: none of them counts twice. */
  const look = (tenantId: TenantId, count: Count, dry: boolean): void => {
    const own = Math.max(0, count.own - (dry ? 0 : 1));
    count.earlier = 0;
    findEarlier(tenantId, day * DAY_MS).then((calls) => (count.earlier = Math.max(0, calls - own)), failed);
  };

  return {
    add: (tenantId) => void countOf(tenantId).own++,
    of(tenantId, dry = false) {
      const count = countOf(tenantId);
      if (count.earlier === undefined) look(tenantId, count, dry);
      return count.own + (count.earlier ?? 0) + (dry ? 1 : 0);
    },
  };
}
