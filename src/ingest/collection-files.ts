import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import type { FileId, TenantId } from "../kernel/ids.ts";
import { attachFile, findCollectionFile, listCollectionFiles, updateAttributes } from "../store/collection-files.ts";
import type { Attributes, CollectionFileRecord, CollectionFileStatus } from "../store/collection-files.ts";
import { findCollectionId } from "../store/collections.ts";
import { detachFile } from "../store/documents.ts";
import type { FileRecord, Page, PageAsk } from "../store/files.ts";
import type { Database } from "../store/index.ts";
import { isForeignKeyViolation, tenantScope } from "../store/index.ts";
import type { IndexFile, Place } from "./index-file.ts";
import { LEASE_MS } from "./indexer.ts";
import { withJudgement, withJudgements } from "./judgements.ts";

/** Larger files are indexed after the answer: a megabyte takes about a second, which a caller waits for. */
export const AT_ONCE_BYTES_MAX = 1024 * 1024;

export type CollectionFilesDeps = {
  readonly db: Database;
  readonly clock: Clock;
  readonly getFile: (tenantId: TenantId, id: FileId) => Promise<FileRecord>;
  readonly indexFile: IndexFile;
  readonly cleanSoon: () => void;
};

async function attach({ db, clock }: CollectionFilesDeps, at: Place, attributes: Attributes) {
  const nowMs = clock.nowMs();
  try {
    return await attachFile(db, at.tenantId, { ...at, attributes, now: new Date(nowMs), leaseUntil: new Date(nowMs + LEASE_MS) });
  } catch (error) {
    if (isForeignKeyViolation(error)) throw new Fault("collection_unknown");
    throw error;
  }
}

const missing = (): Fault => new Fault("not_found", { say: "The file is not in the collection." });

/** The files of a collection, and their way into its index. */
export function createCollectionFiles(deps: CollectionFilesDeps) {
  const { db, clock } = deps;

  async function place(tenantId: TenantId, nameOrId: string, fileId: FileId): Promise<Place> {
    const collectionId = await findCollectionId(db, tenantId, nameOrId);
    if (collectionId === undefined) throw new Fault("collection_unknown");
    return { tenantId, collectionId, fileId };
  }

  async function get({ tenantId, collectionId, fileId }: Place): Promise<CollectionFileRecord> {
    const found = await findCollectionFile(db, tenantId, collectionId, fileId);
    if (found === undefined) throw missing();
    return await withJudgement(db, tenantId, found);
  }

  return {
    async getCollectionFile(tenantId: TenantId, nameOrId: string, fileId: FileId): Promise<CollectionFileRecord> {
      return await get(await place(tenantId, nameOrId, fileId));
    },
    /** Adding what is there already changes nothing; what had failed is tried again. Read `status` and `lastError` of what comes back. */
    async addFileToCollection(
      tenantId: TenantId,
      nameOrId: string,
      fileId: FileId,
      attributes: Attributes = {},
    ): Promise<CollectionFileRecord> {
      const at = await place(tenantId, nameOrId, fileId);
      const file = await deps.getFile(tenantId, fileId);
      const attached = await attach(deps, at, attributes);
      if (attached === undefined) throw new Fault("not_found", { say: "The file does not exist." });
      if (!attached.started) return await withJudgement(db, tenantId, attached.record);
      if (file.bytes > AT_ONCE_BYTES_MAX) {
        deps.indexFile.soon(at);
        return attached.record;
      }
      await deps.indexFile.now(at);
      return await get(at);
    },
    async listCollectionFiles(
      tenantId: TenantId,
      nameOrId: string,
      ask: PageAsk & { readonly status?: CollectionFileStatus | undefined } = {},
    ): Promise<Page<CollectionFileRecord>> {
      const collectionId = await findCollectionId(db, tenantId, nameOrId);
      if (collectionId === undefined) throw new Fault("collection_unknown");
      const page = await listCollectionFiles(db, tenantId, collectionId, ask);
      return { ...page, data: await withJudgements(db, tenantId, collectionId, page.data) };
    },
    async updateCollectionFile(
      tenantId: TenantId,
      nameOrId: string,
      fileId: FileId,
      attributes: Attributes,
    ): Promise<CollectionFileRecord> {
      const at = await place(tenantId, nameOrId, fileId);
      const found = await updateAttributes(db, tenantId, at, attributes);
      if (found === undefined) throw missing();
      return await withJudgement(db, tenantId, found);
    },
    /** Nothing finds it in this collection from the moment that this returns. The file itself stays. */
    async removeFileFromCollection(tenantId: TenantId, nameOrId: string, fileId: FileId): Promise<void> {
      const { collectionId } = await place(tenantId, nameOrId, fileId);
      const now = new Date(clock.nowMs());
      const gone = await db.transaction(tenantScope(tenantId), (tx) => detachFile(tx, collectionId, fileId, now));
      if (!gone) throw missing();
      deps.cleanSoon();
    },
  };
}
