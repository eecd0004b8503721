import type { Rollout, RolloutChange, RolloutCounts, RolloutGates, RolloutVariant } from "../domain/rollout.ts";
import type { RolloutState, RolloutUnit } from "../domain/rollout-words.ts";
import { Fault } from "../kernel/fault.ts";
import { rolloutIds, tenantIds, type ProcessId, type RolloutId, type TenantId } from "../kernel/ids.ts";
import { type Database, OPERATOR, tenantScope } from "./database.ts";
import { PLATFORM_CHAIN } from "./decisions.ts";
import { rowsToRead, toPage, type Page, type PageAsk } from "./page.ts";
import { isUniqueViolation } from "./sql-error.ts";

export type RolloutRecord = Rollout & {
  /** Whose row it is: the platform's own id where `tenantId` is undefined. */
  readonly ownerId: TenantId;
  readonly createdAtMs: number;
  readonly createdBy: string;
};

export const ROLLOUT_ACTS = ["start", "promote", "finish", "rollback", "pause", "resume"] as const;
export type RolloutAct = (typeof ROLLOUT_ACTS)[number];
/** Who decides where the gates do. */
export const BY_SERVER = "server";

/** One gate, as both variants stood then. */
export type HistoryFigure = { readonly gate: string; readonly candidate: number; readonly baseline: number; readonly limit: number };
export type RolloutMove = {
  readonly atMs: number;
  readonly act: RolloutAct;
  readonly share: number;
  readonly by: string;
  readonly reason: string;
  readonly compared: readonly HistoryFigure[];
};

type RolloutRow = {
  readonly tenant_id: string;
  readonly id: string;
  readonly change: RolloutChange;
  readonly gates: Readonly<Record<keyof RolloutGates, number | undefined>>;
  readonly unit: RolloutUnit;
  readonly steps: number[];
  readonly step: number;
  readonly step_at: Date;
  readonly state: RolloutState;
  readonly created_at: Date;
  readonly created_by: string;
};
const COLUMNS = "tenant_id, id, change, gates, unit, steps, step, step_at, state, created_at, created_by";

function toRecord(row: RolloutRow): RolloutRecord {
  const ownerId = tenantIds.parse(row.tenant_id);
  const { callsMin = 0, stepSeconds = 0, failuresAbove, latencyRatio, costRatio, scoreBelow } = row.gates;
  return {
    id: rolloutIds.parse(row.id),
    ownerId,
    tenantId: ownerId === PLATFORM_CHAIN ? undefined : ownerId,
    change: row.change,
    unit: row.unit,
    steps: row.steps,
    step: row.step,
    gates: { callsMin, stepSeconds, failuresAbove, latencyRatio, costRatio, scoreBelow },
    state: row.state,
    stepAtMs: row.step_at.getTime(),
    createdAtMs: row.created_at.getTime(),
    createdBy: row.created_by,
  };
}

function only(rows: readonly RolloutRow[]): RolloutRecord {
  const [row] = rows;
  if (row === undefined) throw new Fault("not_found", { say: "The rollout does not exist." });
  return toRecord(row);
}

/** `subject` is what is changed: there is one open rollout of it at a time. Throws `conflict` where there is one already. */
export async function insertRollout(db: Database, rollout: RolloutRecord, subject: string): Promise<void> {
  const { ownerId, id, change, gates, unit, steps, step, stepAtMs, state, createdAtMs, createdBy } = rollout;
  try {
    await db.query(
      OPERATOR,
      `INSERT INTO rollouts (tenant_id, id, kind, subject, change, gates, unit, steps, step, step_at, state, created_at, created_by)
       VALUES ($1, $2, $3, $4, $5::jsonb, $6::jsonb, $7, $8, $9, $10, $11, $12, $13)`,
      [
        ownerId,
        id,
        change.kind,
        subject,
        JSON.stringify(change),
        JSON.stringify(gates),
        unit,
        steps,
        step,
        new Date(stepAtMs),
        state,
        new Date(createdAtMs),
        createdBy,
      ],
    );
  } catch (error) {
    if (isUniqueViolation(error, "rollouts_open"))
      throw new Fault("conflict", { say: "A rollout of this is under way. It must end first: POST …/rollback or …/promote ends it." });
    throw error;
  }
}

/** Locked until the transaction ends, which `db` belongs to. Throws `not_found`. */
export const lockRollout = async (db: Database, ownerId: TenantId, id: RolloutId): Promise<RolloutRecord> =>
  only(await db.query<RolloutRow>(OPERATOR, `SELECT ${COLUMNS} FROM rollouts WHERE tenant_id = $1 AND id = $2 FOR UPDATE`, [ownerId, id]));

/** Its new state, and how it came to be, as one. */
export async function moveRollout(db: Database, rollout: RolloutRecord, move: RolloutMove): Promise<void> {
  const { ownerId, id, state, step, stepAtMs } = rollout;
  await db.query(OPERATOR, "UPDATE rollouts SET state = $3, step = $4, step_at = $5 WHERE tenant_id = $1 AND id = $2", [
    ownerId,
    id,
    state,
    step,
    new Date(stepAtMs),
  ]);
  await db.query(
    OPERATOR,
    `INSERT INTO rollout_history (tenant_id, rollout_id, seq, at, act, share, by, reason, compared)
     SELECT $1, $2, coalesce(max(seq), 0) + 1, $3, $4, $5, $6, $7, $8::jsonb FROM rollout_history WHERE tenant_id = $1 AND rollout_id = $2`,
    [ownerId, id, new Date(move.atMs), move.act, move.share, move.by, move.reason, JSON.stringify(move.compared)],
  );
}

