import type { CollectionAccess } from "../domain/access.ts";
import type { CollectionSettings } from "../domain/collection.ts";
import { WHOLE_VIEW, type Viewer } from "../domain/principal.ts";
import { CLASSIFICATIONS, rankOf } from "../domain/reader.ts";
import { collectionIds } from "../kernel/ids.ts";
import type { CollectionId, TenantId } from "../kernel/ids.ts";
import type { Database, Tx } from "./database.ts";
import { tenantScope } from "./database.ts";
import { readPage } from "./files.ts";
import type { Page, PageAsk } from "./files.ts";
import { createParams, hasPart, listCondition, readerCondition, type Params } from "./visible.ts";

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
  readonly description: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly settings: CollectionSettings;
  readonly access: CollectionAccess;
  readonly createdAtMs: number;
  readonly activeAtMs: number;
  /** Deleted then, unless it is used before. */
  readonly expiresAtMs: number | undefined;
  /** Of the files that the viewer may find. */
  readonly usageBytes: number;
  readonly fileCounts: FileCounts;
  readonly chunkCount: number;
  /** Changes whenever what can be found changes. */
  readonly version: number;
};

/** Collections (as `alias`) that the viewer may find. */
function findable(alias: string, viewer: Viewer, params: Params): string {
  const owner = viewer.ownOnly ? `AND ${alias}.owner_id = ${params.add(viewer.owner)}` : "";
  return `${alias}.deleted_at IS NULL AND ${listCondition(alias, viewer.reader, params)} ${owner}`;
}

/**
 * As the viewer sees them: neither collections nor files that it may not find are told of, nor counted. `rest` chooses the collections, so that
 * only their files are counted; `order` is theirs.
 */
function counted(viewer: Viewer, params: Params, rest: string, order: string): string {
  return `SELECT c.id, c.name, c.description, c.metadata, c.settings, c.access_groups AS "groups", c.classification, c.created_at AS "createdAt",
      c.active_at AS "activeAt", c.chunk_count AS "chunkCount", c.version, f.*
    FROM (SELECT c.* FROM collections c WHERE ${findable("c", viewer, params)} ${rest}) c LEFT JOIN LATERAL (
      SELECT coalesce(sum(usage_bytes), 0)::bigint AS "usageBytes", count(*)::int AS total,
        (count(*) FILTER (WHERE status = 'in_progress'))::int AS "inProgress", (count(*) FILTER (WHERE status = 'completed'))::int AS completed,
        (count(*) FILTER (WHERE status = 'failed'))::int AS failed, (count(*) FILTER (WHERE status = 'cancelled'))::int AS cancelled
      FROM collection_files m WHERE m.tenant_id = c.tenant_id AND m.collection_id = c.id AND ${readerCondition("m", viewer.reader, params)}) f ON true
    ORDER BY ${order}`;
}

type CollectionRow = FileCounts & {
  readonly id: string;
  readonly name: string | null;
  readonly description: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly settings: CollectionSettings;
  readonly groups: readonly string[] | null;
  readonly classification: number | null;
  readonly createdAt: Date;
  readonly activeAt: Date;
  readonly usageBytes: number;
  readonly chunkCount: number;
  readonly version: number;
};

const DAY_MS = 86_400_000;

function toCollection(row: CollectionRow): CollectionRecord {
  const { inProgress, completed, failed, cancelled, total, settings } = row;
  const { expiresAfterDays } = settings;
  return {
    id: collectionIds.parse(row.id),
    name: row.name ?? "",
    description: row.description,
    metadata: row.metadata,
    settings,
    access: {
      groups: row.groups ?? undefined,
      classification: row.classification === null ? undefined : CLASSIFICATIONS[row.classification],
    },
    createdAtMs: row.createdAt.getTime(),
    activeAtMs: row.activeAt.getTime(),
    expiresAtMs: expiresAfterDays === undefined ? undefined : row.activeAt.getTime() + expiresAfterDays * DAY_MS,
    usageBytes: row.usageBytes,
    fileCounts: { inProgress, completed, failed, cancelled, total },
    chunkCount: row.chunkCount,
    version: row.version,
  };
}

export type NewCollection = {
  readonly id: CollectionId;
  readonly name: string;
  readonly description?: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly settings?: CollectionSettings | undefined;
  readonly access?: CollectionAccess | undefined;
  readonly createdAtMs: number;
  /** Who made it. */
  readonly owner?: string | undefined;
};

/** Throws a unique violation of `collections_name_key` where the tenant has one of that name. */
export async function insertCollection(db: Database, tenantId: TenantId, made: NewCollection): Promise<void> {
  const { groups, classification } = made.access ?? {};
  await db.query(
    tenantScope(tenantId),
    `INSERT INTO collections (tenant_id, id, name, description, metadata, settings, access_groups, classification, created_at, active_at, owner_id)
     VALUES ($1, $2, $3, $4, $5::jsonb, $6::jsonb, $7, $8, $9, $9, $10)`,
    [
      tenantId,
      made.id,
      made.name,
      made.description ?? "",
      JSON.stringify(made.metadata),
      JSON.stringify(made.settings ?? {}),
      groups ?? null,
      classification === undefined ? null : rankOf(classification),
      new Date(made.createdAtMs),
      made.owner ?? "",
    ],
  );
}

