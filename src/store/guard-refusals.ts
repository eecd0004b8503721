import { requestIds, tenantIds, type RequestId, type TenantId } from "../kernel/ids.ts";
import { deleteAged, type AgedTable } from "./aged-rows.ts";
import { OPERATOR, tenantScope, type Database } from "./database.ts";
import { rowsToRead, toPage, type Page, type PageAsk } from "./page.ts";

/** A request that a rule for content refused. Never content. */
export type GuardRefusal = {
  readonly requestId: RequestId;
  /** Of a key, or of a token's holder. */
  readonly keyId: string;
  readonly code: string;
  /** The classifier's own words. */
  readonly saw: string;
  readonly refusedAtMs: number;
};
export const REPORT_LABELS = ["false-positive", "correct"] as const;
export type ReportLabel = (typeof REPORT_LABELS)[number];

/** One that its caller says was a mistake. */
export type GuardReport = GuardRefusal & {
  readonly id: RequestId;
  readonly tenantId: TenantId;
  readonly slug: string;
  readonly reportedAtMs: number;
  readonly keepUntilMs: number;
  /** Key of the object that holds what the caller sent with it. */
  readonly object: string | undefined;
  readonly label: ReportLabel | undefined;
  readonly labelledAtMs: number | undefined;
};

/** Rows in one statement: some milliseconds of the embedded database. */
export const REFUSALS_A_STEP = 200;

export async function keepRefusals(db: Database, tenantId: TenantId, rows: readonly GuardRefusal[], keepUntil: Date): Promise<void> {
  for (let at = 0; at < rows.length; at += REFUSALS_A_STEP) {
    const some = rows.slice(at, at + REFUSALS_A_STEP);
    await db.query(
      tenantScope(tenantId),
      `INSERT INTO guard_refusals (tenant_id, request_id, key_id, code, saw, refused_at, keep_until)
       SELECT $1, r, k, c, s, to_timestamp(t / 1000.0), $7
       FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::float8[]) AS given (r, k, c, s, t) ON CONFLICT DO NOTHING`,
      [
        tenantId,
        some.map((row) => row.requestId),
        some.map((row) => row.keyId),
        some.map((row) => row.code),
        some.map((row) => row.saw),
        some.map((row) => row.refusedAtMs),
        keepUntil,
      ],
    );
  }
}

export type ReportOf = { readonly by: string; readonly at: Date; readonly keepUntil: Date; readonly object: string | undefined };

/** `unknown`: this tenant has no such refusal, or not any more. */
export async function findReportable(
  db: Database,
  tenantId: TenantId,
  requestId: RequestId,
  now: Date,
): Promise<"open" | "reported" | "unknown"> {
  const [row] = await db.query<{ reported: boolean }>(
    tenantScope(tenantId),
    "SELECT reported_at IS NOT NULL AS reported FROM guard_refusals WHERE tenant_id = $1 AND request_id = $2 AND keep_until > $3",
    [tenantId, requestId, now],
  );
  return row === undefined ? "unknown" : row.reported ? "reported" : "open";
}

/** Of a tenant, those that nobody has looked at. */
export async function countOpenReports(db: Database, tenantId: TenantId): Promise<number> {
  const [row] = await db.query<{ count: number }>(
    tenantScope(tenantId),
    "SELECT count(*)::int AS count FROM guard_refusals WHERE tenant_id = $1 AND reported_at IS NOT NULL AND label IS NULL",
    [tenantId],
  );
  return row?.count ?? 0;
}

/** False: it is not there, or was reported already. */
export async function reportRefusal(db: Database, tenantId: TenantId, requestId: RequestId, report: ReportOf): Promise<boolean> {
  const rows = await db.query(
    tenantScope(tenantId),
    `UPDATE guard_refusals SET reported_at = $3, reported_by = $4, keep_until = $5, object = $6
     WHERE tenant_id = $1 AND request_id = $2 AND reported_at IS NULL AND keep_until > $3 RETURNING 1`,
    [tenantId, requestId, report.at, report.by, report.keepUntil, report.object ?? null],
  );
  return rows.length > 0;
}

