import type { CollectionSettings } from "../domain/collection.ts";
import { collectionIds } from "../kernel/ids.ts";
import type { CollectionId, TenantId } from "../kernel/ids.ts";
import type { Database } from "./database.ts";
import { tenantScope } from "./database.ts";

/** What a search asks of a collection before it looks into its index. */
export type OpenedCollection = {
  readonly id: CollectionId;
  readonly name: string;
  /** Grows whenever what can be found changes. */
  readonly version: number;
  readonly settings: CollectionSettings;
  /** Chunks that can be found, and the sum of their lengths in terms. */
  readonly chunkCount: number;
  readonly lengthSum: number;
  /** Chunks that are not to be found, not yet or no more: `[first, count]` ranges. */
  readonly hidden: readonly (readonly [number, number])[];
};

export const OPEN_COLLECTION = `SELECT c.id, c.name, c.version, c.settings, c.chunk_count AS "chunkCount", c.length_sum AS "lengthSum", h.ranges
  FROM (SELECT tenant_id, id, name, version, settings, chunk_count, length_sum FROM collections
        WHERE deleted_at IS NULL AND (id = $1 OR name = $1) ORDER BY id = $1 DESC LIMIT 1) c
  LEFT JOIN LATERAL (SELECT json_agg(json_build_array(d.first_chunk, d.chunk_count)) AS ranges FROM documents d
        WHERE d.tenant_id = c.tenant_id AND d.collection_id = c.id AND d.state <> 'ready') h ON true`;

type OpenedRow = Omit<OpenedCollection, "id" | "hidden"> & { readonly id: string; readonly ranges: OpenedCollection["hidden"] | null };

/** undefined: there is no such collection. */
export async function openCollection(db: Database, tenantId: TenantId, nameOrId: string): Promise<OpenedCollection | undefined> {
  const [row] = await db.query<OpenedRow>(tenantScope(tenantId), OPEN_COLLECTION, [nameOrId]);
  if (row === undefined) return undefined;
  const { ranges, ...rest } = row;
  return { ...rest, id: collectionIds.parse(row.id), hidden: ranges ?? [] };
}
