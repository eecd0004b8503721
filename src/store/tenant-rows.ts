import type { TenantId } from "../kernel/ids.ts";
import { OPERATOR } from "./database.ts";
import type { Database, Row } from "./database.ts";
import { quoteName } from "./quote-name.ts";

/** Rows in one statement: a few milliseconds. */
const ROWS_A_STEP = 500;
/** By these columns a row names an end user: the row in `subjects`, or the digest in records. */
const SUBJECT_COLUMNS = { row: "subject_id", digest: "end_user_digest" } as const;

/** A table with rows of tenants, as the catalogue shows it. */
export type TenantTable = {
  readonly name: string;
  readonly isPartitioned: boolean;
  readonly subjectColumns: readonly ("subject_id" | "end_user_digest")[];
};

/** What of a tenant remains in a table, as a condition on its rows ($1 is the tenant), and what it is. */
type Remains = { readonly rows: string; readonly what: string };

/**
 * What stays of an erased tenant: no word of its own, and enough that its chains verify and the platform's sums are right. Everything else of
 * it goes, in whatever table it stands.
 */
export const REMAINS: Readonly<Record<string, Remains>> = {
  audit_heads: { rows: "true", what: "the end of the chain of calls: a number, a hash, a seal" },
  audit_anchors: { rows: "true", what: "where the chain of calls was cut: a number, a hash, sums, a seal" },
  decision_heads: { rows: "true", what: "the end of the chain of decisions: a number, a hash, a seal" },
  decision_anchors: { rows: "true", what: "where the chain of decisions was cut: a number, a hash, a seal" },
  usage_hours: { rows: "key_id = ''", what: "calls, tokens and cost of each hour, without key, team, feature or model" },
  usage_days: {
    rows: "key_id = '' AND model = '' AND provider = '' AND team = '' AND feature = ''",
    what: "the same of each day",
  },
  usage_open_days: { rows: "true", what: "which days' hours are to be added up" },
  changes: {
    rows: "kind = 'tenant' AND seq = (SELECT max(seq) FROM changes WHERE tenant_id = $1 AND kind = 'tenant')",
    what: "the word that the tenant is gone, until every replica has heard it (retention.changeDays)",
  },
};

type CatalogueRow = { name: string; partitioned: boolean; columns: string[]; refers: string[]; readable: boolean };

/** Every table of the schema, as it really is. */
const TABLES = `SELECT c.relname::text AS name, c.relkind = 'p' AS partitioned, has_table_privilege('weir_operator', c.oid, 'SELECT') AS readable,
    ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped) AS columns,
    ARRAY(SELECT t.relname::text FROM pg_constraint k JOIN pg_class t ON t.oid = k.confrelid WHERE k.conrelid = c.oid AND k.contype = 'f') AS refers
  FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1`;

/** Every table with a tenant's rows but `tenants` itself, those first that nothing refers to any more once the ones before are empty. */
export async function listTenantTables(db: Database): Promise<readonly TenantTable[]> {
  const rows = await db.query<CatalogueRow>(OPERATOR, TABLES);
  const tables = rows.filter(({ name, columns }) => name !== "tenants" && columns.includes("tenant_id"));
  return inOrder(tables).map(({ name, partitioned, columns }) => ({
    name,
    isPartitioned: partitioned,
    subjectColumns: Object.values(SUBJECT_COLUMNS).filter((column) => columns.includes(column)),
  }));
}

function inOrder(tables: readonly CatalogueRow[]): readonly CatalogueRow[] {
  let left = tables;
  const ordered: CatalogueRow[] = [];
  while (left.length > 0) {
    const free = left.filter(({ name }) => !left.some((other) => other.name !== name && other.refers.includes(name)));
    if (free.length === 0) throw new Error("tables refer to each other in a circle, so none can be emptied first");
    ordered.push(...free);
    left = left.filter((table) => !free.includes(table));
  }
  return ordered;
}

const goesOf = (table: string): string => (REMAINS[table] === undefined ? "true" : `NOT (${REMAINS[table].rows})`);

/** Rows of the tenant that are to go. */
export async function countTenantRows(db: Database, table: string, tenantId: TenantId): Promise<number> {
  return await count(db, `SELECT count(*) AS count FROM ${quoteName(table)} WHERE tenant_id = $1 AND ${goesOf(table)}`, [tenantId]);
}

/** Rows of the tenant that remain. */
export async function countRemains(db: Database, table: string, tenantId: TenantId): Promise<number> {
  const rows = REMAINS[table]?.rows ?? "false";
  return await count(db, `SELECT count(*) AS count FROM ${quoteName(table)} WHERE tenant_id = $1 AND ${rows}`, [tenantId]);
}

