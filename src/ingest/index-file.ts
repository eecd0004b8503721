import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { collectionIds, fileIds, tenantIds } from "../kernel/ids.ts";
import type { CollectionId, FileId, TenantId } from "../kernel/ids.ts";
import { failFile, findUnfinished } from "../store/documents.ts";
import type { FileRecord } from "../store/files.ts";
import type { Database } from "../store/index.ts";
import { tenantScope } from "../store/index.ts";
import type { Background } from "./background.ts";
import type { IndexAsk } from "./indexer.ts";
import type { PrepareApart } from "./prepare-apart.ts";

/** Later than any lease: with one process on the database, whatever is unfinished at its start was left by a dead one. */
const ANY_LEASE = new Date(Date.UTC(9999, 0));

export type IndexFileDeps = {
  readonly db: Database;
  readonly clock: Clock;
  readonly readFile: (tenantId: TenantId, id: FileId) => Promise<{ readonly file: FileRecord; readonly bytes: Uint8Array }>;
  readonly prepare: PrepareApart["prepare"];
  readonly index: (ask: IndexAsk) => Promise<void>;
  readonly background: Background;
  readonly cleanSoon: () => void;
};

/** A file in a collection. */
export type Place = { readonly tenantId: TenantId; readonly collectionId: CollectionId; readonly fileId: FileId };

export type IndexFile = {
  /** Ends in `completed` or `failed`, except where the database is away: then it stays `in_progress` and is taken up again. */
  now(at: Place): Promise<void>;
  soon(at: Place): void;
  /** Takes up what a dead process left unfinished. */
  resume(): Promise<void>;
};

export function createIndexFile(deps: IndexFileDeps): IndexFile {
  const { db, clock, background } = deps;

  async function fail(at: Place, error: { readonly code: string; readonly message: string }): Promise<void> {
    await db.transaction(tenantScope(at.tenantId), (tx) => failFile(tx, at, error, new Date(clock.nowMs())));
    deps.cleanSoon();
  }

  async function now(at: Place): Promise<void> {
    try {
      const { file, bytes } = await deps.readFile(at.tenantId, at.fileId);
      const outcome = await deps.prepare(file.filename, bytes);
      if (outcome.ok) await deps.index({ ...at, prepared: outcome.prepared });
      else await fail(at, outcome.refusal);
    } catch (error) {
      if (error instanceof Fault && error.retry === "later") throw error;
      await fail(at, { code: "server_error", message: "The file could not be indexed." });
      throw error;
    }
  }

  function soon(at: Place): void {
    const name = `index ${at.tenantId} ${at.collectionId} ${at.fileId}`;
    if (!background.has(name)) background.add(name, () => now(at));
  }

  return {
    now,
    soon,
    async resume() {
      for (const found of await findUnfinished(db, db.engine === "pglite" ? ANY_LEASE : new Date(clock.nowMs()))) {
        soon({
          tenantId: tenantIds.parse(found.tenantId),
          collectionId: collectionIds.parse(found.collectionId),
          fileId: fileIds.parse(found.fileId),
        });
      }
    },
  };
}
