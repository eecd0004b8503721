import { monthOf } from "../kernel/clock.ts";
import { tenantIds, type TenantId } from "../kernel/ids.ts";
import { cutChain, findAnchor, listChained, type AuditAnchor } from "../store/audit-anchors.ts";
import { tenantScope, type Database } from "../store/database.ts";
import { listChain } from "../store/ledger-audit.ts";
import { createWalk } from "./audit-walk.ts";
import type { AnchorSeal } from "./chain.ts";
import type { RecordLog } from "./record-log.ts";

export type Retention = {
  /** Deletes events of whole months, but for the one under way and `months` before it, and but for tenants that are held. Returns how many. */
  deleteOld(nowMs: number, months: number, held?: ReadonlySet<string>): Promise<number>;
  /** Takes the entries out of a tenant's chain, up to the first that is not as it was written. Returns how many went. */
  cutCalls(tenantId: TenantId): Promise<number>;
};

type Deps = {
  readonly db: Database;
  readonly log: RecordLog;
  readonly anchorSeal: AnchorSeal;
  /** Drops the partitions of months before this one that are empty. */
  dropPartitions(period: string): Promise<readonly string[]>;
};

/** A transaction of some milliseconds. */
const PAGE = 250;

/**
 * Chains are cut at their beginning only, entry by entry and verified once more on the way: an anchor is never set over what was changed.
 * A late event that stands behind newer ones stays until they go too.
 */
export function createRetention({ db, log, anchorSeal, dropPartitions }: Deps): Retention {
  const cut = async (tenantId: TenantId, beforeMs: number): Promise<number> => {
    const scope = tenantScope(tenantId);
    for (let deleted = 0; ;) {
      const anchor = await findAnchor(db, scope, tenantId);
      const walk = createWalk(tenantId, [], anchor);
      const rows = await listChain(db, scope, tenantId, { afterSeq: walk.entries, limit: PAGE });
      const firstKept = rows.findIndex(({ createdAtMs }) => createdAtMs >= beforeMs);
      const old = firstKept < 0 ? rows : rows.slice(0, firstKept);
      const sealed = anchor === undefined || anchorSeal(anchor) === anchor.mac;
      const flaw = walk.check(old);
      if (!sealed || flaw !== undefined) {
        log.error("audit.not-cut", { tenantId, seq: flaw?.seq ?? anchor?.seq ?? 0, reason: flaw?.reason ?? "anchor-changed" });
        return deleted;
      }
      if (old.length === 0) return deleted;
      const { sums, suspect, chainHash, entries: seq } = walk;
      const next: Omit<AuditAnchor, "mac"> = { tenantId, seq, chainHash, suspect, ...sums };
      await cutChain(db, { ...next, mac: anchorSeal(next) }, anchor?.seq ?? 0);
      deleted += old.length;
      if (old.length < PAGE) return deleted;
    }
  };
  return {
    cutCalls: (tenantId) => cut(tenantId, Number.POSITIVE_INFINITY),
    async deleteOld(nowMs, months, held = new Set()) {
      const now = new Date(nowMs);
      const beforeMs = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, 1);
      let deleted = 0;
      for (const id of await listChained(db)) if (!held.has(id)) deleted += await cut(tenantIds.parse(id), beforeMs);
      await dropPartitions(monthOf(beforeMs));
      return deleted;
    },
  };
}