/** What the viewer may not find is as if it were not there. */
export async function findCollection(
  db: Database,
  tenantId: TenantId,
  nameOrId: string,
  viewer: Viewer = WHOLE_VIEW,
): Promise<CollectionRecord | undefined> {
  const params = createParams([nameOrId]);
  const order = "c.id = $1 DESC";
  const text = counted(viewer, params, `AND (c.id = $1 OR c.name = $1) ORDER BY ${order} LIMIT 1`, order);
  const [row] = await db.query<CollectionRow>(tenantScope(tenantId), text, params.values);
  return row === undefined ? undefined : toCollection(row);
}

/** Without what is counted: counting reads a row for each of its files. */
export async function findCollectionId(
  db: Database,
  tenantId: TenantId,
  nameOrId: string,
  viewer: Viewer = WHOLE_VIEW,
): Promise<CollectionId | undefined> {
  const params = createParams([nameOrId]);
  const [row] = await db.query<{ id: string }>(
    tenantScope(tenantId),
    `SELECT c.id FROM collections c WHERE (c.id = $1 OR c.name = $1) AND ${findable("c", viewer, params)}
     ORDER BY c.id = $1 DESC LIMIT 1`,
    params.values,
  );
  return row === undefined ? undefined : collectionIds.parse(row.id);
}

export type CollectionPage = PageAsk & {
  /** Only those with this in their name. */
  readonly name?: string | undefined;
  readonly sort?: "created_at" | "name" | "last_active_at" | undefined;
};

/** Ids are in the order of creation. */
const SORTED = {
  created_at: undefined,
  name: (alias: string) => `lower(coalesce(${alias}.name, ''))`,
  last_active_at: (alias: string) => `${alias}.active_at`,
};

export async function listCollections(
  db: Database,
  tenantId: TenantId,
  ask: CollectionPage,
  viewer: Viewer = WHOLE_VIEW,
): Promise<Page<CollectionRecord>> {
  const page = readPage(ask, "desc");
  const params = createParams([page.cursor, page.limit + 1]);
  const by = SORTED[ask.sort ?? "created_at"];
  // A cursor that the viewer may not find tells as little as one that never was.
  const past =
    by === undefined
      ? `c.id ${page.past} $1`
      : `(${by("c")}, c.id) ${page.past} (SELECT ${by("k")}, k.id FROM collections k WHERE k.id = $1 AND ${findable("k", viewer, params)})`;
  const order = `${by === undefined ? "" : `${by("c")} ${page.direction}, `}c.id ${page.direction}`;
  const named = ask.name === undefined ? "" : `AND ${hasPart("c.name", ask.name, params)}`;
  const text = counted(viewer, params, `AND ($1::text IS NULL OR ${past}) ${named} ORDER BY ${order} LIMIT $2`, order);
  const rows = await db.query<CollectionRow>(tenantScope(tenantId), text, params.values);
  return page.cut(rows.map(toCollection));
}

export type CollectionChange = {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Each that is given replaces what there was; null takes it back. */
  readonly settings?: { readonly [K in keyof CollectionSettings]?: { readonly to: CollectionSettings[K] } | null | undefined } | undefined;
  /** Instead of the one that there was. */
  readonly access?: CollectionAccess | undefined;
};

/** Changes what is given. False: there is no such collection. Throws a unique violation as `insertCollection` does. */
export async function updateCollection(
  db: Database,
  tenantId: TenantId,
  id: CollectionId,
  { name, description, metadata, settings = {}, access }: CollectionChange,
): Promise<boolean> {
  const given = Object.entries(settings).filter(([, change]) => change !== undefined);
  const set = Object.fromEntries(given.flatMap(([key, change]) => (change === null ? [] : [[key, change?.to]])));
  const { groups = null, classification } = access ?? {};
  return await db.transaction(tenantScope(tenantId), async (tx) => {
    // What not everybody finds here is not everybody's when it is taken out of here, either. Locks go file, collection.
    if (groups !== null || classification !== undefined)
      await tx.query(
        `UPDATE files SET owner_only = true WHERE NOT owner_only AND id IN (SELECT file_id FROM collection_files WHERE collection_id = $1)`,
        [id],
      );
    const rows = await tx.query(
      `UPDATE collections SET name = coalesce($2, name), description = coalesce($3, description), metadata = coalesce($4::jsonb, metadata),
         settings = (settings || $5::jsonb) - $6::text[],
         access_groups = CASE WHEN $7 THEN $8::text[] ELSE access_groups END, classification = CASE WHEN $7 THEN $9::smallint ELSE classification END,
         version = version + 1
       WHERE id = $1 AND deleted_at IS NULL RETURNING id`,
      [
        id,
        name ?? null,
        description ?? null,
        metadata === undefined ? null : JSON.stringify(metadata),
        JSON.stringify(set),
        given.filter(([, change]) => change === null).map(([key]) => key),
        access !== undefined,
        groups,
        classification === undefined ? null : rankOf(classification),
      ],
    );
    return rows.length > 0;
  });
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

/** Who may find what has changed: what was read of it before does not hold any more. */
export async function changeAccess(tx: Tx, id: CollectionId): Promise<void> {
  await tx.query(`UPDATE collections SET version = version + 1 WHERE id = $1`, [id]);
}
