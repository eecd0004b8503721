import type { Attributes } from "../domain/access.ts";
import type { Chunking } from "../domain/collection.ts";
import type { Viewer } from "../domain/principal.ts";
import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { batchIds } from "../kernel/ids.ts";
import type { BatchId, CollectionId, FileId, TenantId } from "../kernel/ids.ts";
import { findHidden, listCollectionFiles } from "../store/collection-files.ts";
import type { CollectionFilePage, CollectionFileRecord } from "../store/collection-files.ts";
import { findCollectionId } from "../store/collections.ts";
import { failFile } from "../store/documents.ts";
import { cancelBatch, findBatch, insertBatch, type FileBatch } from "../store/file-batches.ts";
import type { Page } from "../store/files.ts";
import { tenantScope } from "../store/index.ts";
import { accessOf, attach, fileMissing, type CollectionFilesDeps } from "./collection-files.ts";
import { withJudgements } from "./judgements.ts";

/** Files that one transaction takes in: under 25 ms in PGlite. */
const FILES_PER_STEP = 200;

export type BatchFile = {
  readonly fileId: FileId;
  readonly attributes?: Attributes | undefined;
  readonly chunking?: Chunking | undefined;
  /** Where it stands in the request. */
  readonly param: string;
};

export type FileBatchesDeps = CollectionFilesDeps & { readonly clock: Clock };

/** Files that are put into a collection together, and indexed after the answer. */
export function createFileBatches(deps: FileBatchesDeps) {
  const { db, clock } = deps;

  async function place(tenantId: TenantId, nameOrId: string, viewer: Viewer): Promise<CollectionId> {
    const id = await findCollectionId(db, tenantId, nameOrId, viewer);
    if (id === undefined) throw new Fault("collection_unknown");
    return id;
  }

  async function get(tenantId: TenantId, nameOrId: string, id: BatchId, viewer: Viewer): Promise<FileBatch> {
    const found = await findBatch(db, tenantId, { collectionId: await place(tenantId, nameOrId, viewer), id }, viewer);
    if (found === undefined) throw new Fault("not_found", { say: "There is no such batch of files in the collection." });
    return found;
  }

  return {
    getFileBatch: get,
    /** Every file is checked before the first goes in: one that is not there, or whose attributes cannot be read, refuses the batch. */
    async createFileBatch(tenantId: TenantId, nameOrId: string, asked: readonly BatchFile[], viewer: Viewer): Promise<FileBatch> {
      const checked = asked.map(({ fileId, attributes = {}, chunking, param }) => {
        return { fileId, attributes, chunking, access: accessOf(attributes, `${param}.attributes`), param };
      });
      // One that is named twice goes in once.
      const files = [...new Map(checked.map((file) => [file.fileId, file])).values()];
      const collectionId = await place(tenantId, nameOrId, viewer);
      for (const { fileId, param } of files) {
        await deps.getFile(tenantId, fileId, viewer).catch((error: unknown) => {
          throw error instanceof Fault && error.code === "not_found" ? fileMissing(param) : error;
        });
      }
      const hidden = await findHidden(db, tenantId, { collectionId, fileIds: files.map(({ fileId }) => fileId) }, viewer);
      for (const { fileId, param } of files) if (hidden.has(fileId)) throw fileMissing(param);
      const nowMs = clock.nowMs();
      const id = batchIds.make(nowMs);
      await insertBatch(db, tenantId, { id, collectionId, owner: viewer.owner, createdAtMs: nowMs });
      for (let from = 0; from < files.length; from += FILES_PER_STEP) {
        const attached = await attach(deps, tenantId, { collectionId, batch: id, files: files.slice(from, from + FILES_PER_STEP) });
        if (attached === undefined) throw fileMissing();
        for (const { record, started } of attached) if (started) deps.indexFile.soon({ tenantId, collectionId, fileId: record.fileId });
      }
      return await get(tenantId, collectionId, id, viewer);
    },
    /** What is indexed already stays. */
    async cancelFileBatch(tenantId: TenantId, nameOrId: string, id: BatchId, viewer: Viewer): Promise<FileBatch> {
      const { collectionId } = await get(tenantId, nameOrId, id, viewer);
      const now = new Date(clock.nowMs());
      for (const fileId of await cancelBatch(db, tenantId, { collectionId, id }, now))
        await db.transaction(tenantScope(tenantId), (tx) => failFile(tx, { collectionId, fileId }, undefined, now));
      deps.cleanSoon();
      return await get(tenantId, collectionId, id, viewer);
    },
    async listBatchFiles(
      tenantId: TenantId,
      nameOrId: string,
      id: BatchId,
      ask: Omit<CollectionFilePage, "batch">,
      viewer: Viewer,
    ): Promise<Page<CollectionFileRecord>> {
      const { collectionId } = await get(tenantId, nameOrId, id, viewer);
      const page = await listCollectionFiles(db, tenantId, collectionId, { ...ask, batch: id }, viewer);
      return { ...page, data: await withJudgements(db, tenantId, collectionId, page.data) };
    },
  };
}
