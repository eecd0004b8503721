import { collectionIds } from "../kernel/ids.ts";
import type { CollectionId, TenantId } from "../kernel/ids.ts";
import type { Database, Tx } from "./database.ts";
import { OPERATOR, tenantScope } from "./database.ts";
import { readPage } from "./files.ts";
import type { Page, PageAsk } from "./files.ts";

export type FileCounts = {
  readonly inProgress: number;
  readonly completed: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly total: number;
};

export type CollectionRecord = {
  readonly id: CollectionId;
  readonly name: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdAtMs: number;
  readonly activeAtMs: number;
  readonly usageBytes: number;
  readonly fileCounts: FileCounts;
  readonly chunkCount: number;
  /** Changes whenever what can be found changes. */
  readonly version: number;
};

const COUNTED = `SELECT c.id, c.name, c.metadata, c.created_at AS "createdAt", c.active_at AS "activeAt", c.chunk_count AS "chunkCount", c.version, f.*
  FROM collections c LEFT JOIN LATERAL (
    SELECT coalesce(sum(usage_bytes), 0)::bigint AS "usageBytes", count(*)::int AS total,
      (count(*) FILTER (WHERE status = 'in_progress'))::int AS "inProgress", (count(*) FILTER (WHERE status = 'completed'))::int AS completed,
      (count(*) FILTER (WHERE status = 'failed'))::int AS failed, (count(*) FILTER (WHERE status = 'cancelled'))::int AS cancelled
    FROM collection_files m WHERE m.tenant_id = c.tenant_id AND m.collection_id = c.id) f ON true
  WHERE c.deleted_at IS NULL`;

type CollectionRow = FileCounts & {
  readonly id: string;
  readonly name: string | null;
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdAt: Date;
  readonly activeAt: Date;
  readonly usageBytes: number;
  readonly chunkCount: number;
  readonly version: number;
};

function toCollection(row: CollectionRow): CollectionRecord {
  const { inProgress, completed, failed, cancelled, total } = row;
  return {
    id: collectionIds.parse(row.id),
    name: row.name ?? "",
    metadata: row.metadata,
    createdAtMs: row.createdAt.getTime(),
    activeAtMs: row.activeAt.getTime(),
    usageBytes: row.usageBytes,
    fileCounts: { inProgress, completed, failed, cancelled, total },
    chunkCount: row.chunkCount,
    version: row.version,
  };
}

export type NewCollection = {
  readonly id: CollectionId;
  readonly name: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly createdAtMs: number;
  /** Who made it. */
  readonly owner?: string | undefined;
};

/** Throws a unique violation of `collections_name_key` where the tenant has one of that name. */
export async function insertCollection(db: Database, tenantId: TenantId, made: NewCollection): Promise<void> {
  await db.query(
    tenantScope(tenantId),
    `INSERT INTO collections (tenant_id, id, name, metadata, created_at, active_at, owner_id) VALUES ($1, $2, $3, $4::jsonb, $5, $5, $6)`,
    [tenantId, made.id, made.name, JSON.stringify(made.metadata), new Date(made.createdAtMs), made.owner ?? ""],
  );
}

/** `onlyOwner`: another's collection is as if it were not there. */
export async function findCollection(
  db: Database,
  tenantId: TenantId,
  nameOrId: string,
  onlyOwner?: string,
): Promise<CollectionRecord | undefined> {
  const [row] = await db.query<CollectionRow>(
    tenantScope(tenantId),
    `${COUNTED} AND (c.id = $1 OR c.name = $1) AND ($2::text IS NULL OR c.owner_id = $2) ORDER BY c.id = $1 DESC LIMIT 1`,
    [nameOrId, onlyOwner ?? null],
  );
  return row === undefined ? undefined : toCollection(row);
}

/** Without what is counted: counting reads a row for each of its files. */
export async function findCollectionId(db: Database, tenantId: TenantId, nameOrId: string): Promise<CollectionId | undefined> {
  const [row] = await db.query<{ id: string }>(
    tenantScope(tenantId),
    `SELECT id FROM collections WHERE deleted_at IS NULL AND (id = $1 OR name = $1) ORDER BY id = $1 DESC LIMIT 1`,
    [nameOrId],
  );
  return row === undefined ? undefined : collectionIds.parse(row.id);
}

