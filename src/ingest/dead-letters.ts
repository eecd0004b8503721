import type { Viewer } from "../domain/principal.ts";
import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import type { FileId, TenantId } from "../kernel/ids.ts";
import type { CollectionFileRecord } from "../store/collection-files.ts";
import { requeueFile } from "../store/file-progress.ts";
import type { Database } from "../store/index.ts";
import { isAtOnce } from "./at-once.ts";
import type { IndexFile } from "./index-file.ts";
import { LEASE_MS } from "./indexer.ts";

export type DeadLettersDeps = {
  readonly db: Database;
  readonly clock: Clock;
  readonly indexFile: IndexFile;
  readonly getCollectionFile: (tenantId: TenantId, nameOrId: string, fileId: FileId, viewer?: Viewer) => Promise<CollectionFileRecord>;
};

/** Files that could not be indexed: they stay in their collection with the reason, until they are removed or tried again. */
export function createDeadLetters({ db, clock, indexFile, getCollectionFile }: DeadLettersDeps) {
  return {
    /** A new round, as the file was put in. Throws `conflict` where it is not one that failed. */
    async retryCollectionFile(tenantId: TenantId, nameOrId: string, fileId: FileId, viewer?: Viewer): Promise<CollectionFileRecord> {
      const { collectionId } = await getCollectionFile(tenantId, nameOrId, fileId, viewer);
      const at = { tenantId, collectionId, fileId };
      const queued = await requeueFile(db, tenantId, at, new Date(clock.nowMs() + LEASE_MS));
      if (queued === undefined)
        throw new Fault("conflict", { say: "The file is not one that failed or was cancelled: there is nothing to try again." });
      if (await isAtOnce(db, at, queued.bytes)) await indexFile.now(at);
      else indexFile.soon(at);
      return await getCollectionFile(tenantId, nameOrId, fileId);
    },
  };
}
