import type { CollectionId, TenantId } from "../kernel/ids.ts";
import type { Database } from "./database.ts";
import { tenantScope } from "./database.ts";

/** The lines of context of a document that the tenant has already, in any collection, by their chunks' places in it. Empty: there is none. */
export async function findKnownContexts(db: Database, tenantId: TenantId, contentHash: string): Promise<ReadonlyMap<number, string>> {
  const rows = await db.query<{ place: number; context: string }>(
    tenantScope(tenantId),
    `SELECT c.no - d.first_chunk AS place, c.context FROM
       (SELECT tenant_id, collection_id, first_chunk, chunk_count FROM documents WHERE content_hash = $1 AND state = 'ready' LIMIT 1) d
     JOIN chunks c ON c.tenant_id = d.tenant_id AND c.collection_id = d.collection_id AND c.no >= d.first_chunk AND c.no < d.first_chunk + d.chunk_count
     WHERE c.context IS NOT NULL`,
    [contentHash],
  );
  return new Map(rows.map(({ place, context }) => [place, context]));
}

/** Whether a collection's documents go to private models only. What is not there is as private as can be. */
export async function findTrust(db: Database, tenantId: TenantId, collectionId: CollectionId): Promise<"private" | undefined> {
  const [row] = await db.query<{ trust: string | null }>(
    tenantScope(tenantId),
    `SELECT settings ->> 'trust' AS trust FROM collections WHERE id = $1`,
    [collectionId],
  );
  return row === undefined || row.trust === "private" ? "private" : undefined;
}