export async function listCollections(
  db: Database,
  tenantId: TenantId,
  ask: PageAsk & { readonly onlyOwner?: string | undefined },
): Promise<Page<CollectionRecord>> {
  const page = readPage(ask, "desc");
  const rows = await db.query<CollectionRow>(
    tenantScope(tenantId),
    `${COUNTED} AND ($1::text IS NULL OR c.id ${page.past} $1) AND ($3::text IS NULL OR c.owner_id = $3) ORDER BY c.id ${page.direction} LIMIT $2`,
    [page.cursor, page.limit + 1, ask.onlyOwner ?? null],
  );
  return page.cut(rows.map(toCollection));
}

/** Changes what is given. False: there is no such collection. Throws a unique violation as `insertCollection` does. */
export async function updateCollection(
  db: Database,
  tenantId: TenantId,
  id: CollectionId,
  to: { readonly name?: string | undefined; readonly metadata?: Readonly<Record<string, string>> | undefined },
): Promise<boolean> {
  const rows = await db.query(
    tenantScope(tenantId),
    `UPDATE collections SET name = coalesce($2, name), metadata = coalesce($3::jsonb, metadata) WHERE id = $1 AND deleted_at IS NULL RETURNING id`,
    [id, to.name ?? null, to.metadata === undefined ? null : JSON.stringify(to.metadata)],
  );
  return rows.length > 0;
}

/** From here on nothing finds it, and its name is free. What it held is cleaned away in steps. */
export async function hideCollection(db: Database, tenantId: TenantId, id: CollectionId, now: Date): Promise<boolean> {
  const rows = await db.query(
    tenantScope(tenantId),
    `UPDATE collections SET deleted_at = $2, name = NULL, version = version + 1 WHERE id = $1 AND deleted_at IS NULL RETURNING id`,
    [id, now],
  );
  return rows.length > 0;
}

/** Removes about `limit` rows of a hidden collection. True: something may be left. */
export async function dropCollectionStep(db: Database, tenantId: TenantId, id: CollectionId, limit: number): Promise<boolean> {
  const scope = tenantScope(tenantId);
  for (const [table, key] of DEPENDENTS) {
    // Up to the key that stands `limit` rows ahead: a range of the primary key, whatever the planner knows of the table.
    const gone = await db.query(
      scope,
      `DELETE FROM ${table} WHERE collection_id = $1 AND EXISTS (SELECT FROM collections WHERE id = $1 AND deleted_at IS NOT NULL)
       AND ${key} <= coalesce((SELECT ${key} FROM ${table} WHERE collection_id = $1 ORDER BY ${key} OFFSET $2 LIMIT 1),
         (SELECT max(${key}) FROM ${table} WHERE collection_id = $1)) RETURNING 1`,
      [id, limit],
    );
    if (gone.length > 0) return true;
  }
  await db.query(scope, `DELETE FROM collections WHERE id = $1 AND deleted_at IS NOT NULL`, [id]);
  return false;
}

/** What belongs to a collection, in the order in which it may go. */
const DEPENDENTS = [
  ["collection_files", "file_id"],
  ["postings", "term_id"],
  ["chunks", "no"],
  ["documents", "first_chunk"],
] as const;

/** Collections that were deleted by a process that died before all of their rows were. */
export async function findHiddenCollections(db: Database): Promise<readonly { readonly tenantId: string; readonly id: string }[]> {
  return await db.query(
    OPERATOR,
    `SELECT tenant_id AS "tenantId", id FROM collections WHERE deleted_at IS NOT NULL ORDER BY tenant_id, id LIMIT 1000`,
  );
}

/** Takes numbers for so many chunks: the first of them. undefined: the collection is gone. */
export async function takeChunkNumbers(tx: Tx, id: CollectionId, count: number): Promise<number | undefined> {
  const [row] = await tx.query<{ next: number }>(
    `UPDATE collections SET next_chunk = next_chunk + $2 WHERE id = $1 AND deleted_at IS NULL RETURNING next_chunk AS next`,
    [id, count],
  );
  return row === undefined ? undefined : row.next - count;
}

/** What can be found has changed by so much. */
export async function changeCollection(tx: Tx, id: CollectionId, by: { chunks: number; length: number; now: Date }): Promise<void> {
  await tx.query(
    `UPDATE collections SET chunk_count = chunk_count + $2, length_sum = length_sum + $3, version = version + 1, active_at = $4 WHERE id = $1`,
    [id, by.chunks, by.length, by.now],
  );
}