/** Deletes them, a step at a time. */
export async function deleteTenantRows(db: Database, table: TenantTable, tenantId: TenantId): Promise<void> {
  await deleteWhere(db, table, `tenant_id = $1 AND ${goesOf(table.name)}`, [tenantId]);
}

/** Which end user: the row in `subjects`, and the digests in records. */
export type SubjectNames = { readonly row: string; readonly digests: readonly string[] };

export async function countSubjectRows(db: Database, table: TenantTable, tenantId: TenantId, names: SubjectNames): Promise<number> {
  return await count(db, `SELECT count(*) AS count FROM ${quoteName(table.name)} WHERE ${ofSubject(table)}`, [
    tenantId,
    [names.row, ...names.digests],
  ]);
}

export async function deleteSubjectRows(db: Database, table: TenantTable, tenantId: TenantId, names: SubjectNames): Promise<void> {
  await deleteWhere(db, table, ofSubject(table), [tenantId, [names.row, ...names.digests]]);
}

const ofSubject = ({ subjectColumns }: TenantTable): string =>
  `tenant_id = $1 AND (${subjectColumns.map((column) => `${column} = ANY ($2::text[])`).join(" OR ")})`;

async function deleteWhere(
  db: Database,
  { name, isPartitioned }: TenantTable,
  where: string,
  params: readonly (string | readonly string[])[],
): Promise<void> {
  // By their places, which costs no second search. Of a partitioned table a place is one in each partition.
  const rows = isPartitioned
    ? `(tableoid, ctid) IN (SELECT tableoid, ctid FROM ${quoteName(name)} WHERE ${where} LIMIT ${ROWS_A_STEP})`
    : `ctid = ANY (ARRAY(SELECT ctid FROM ${quoteName(name)} WHERE ${where} LIMIT ${ROWS_A_STEP}))`;
  const text = `DELETE FROM ${quoteName(name)} WHERE tenant_id = $1 AND ${rows} RETURNING 1`;
  for (let deleted = ROWS_A_STEP; deleted === ROWS_A_STEP;) deleted = (await db.query(OPERATOR, text, params)).length;
}

/** Sums of the hours without the tenant's own words, a day of hours at a time. */
export async function stripTenantHours(db: Database, tenantId: TenantId): Promise<void> {
  const numbers = ["calls", "refused", "input_tokens", "output_tokens", "cached_tokens", "cost_micro_usd"];
  const text = `WITH hours AS (
      SELECT DISTINCT hour_at FROM usage_hours WHERE tenant_id = $1 AND key_id <> '' LIMIT 24
    ), gone AS (
      DELETE FROM usage_hours u USING hours h WHERE u.tenant_id = $1 AND u.hour_at = h.hour_at AND u.key_id <> '' RETURNING u.*
    ), opened AS (
      INSERT INTO usage_open_days (tenant_id, day_at) SELECT DISTINCT tenant_id, date_trunc('day', hour_at, 'UTC') FROM gone ON CONFLICT DO NOTHING
    )
    INSERT INTO usage_hours AS kept (tenant_id, hour_at, key_id, outcome, model, provider, team, feature, ${numbers.join(", ")})
    SELECT tenant_id, hour_at, '', outcome, '', '', '', '', ${numbers.map((name) => `sum(${name})::bigint`).join(", ")}
    FROM gone GROUP BY tenant_id, hour_at, outcome
    ON CONFLICT (tenant_id, hour_at, key_id, outcome, model, provider, team, feature)
    DO UPDATE SET ${numbers.map((name) => `${name} = kept.${name} + excluded.${name}`).join(", ")} RETURNING 1`;
  while ((await db.query(OPERATOR, text, [tenantId])).length > 0);
}

/** The row of the tenant itself, salt included: the last to go. */
export async function dropTenant(db: Database, tenantId: TenantId): Promise<void> {
  await db.query(OPERATOR, "DELETE FROM tenants WHERE id = $1 AND deleted_at IS NOT NULL", [tenantId]);
}

/** Rows that name the tenant where no column says so: of tables without `tenant_id`, but for those of the platform's own about erasures. */
export async function countMentions(db: Database, tenantId: TenantId, known: ReadonlySet<string>): Promise<ReadonlyMap<string, number>> {
  const tables = await db.query<CatalogueRow>(OPERATOR, TABLES);
  const open = tables.filter(({ name, columns, readable }) => readable && !columns.includes("tenant_id") && !known.has(name));
  const found = new Map<string, number>();
  for (const { name } of open) {
    const text = `SELECT count(*) AS count FROM ${quoteName(name)} t WHERE strpos(to_jsonb(t)::text, $1) > 0`;
    found.set(name, await count(db, text, [tenantId]));
  }
  return found;
}

async function count(db: Database, text: string, params: readonly (string | readonly string[])[]): Promise<number> {
  const [row] = await db.query<Row & { count: number }>(OPERATOR, text, params);
  return row?.count ?? 0;
}
