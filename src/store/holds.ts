import type { TenantId } from "../kernel/ids.ts";
import { OPERATOR } from "./database.ts";
import type { Database } from "./database.ts";

/** Stands for the whole tenant where an end user's row would stand. */
export const WHOLE_TENANT = "";

/** Why nothing may be erased, and until when; without `untilMs` until it is lifted. */
export type Hold = {
  readonly reason: string;
  readonly untilMs: number | undefined;
  readonly setAtMs: number;
  readonly setBy: string;
};

type HoldRow = { readonly reason: string; readonly until_at: Date | null; readonly set_at: Date; readonly set_by: string };
const COLUMNS = "reason, until_at, set_at, set_by";
const toHold = (row: HoldRow): Hold => ({
  reason: row.reason,
  untilMs: row.until_at?.getTime(),
  setAtMs: row.set_at.getTime(),
  setBy: row.set_by,
});

/** An end user that is held, and the digests by which records name them; `WHOLE_TENANT` without any. */
export type HeldSubject = { readonly id: string; readonly digests: readonly string[] };

/** In place of the one that there is. */
export async function setHold(db: Database, tenantId: TenantId, on: HeldSubject, hold: Hold): Promise<void> {
  await db.query(
    OPERATOR,
    `INSERT INTO holds (tenant_id, subject_id, digests, reason, until_at, set_at, set_by) VALUES ($1, $2, $3, $4, $5, $6, $7)
     ON CONFLICT (tenant_id, subject_id) DO UPDATE SET digests = excluded.digests, reason = excluded.reason, until_at = excluded.until_at, set_at = excluded.set_at, set_by = excluded.set_by`,
    [
      tenantId,
      on.id,
      on.digests,
      hold.reason,
      hold.untilMs === undefined ? null : new Date(hold.untilMs),
      new Date(hold.setAtMs),
      hold.setBy,
    ],
  );
}

/** False: there was none. */
export async function liftHold(db: Database, tenantId: TenantId, subjectId: string): Promise<boolean> {
  const rows = await db.query(OPERATOR, "DELETE FROM holds WHERE tenant_id = $1 AND subject_id = $2 RETURNING 1", [tenantId, subjectId]);
  return rows.length > 0;
}

/** Of exactly this name, in force at `now`. */
export async function findHold(db: Database, tenantId: TenantId, subjectId: string, now: Date): Promise<Hold | undefined> {
  const [row] = await db.query<HoldRow>(
    OPERATOR,
    `SELECT ${COLUMNS} FROM holds WHERE tenant_id = $1 AND subject_id = $2 AND (until_at IS NULL OR until_at > $3)`,
    [tenantId, subjectId, now],
  );
  return row === undefined ? undefined : toHold(row);
}

/** Any that is in force in the tenant: what stands against erasing all of it. The longest first. */
async function findAnyHold(db: Database, tenantId: TenantId, now: Date): Promise<Hold | undefined> {
  const [row] = await db.query<HoldRow>(
    OPERATOR,
    `SELECT ${COLUMNS} FROM holds WHERE tenant_id = $1 AND (until_at IS NULL OR until_at > $2) ORDER BY until_at DESC NULLS FIRST LIMIT 1`,
    [tenantId, now],
  );
  return row === undefined ? undefined : toHold(row);
}

/** What stands against erasing something: all of a tenant (`subjectId` is undefined), or one of its end users. */
export async function findHoldAgainst(
  db: Database,
  on: { readonly tenantId: TenantId; readonly subjectId: string | undefined },
  now: Date,
): Promise<Hold | undefined> {
  const { tenantId, subjectId } = on;
  if (subjectId === undefined) return await findAnyHold(db, tenantId, now);
  return (await findHold(db, tenantId, WHOLE_TENANT, now)) ?? (await findHold(db, tenantId, subjectId, now));
}

/** What is held of a tenant: all of it, or the end users that records name by these digests. */
export type Held = { readonly whole: boolean; readonly digests: ReadonlySet<string> };

/** Everything that is held now, by tenant. */
export async function listHeld(db: Database, now: Date): Promise<ReadonlyMap<string, Held>> {
  const rows = await db.query<{ tenant: string; subject: string; digests: string[] }>(
    OPERATOR,
    "SELECT tenant_id AS tenant, subject_id AS subject, digests FROM holds WHERE until_at IS NULL OR until_at > $1",
    [now],
  );
  const held = new Map<string, { whole: boolean; digests: Set<string> }>();
  for (const { tenant, subject, digests } of rows) {
    const one = held.get(tenant) ?? { whole: false, digests: new Set() };
    held.set(tenant, one);
    one.whole ||= subject === WHOLE_TENANT;
    for (const digest of digests) one.digests.add(digest);
  }
  return held;
}
