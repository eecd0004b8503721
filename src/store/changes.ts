import { tenantIds } from "../kernel/ids.ts";
import type { TenantId } from "../kernel/ids.ts";
import { LOOKUP } from "./database.ts";
import type { Database } from "./database.ts";

/** A tenant or key was made, changed, revoked or deleted, an end user erased, or a policy of the platform approved, a provider taken out or back in: what is cached of it is stale. */
export type Change = {
  /** Grows; numbers become visible in order, so a poller that remembers the last one misses none. */
  readonly seq: number;
  readonly kind: "tenant" | "key" | "subject" | "policy" | "provider";
  readonly tenantId: TenantId;
  readonly id: string;
};

/** One poll reads at most this many: the rest comes with the next. */
const CHANGES_MAX = 1000;

/** In order of `seq`. */
export async function listChangesSince(db: Database, seq: number): Promise<readonly Change[]> {
  const rows = await db.query<{ seq: number; kind: Change["kind"]; tenant_id: string; id: string }>(
    LOOKUP,
    "SELECT seq, kind, tenant_id, id FROM changes WHERE seq > $1 ORDER BY seq LIMIT $2",
    [seq, CHANGES_MAX],
  );
  return rows.map((row) => ({ seq: row.seq, kind: row.kind, tenantId: tenantIds.parse(row.tenant_id), id: row.id }));
}

/** Where a process that has cached nothing yet begins: 0 when nothing ever changed. */
export async function findLastChange(db: Database): Promise<number> {
  const [row] = await db.query<{ seq: number }>(LOOKUP, "SELECT coalesce(max(seq), 0) AS seq FROM changes");
  return row?.seq ?? 0;
}
