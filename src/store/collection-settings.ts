import { DEFAULT_CUTTING } from "../domain/collection.ts";
import type { Chunking, CollectionSettings, Cutting } from "../domain/collection.ts";
import type { CollectionId, FileId, TenantId } from "../kernel/ids.ts";
import type { Database } from "./database.ts";
import { tenantScope } from "./database.ts";

/** How a file is cut: as its adder said, else as its collection does, else as always. */
export async function findCutting(
  db: Database,
  tenantId: TenantId,
  at: { readonly collectionId: CollectionId; readonly fileId: FileId },
): Promise<Cutting> {
  const [row] = await db.query<{ settings: CollectionSettings; own: Chunking | null }>(
    tenantScope(tenantId),
    `SELECT c.settings, m.chunking AS own FROM collections c
     LEFT JOIN collection_files m ON m.tenant_id = c.tenant_id AND m.collection_id = c.id AND m.file_id = $2
     WHERE c.id = $1`,
    [at.collectionId, at.fileId],
  );
  return {
    chunking: row?.own ?? row?.settings.chunking ?? DEFAULT_CUTTING.chunking,
    context: row?.settings.context ?? DEFAULT_CUTTING.context,
  };
}
