import type { Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import type { CollectionId, FileId, TenantId } from "../kernel/ids.ts";
import { findCutting } from "../store/collection-settings.ts";
import { failFile } from "../store/documents.ts";
import { findIndexSeconds, recordTry } from "../store/file-progress.ts";
import type { FileRecord } from "../store/files.ts";
import type { Database } from "../store/index.ts";
import { tenantScope } from "../store/index.ts";
import { EmbeddingAway, NotEmbedded } from "./embed-vectors.ts";
import type { IndexAsk } from "./indexer.ts";
import type { PrepareApart } from "./prepare-apart.ts";
import type { Refusal } from "./refusal.ts";

/** Tries that the server itself may fail before a file is given up: what passes passes within seconds, what is broken stays so. */
export const TRIES_MAX = 3;

export type TryFileDeps = {
  readonly db: Database;
  readonly clock: Clock;
  readonly readFile: (tenantId: TenantId, id: FileId) => Promise<{ readonly file: FileRecord; readonly bytes: Uint8Array }>;
  readonly prepare: PrepareApart["prepare"];
  readonly index: (ask: IndexAsk) => Promise<void>;
  readonly cleanSoon: () => void;
  /** Told of a file that is completed, with the time since it came. */
  readonly indexed: (seconds: number) => void;
  /** Told of a try that failed by no fault of the file. */
  readonly onError: (name: string, error: unknown) => void;
};

/** A file in a collection. */
export type Place = { readonly tenantId: TenantId; readonly collectionId: CollectionId; readonly fileId: FileId };
export const nameOf = (at: Place): string => `index ${at.tenantId} ${at.collectionId} ${at.fileId}`;

/**
 * One try at a file: `completed` or `failed` behind it, or true: to be tried again. Throws where the database is away, or the process ends: that is
 * no try of this file.
 */
export type TryFile = (at: Place, signal?: AbortSignal) => Promise<boolean>;

export function createTryFile(deps: TryFileDeps): TryFile {
  const { db, clock } = deps;

  async function fail(at: Place, { code, message }: Refusal): Promise<false> {
    await db.transaction(tenantScope(at.tenantId), (tx) => failFile(tx, at, { code, message }, new Date(clock.nowMs())));
    deps.cleanSoon();
    return false;
  }

  /** It was the server that failed. */
  async function countTry(at: Place, said: Refusal): Promise<boolean> {
    const tries = await recordTry(db, at.tenantId, at, new Date(clock.nowMs()));
    if (tries === undefined) return false;
    return tries < TRIES_MAX ? true : await fail(at, said);
  }

  async function run(at: Place, signal: AbortSignal | undefined): Promise<boolean> {
    const { file, bytes } = await deps.readFile(at.tenantId, at.fileId);
    const outcome = await deps.prepare(file.filename, bytes, await findCutting(db, at.tenantId, at));
    signal?.throwIfAborted();
    if (!outcome.ok) return await (outcome.refusal.code === "server_error" ? countTry : fail)(at, outcome.refusal);
    await deps.index({ ...at, prepared: outcome.prepared, signal });
    const seconds = await findIndexSeconds(db, at.tenantId, at);
    if (seconds !== undefined) deps.indexed(seconds);
    return false;
  }

  return async (at, signal) => {
    try {
      return await run(at, signal);
    } catch (error) {
      // A process that ends is no failure of the file.
      if (signal?.aborted === true || (error instanceof Fault && error.retry === "later")) throw error;
      if (error instanceof NotEmbedded) return await fail(at, { code: error.code, message: error.message });
      deps.onError(nameOf(at), error);
      // However long its model is away, the file waits.
      if (error instanceof EmbeddingAway) return true;
      return await countTry(at, { code: "server_error", message: "The file could not be indexed." });
    }
  };
}
