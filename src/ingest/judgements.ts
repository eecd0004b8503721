import type { CollectionId, TenantId } from "../kernel/ids.ts";
import type { CollectionFileRecord } from "../store/collection-files.ts";
import type { Database } from "../store/index.ts";
import { findJudgements } from "../store/quarantine.ts";

/** Files of a collection, with what ingestion found of them. */
export async function withJudgements(
  db: Database,
  tenantId: TenantId,
  collectionId: CollectionId,
  files: readonly CollectionFileRecord[],
): Promise<readonly CollectionFileRecord[]> {
  if (files.length === 0) return files;
  const ids = files.map(({ fileId }) => fileId);
  const judgements = await findJudgements(db, tenantId, collectionId, ids);
  return files.map((file) => {
    const judgement = judgements.get(file.fileId);
    return judgement === undefined ? file : { ...file, judgement };
  });
}

export async function withJudgement(db: Database, tenantId: TenantId, file: CollectionFileRecord): Promise<CollectionFileRecord> {
  const [judged] = await withJudgements(db, tenantId, file.collectionId, [file]);
  return judged ?? file;
}