/** Throws `not_found`. */
export const getRollout = async (db: Database, ownerId: TenantId, id: RolloutId): Promise<RolloutRecord> =>
  only(await db.query<RolloutRow>(tenantScope(ownerId), `SELECT ${COLUMNS} FROM rollouts WHERE tenant_id = $1 AND id = $2`, [ownerId, id]));

/** In the order of their making unless `order` is `desc`. */
export type RolloutAsk = PageAsk & { readonly state?: RolloutState | undefined; readonly order?: "asc" | "desc" | undefined };

export async function listRollouts(db: Database, ownerId: TenantId, ask: RolloutAsk): Promise<Page<RolloutRecord>> {
  const back = ask.order === "desc";
  const text = `SELECT ${COLUMNS} FROM rollouts
    WHERE tenant_id = $1 AND ($2::text IS NULL OR id ${back ? "<" : ">"} $2) AND ($4::text IS NULL OR state = $4)
    ORDER BY id ${back ? "DESC" : ""} LIMIT $3`;
  const rows = await db.query<RolloutRow>(tenantScope(ownerId), text, [ownerId, ask.after ?? null, rowsToRead(ask), ask.state ?? null]);
  return toPage(rows.map(toRecord), ask);
}

type MoveRow = Omit<RolloutMove, "atMs"> & { readonly at: Date };

/** Oldest first. A rollout has a dozen. */
export async function listMoves(db: Database, ownerId: TenantId, id: RolloutId): Promise<readonly RolloutMove[]> {
  const text = "SELECT at, act, share, by, reason, compared FROM rollout_history WHERE tenant_id = $1 AND rollout_id = $2 ORDER BY seq";
  const rows = await db.query<MoveRow>(tenantScope(ownerId), text, [ownerId, id]);
  return rows.map(({ at, ...move }) => ({ ...move, atMs: at.getTime() }));
}

/** More would be read every few seconds. */
const IN_FORCE_MAX = 4000;
const IN_FORCE = `SELECT ${COLUMNS} FROM rollouts r
  WHERE (state IN ('running', 'paused') OR (state = 'finished' AND kind = 'model' AND id = (
    SELECT max(n.id) FROM rollouts n WHERE n.tenant_id = r.tenant_id AND n.kind = 'model' AND n.subject = r.subject AND n.state = 'finished')))
    AND (tenant_id = $1 OR EXISTS (SELECT FROM tenants t WHERE t.id = r.tenant_id AND t.deleted_at IS NULL))
  ORDER BY state = 'finished', tenant_id <> $1, id DESC LIMIT $2`;

/**
 * Of the platform and all its tenants, oldest first: open ones, and of each model the newest that has taken its place for good. Where there are
 * more than `most`, all that are open come before those that ended, then the platform's before tenants', then the newest.
 */
export async function listInForce(db: Database, most = IN_FORCE_MAX): Promise<readonly RolloutRecord[]> {
  const rows = await db.query<RolloutRow>(OPERATOR, IN_FORCE, [PLATFORM_CHAIN, most]);
  return rows.map(toRecord).toSorted((a, b) => (a.id < b.id ? -1 : 1));
}

/** What one process has counted so far at one step. */
export type CountsRow = {
  readonly ownerId: TenantId;
  readonly rolloutId: RolloutId;
  readonly step: number;
  readonly variant: RolloutVariant;
  readonly counts: RolloutCounts;
};

/** In place of what this process said before. Of rollouts that are gone nothing is written. */
export async function saveCounts(db: Database, processId: ProcessId, rows: readonly CountsRow[]): Promise<void> {
  if (rows.length === 0) return;
  await db.query(
    OPERATOR,
    `INSERT INTO rollout_counts (tenant_id, rollout_id, step, variant, process_id, counts)
     SELECT g."ownerId", g."rolloutId", g.step, g.variant, $1, g.counts
     FROM jsonb_to_recordset($2::jsonb) AS g ("ownerId" text, "rolloutId" text, step integer, variant text, counts jsonb)
     JOIN rollouts r ON r.tenant_id = g."ownerId" AND r.id = g."rolloutId"
     ON CONFLICT (tenant_id, rollout_id, step, variant, process_id) DO UPDATE SET counts = excluded.counts`,
    [processId, JSON.stringify(rows)],
  );
}

/** Of one rollout, what each process counted. */
export async function listCounts(
  db: Database,
  ownerId: TenantId,
  id: RolloutId,
): Promise<readonly Pick<CountsRow, "step" | "variant" | "counts">[]> {
  const text = "SELECT step, variant, counts FROM rollout_counts WHERE tenant_id = $1 AND rollout_id = $2";
  return await db.query<Pick<CountsRow, "step" | "variant" | "counts">>(tenantScope(ownerId), text, [ownerId, id]);
}

/** False: another process decides at this moment. Held until the transaction ends, which `db` belongs to. */
export async function takeLead(db: Database): Promise<boolean> {
  const [row] = await db.query<{ lead: boolean }>(OPERATOR, "SELECT pg_try_advisory_xact_lock(hashtext('weir.rollouts')) AS lead");
  return row?.lead === true;
}
