import { PAGE_DEFAULT, PAGE_MAX } from "../kernel/limits.ts";
import { fileIds } from "../kernel/ids.ts";
import type { FileId, TenantId } from "../kernel/ids.ts";
import { WHOLE_VIEW, type Viewer } from "../domain/principal.ts";
import type { Database, Tx } from "./database.ts";
import { OPERATOR, tenantScope } from "./database.ts";
import { createParams, listCondition, readerCondition, type Params } from "./visible.ts";

export type FileRecord = {
  readonly id: FileId;
  readonly filename: string;
  readonly purpose: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly objectKey: string;
  readonly createdAtMs: number;
};

/** `after` is the id of the last row of the page before. */
export type PageAsk = {
  readonly limit?: number | undefined;
  readonly after?: string | undefined;
  readonly before?: string | undefined;
  readonly order?: "asc" | "desc" | undefined;
};
export type Page<T> = { readonly data: readonly T[]; readonly hasMore: boolean };

const COLUMNS = `id, filename, purpose, bytes, sha256, object_key AS "objectKey", created_at AS "createdAt"`;
type FileRow = Omit<FileRecord, "id" | "createdAtMs"> & { readonly id: string; readonly createdAt: Date };

function toFile({ createdAt, ...row }: FileRow): FileRecord {
  return { ...row, id: fileIds.parse(row.id), createdAtMs: createdAt.getTime() };
}

/** `owner`: who made it. `ownerOnly`: until it stands in a collection it is theirs alone. */
export async function insertFile(
  db: Database,
  tenantId: TenantId,
  file: FileRecord,
  { owner = "", ownerOnly = false }: { readonly owner?: string | undefined; readonly ownerOnly?: boolean | undefined } = {},
): Promise<void> {
  await db.query(
    tenantScope(tenantId),
    `INSERT INTO files (tenant_id, id, filename, purpose, bytes, sha256, object_key, created_at, owner_id, owner_only) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [tenantId, file.id, file.filename, file.purpose, file.bytes, file.sha256, file.objectKey, new Date(file.createdAtMs), owner, ownerOnly],
  );
}

/** It stands in a collection, under a condition. */
const placed = (
  condition: string,
): string => `EXISTS (SELECT FROM collection_files m JOIN collections c ON c.tenant_id = m.tenant_id AND c.id = m.collection_id
  WHERE m.tenant_id = l.tenant_id AND m.file_id = l.id AND c.deleted_at IS NULL AND ${condition})`;

/**
 * A viewer's own, what stands in a collection for them to find, and what stands in none unless its uploader is of some group. Nothing that a
 * search would not show is read or downloaded.
 */
function seenBy({ reader, owner, ownOnly }: Viewer, params: Params): string {
  if (ownOnly) return `l.owner_id = ${params.add(owner)}`;
  if (reader.kind === "all") return "true";
  return `(l.owner_id = ${params.add(owner)}
    OR ${placed(`${readerCondition("m", reader, params)} AND ${listCondition("c", reader, params)}`)}
    OR (NOT l.owner_only AND NOT ${placed("true")}))`;
}

/** What the viewer may not see is as if it were not there. */
export async function findFile(db: Database, tenantId: TenantId, id: FileId, viewer: Viewer = WHOLE_VIEW): Promise<FileRecord | undefined> {
  const params = createParams([id]);
  const text = `SELECT ${COLUMNS} FROM files l WHERE l.id = $1 AND l.deleted_at IS NULL AND ${seenBy(viewer, params)}`;
  const [row] = await db.query<FileRow>(tenantScope(tenantId), text, params.values);
  return row === undefined ? undefined : toFile(row);
}

/** Ids sort by creation, so the id is the cursor. */
export async function listFiles(
  db: Database,
  tenantId: TenantId,
  ask: PageAsk & { readonly purpose?: string | undefined },
  viewer: Viewer = WHOLE_VIEW,
): Promise<Page<FileRecord>> {
  const page = readPage(ask, "desc");
  const params = createParams([ask.purpose ?? null, page.cursor, page.limit + 1]);
  const rows = await db.query<FileRow>(
    tenantScope(tenantId),
    `SELECT ${COLUMNS} FROM files l
     WHERE l.deleted_at IS NULL AND ($1::text IS NULL OR l.purpose = $1) AND ($2::text IS NULL OR l.id ${page.past} $2) AND ${seenBy(viewer, params)}
     ORDER BY l.id ${page.direction} LIMIT $3`,
    params.values,
  );
  return page.cut(rows.map(toFile));
}

/** Hides the file. False: there is none. The row itself goes with `dropFile`, once its object is gone. */
export async function hideFile(tx: Tx, id: FileId, now: Date): Promise<boolean> {
  const rows = await tx.query(`UPDATE files SET deleted_at = $2 WHERE id = $1 AND deleted_at IS NULL RETURNING id`, [id, now]);
  return rows.length > 0;
}

export async function dropFile(db: Database, tenantId: TenantId, id: FileId): Promise<void> {
  await db.query(tenantScope(tenantId), `DELETE FROM files WHERE id = $1 AND deleted_at IS NOT NULL`, [id]);
}

/** Files that were deleted by a process that died before their object was. */
export async function findHiddenFiles(
  db: Database,
): Promise<readonly { readonly tenantId: string; readonly id: string; readonly objectKey: string }[]> {
  return await db.query(
    OPERATOR,
    `SELECT tenant_id AS "tenantId", id, object_key AS "objectKey" FROM files WHERE deleted_at IS NOT NULL ORDER BY tenant_id, id LIMIT ${PAGE_MAX}`,
  );
}

/** How a page is asked for in SQL. `before` turns the direction round, and the rows are turned back. */
export function readPage(ask: PageAsk, orderDefault: "asc" | "desc") {
  const order = ask.order ?? orderDefault;
  const backwards = ask.after === undefined && ask.before !== undefined;
  const ascending = (order === "asc") !== backwards;
  const limit = Math.max(1, Math.min(ask.limit ?? PAGE_DEFAULT, PAGE_MAX));
  return {
    direction: ascending ? "ASC" : "DESC",
    past: ascending ? ">" : "<",
    cursor: ask.after ?? ask.before ?? null,
    limit,
    cut<T>(rows: readonly T[]): Page<T> {
      const data = rows.slice(0, limit);
      return { data: backwards ? data.toReversed() : data, hasMore: rows.length > limit };
    },
  } as const;
}