type ReportRow = {
  readonly tenant_id: string;
  readonly slug: string;
  readonly request_id: string;
  readonly key_id: string;
  readonly code: string;
  readonly saw: string;
  readonly refused_at: Date;
  readonly reported_at: Date;
  readonly keep_until: Date;
  readonly object: string | null;
  readonly label: ReportLabel | null;
  readonly labelled_at: Date | null;
};
const COLUMNS =
  "r.tenant_id, t.slug, r.request_id, r.key_id, r.code, r.saw, r.refused_at, r.reported_at, r.keep_until, r.object, r.label, r.labelled_at";
const REPORTED = "FROM guard_refusals r JOIN tenants t ON t.id = r.tenant_id AND t.deleted_at IS NULL WHERE r.reported_at IS NOT NULL";

/** `open`: nobody has looked at it. */
export type ReportsAsk = PageAsk & { readonly tenantId?: TenantId | undefined; readonly label?: ReportLabel | "open" | undefined };

/** In the order in which the requests were made. Without a tenant: of all of them. */
export async function listReports(db: Database, ask: ReportsAsk): Promise<Page<GuardReport>> {
  const { tenantId, label } = ask;
  const labelled = label === undefined ? "" : label === "open" ? "AND r.label IS NULL" : "AND r.label = $4";
  const rows = await db.query<ReportRow>(
    tenantId === undefined ? OPERATOR : tenantScope(tenantId),
    `SELECT ${COLUMNS} ${REPORTED} AND r.request_id > $1 AND ($3::text IS NULL OR r.tenant_id = $3) ${labelled} ORDER BY r.request_id LIMIT $2`,
    [ask.after ?? "", rowsToRead(ask), tenantId ?? null, ...(label === undefined || label === "open" ? [] : [label])],
  );
  return toPage(rows.map(toReport), ask);
}

/** Of whichever tenant. */
export async function findReport(db: Database, requestId: RequestId): Promise<GuardReport | undefined> {
  const [row] = await db.query<ReportRow>(OPERATOR, `SELECT ${COLUMNS} ${REPORTED} AND r.request_id = $1 ORDER BY r.tenant_id LIMIT 1`, [
    requestId,
  ]);
  return row === undefined ? undefined : toReport(row);
}

export async function labelReport(
  db: Database,
  { tenantId, id }: Pick<GuardReport, "tenantId" | "id">,
  given: { readonly label: ReportLabel; readonly by: string; readonly at: Date },
): Promise<void> {
  await db.query(
    tenantScope(tenantId),
    `UPDATE guard_refusals SET label = $3, labelled_by = $4, labelled_at = $5
     WHERE tenant_id = $1 AND request_id = $2 AND reported_at IS NOT NULL`,
    [tenantId, id, given.label, given.by, given.at],
  );
}

const AGED: AgedTable = { name: "guard_refusals", key: ["tenant_id", "request_id"], date: "keep_until" };

/** Those of tenants that are held stay. Returns how many. */
export const deleteOldRefusals = (db: Database, before: Date, held: ReadonlySet<string>): Promise<number> =>
  deleteAged(db, AGED, { before, held });

const toReport = (row: ReportRow): GuardReport => ({
  id: requestIds.parse(row.request_id),
  requestId: requestIds.parse(row.request_id),
  tenantId: tenantIds.parse(row.tenant_id),
  slug: row.slug,
  keyId: row.key_id,
  code: row.code,
  saw: row.saw,
  refusedAtMs: row.refused_at.getTime(),
  reportedAtMs: row.reported_at.getTime(),
  keepUntilMs: row.keep_until.getTime(),
  object: row.object ?? undefined,
  label: row.label ?? undefined,
  labelledAtMs: row.labelled_at?.getTime(),
});
