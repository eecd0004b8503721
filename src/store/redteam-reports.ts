import { redteamIds, type RedteamId } from "../kernel/ids.ts";
import { type Database, OPERATOR } from "./database.ts";
import { rowsToRead, toPage, type Page, type PageAsk } from "./page.ts";

export type KeptReport = {
  readonly id: RedteamId;
  readonly startedAtMs: number;
  readonly keptAtMs: number;
  readonly target: string;
  readonly model: string;
  /** As it was sent. */
  readonly body: unknown;
};

/** A daily run for more than a year. The oldest make room. */
export const REDTEAM_REPORTS_MAX = 500;

type Row = {
  readonly id: string;
  readonly started_at: Date;
  readonly kept_at: Date;
  readonly target: string;
  readonly model: string;
  readonly body: unknown;
};
const COLUMNS = "id, started_at, kept_at, target, model, body";

export async function keepReport(db: Database, report: Omit<KeptReport, "body"> & { readonly body: object }): Promise<void> {
  const { id, startedAtMs, keptAtMs, target, model, body } = report;
  await db.transaction(OPERATOR, async (tx) => {
    await tx.query("INSERT INTO redteam_reports (id, started_at, kept_at, target, model, body) VALUES ($1, $2, $3, $4, $5, $6::jsonb)", [
      id,
      new Date(startedAtMs),
      new Date(keptAtMs),
      target,
      model,
      JSON.stringify(body),
    ]);
    await tx.query("DELETE FROM redteam_reports WHERE id IN (SELECT id FROM redteam_reports ORDER BY id DESC OFFSET $1)", [
      REDTEAM_REPORTS_MAX,
    ]);
  });
}

/** Newest first. */
export async function listReports(db: Database, ask: PageAsk): Promise<Page<KeptReport>> {
  const rows = await db.query<Row>(
    OPERATOR,
    `SELECT ${COLUMNS} FROM redteam_reports WHERE $1::text IS NULL OR id < $1 ORDER BY id DESC LIMIT $2`,
    [ask.after ?? null, rowsToRead(ask)],
  );
  return toPage(rows.map(toReport), ask);
}

export async function findReport(db: Database, id: RedteamId): Promise<KeptReport | undefined> {
  const [row] = await db.query<Row>(OPERATOR, `SELECT ${COLUMNS} FROM redteam_reports WHERE id = $1`, [id]);
  return row === undefined ? undefined : toReport(row);
}

/** The one before it of the same target and model. */
export async function findReportBefore(db: Database, { id, target, model }: KeptReport): Promise<KeptReport | undefined> {
  const [row] = await db.query<Row>(
    OPERATOR,
    `SELECT ${COLUMNS} FROM redteam_reports WHERE target = $1 AND model = $2 AND id < $3 ORDER BY id DESC LIMIT 1`,
    [target, model, id],
  );
  return row === undefined ? undefined : toReport(row);
}

const toReport = (row: Row): KeptReport => ({
  id: redteamIds.parse(row.id),
  startedAtMs: row.started_at.getTime(),
  keptAtMs: row.kept_at.getTime(),
  target: row.target,
  model: row.model,
  body: row.body,
});
