import { fileIds, type CollectionId, type FileId, type TenantId } from "../kernel/ids.ts";
import type { Database } from "./database.ts";
import { tenantScope } from "./database.ts";

/** What a run did. `waiting`: documents that it has given to the index, which may not be done with them. */
export type SourceCounts = {
  readonly seen: number;
  readonly added: number;
  readonly changed: number;
  readonly removed: number;
  readonly unchanged: number;
  readonly refused: number;
};

export type SourceState = {
  readonly state: "idle" | "running" | "failed";
  readonly cursor: string | undefined;
  readonly startedAtMs: number | undefined;
  readonly finishedAtMs: number | undefined;
  readonly error: string | undefined;
  readonly counts: Partial<SourceCounts>;
};

type StateRow = {
  readonly state: SourceState["state"];
  readonly cursor: string | null;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly error: string | null;
  readonly counts: Partial<SourceCounts>;
};

export async function findSource(db: Database, tenantId: TenantId, name: string): Promise<SourceState | undefined> {
  const [row] = await db.query<StateRow>(
    tenantScope(tenantId),
    `SELECT state, cursor, started_at AS "startedAt", finished_at AS "finishedAt", error, counts FROM sources WHERE name = $1`,
    [name],
  );
  if (row === undefined) return undefined;
  return {
    state: row.state,
    cursor: row.cursor ?? undefined,
    startedAtMs: row.startedAt?.getTime(),
    finishedAtMs: row.finishedAt?.getTime(),
    error: row.error ?? undefined,
    counts: row.counts,
  };
}

/** A run begins. */
export async function startSource(db: Database, tenantId: TenantId, name: string, now: Date): Promise<void> {
  await db.query(
    tenantScope(tenantId),
    `INSERT INTO sources (tenant_id, name, state, started_at) VALUES ($1, $2, 'running', $3)
     ON CONFLICT (tenant_id, name) DO UPDATE SET state = 'running', started_at = excluded.started_at, finished_at = NULL, error = NULL, counts = '{}'`,
    [tenantId, name, now],
  );
}

export async function noteCounts(db: Database, tenantId: TenantId, name: string, counts: SourceCounts): Promise<void> {
  await db.query(tenantScope(tenantId), "UPDATE sources SET counts = $2::jsonb WHERE name = $1", [name, JSON.stringify(counts)]);
}

/** `cursor` undefined: the one before stays. */
export async function endSource(
  db: Database,
  tenantId: TenantId,
  name: string,
  end: { readonly now: Date; readonly cursor?: string | undefined; readonly error?: string | undefined; readonly counts: SourceCounts },
): Promise<void> {
  await db.query(
    tenantScope(tenantId),
    `UPDATE sources SET state = $2, finished_at = $3, error = $4, counts = $5::jsonb, cursor = coalesce($6, cursor) WHERE name = $1`,
    [name, end.error === undefined ? "idle" : "failed", end.now, end.error ?? null, JSON.stringify(end.counts), end.cursor ?? null],
  );
}

/** What is known of one document of a place. */
export type SourceItem = {
  readonly key: string;
  readonly etag: string;
  readonly collectionId: string;
  readonly fileId: FileId | undefined;
};
type ItemRow = { readonly key: string; readonly etag: string; readonly collectionId: string; readonly fileId: string | null };
const ITEM = `key, etag, collection_id AS "collectionId", file_id AS "fileId"`;
const toItem = (row: ItemRow): SourceItem => ({ ...row, fileId: row.fileId === null ? undefined : fileIds.parse(row.fileId) });

export async function findItems(
  db: Database,
  tenantId: TenantId,
  name: string,
  keys: readonly string[],
): Promise<ReadonlyMap<string, SourceItem>> {
  const rows = await db.query<ItemRow>(
    tenantScope(tenantId),
    `SELECT ${ITEM} FROM source_items WHERE source = $1 AND key = ANY ($2::text[])`,
    [name, keys],
  );
  return new Map(rows.map((row) => [row.key, toItem(row)]));
}

/** They are as they were. */
export async function markSeen(db: Database, tenantId: TenantId, name: string, keys: readonly string[], run: number): Promise<void> {
  if (keys.length === 0) return;
  await db.query(tenantScope(tenantId), "UPDATE source_items SET seen = $3 WHERE source = $1 AND key = ANY ($2::text[])", [
    name,
    keys,
    run,
  ]);
}

export type NewItem = {
  readonly key: string;
  readonly etag: string;
  readonly bytes: number;
  readonly collectionId: CollectionId;
  readonly fileId: FileId | undefined;
  readonly error: string | undefined;
  readonly run: number;
};

export async function putItem(db: Database, tenantId: TenantId, name: string, item: NewItem): Promise<void> {
  await db.query(
    tenantScope(tenantId),
    `INSERT INTO source_items (tenant_id, source, key, etag, bytes, collection_id, file_id, error, seen) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
     ON CONFLICT (tenant_id, source, key) DO UPDATE SET etag = excluded.etag, bytes = excluded.bytes, collection_id = excluded.collection_id,
       file_id = excluded.file_id, error = excluded.error, seen = excluded.seen`,
    [tenantId, name, item.key, item.etag, item.bytes, item.collectionId, item.fileId ?? null, item.error ?? null, item.run],
  );
}

/** Items that the run has not seen. */
export async function listUnseen(
  db: Database,
  tenantId: TenantId,
  name: string,
  { run, limit }: { readonly run: number; readonly limit: number },
): Promise<readonly SourceItem[]> {
  const text = `SELECT ${ITEM} FROM source_items WHERE source = $1 AND seen <> $2 ORDER BY key LIMIT $3`;
  return (await db.query<ItemRow>(tenantScope(tenantId), text, [name, run, limit])).map(toItem);
}

export async function countItems(db: Database, tenantId: TenantId, name: string): Promise<number> {
  const [row] = await db.query<{ n: number }>(tenantScope(tenantId), "SELECT count(*)::int AS n FROM source_items WHERE source = $1", [
    name,
  ]);
  return row?.n ?? 0;
}

export async function dropItem(db: Database, tenantId: TenantId, name: string, key: string): Promise<void> {
  await db.query(tenantScope(tenantId), "DELETE FROM source_items WHERE source = $1 AND key = $2", [name, key]);
}

/** Files that the source made and no item names: a run was cut off between the two, or another version has taken their place. */
export async function listStrays(db: Database, tenantId: TenantId, name: string, owner: string): Promise<readonly FileId[]> {
  const rows = await db.query<{ id: string }>(
    tenantScope(tenantId),
    `SELECT f.id FROM files f WHERE f.owner_id = $2 AND f.deleted_at IS NULL
       AND NOT EXISTS (SELECT FROM source_items i WHERE i.tenant_id = f.tenant_id AND i.source = $1 AND i.file_id = f.id) ORDER BY f.id LIMIT 1000`,
    [name, owner],
  );
  return rows.map((row) => fileIds.parse(row.id));
}

/** Documents that were refused, with why. */
export async function listRefused(
  db: Database,
  tenantId: TenantId,
  name: string,
  limit: number,
): Promise<readonly { readonly key: string; readonly error: string }[]> {
  return await db.query(
    tenantScope(tenantId),
    "SELECT key, error FROM source_items WHERE source = $1 AND error IS NOT NULL ORDER BY key LIMIT $2",
    [name, limit],
  );
}
