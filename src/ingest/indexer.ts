import type { InjectionMode } from "../domain/guard-policy.ts";
import type { Clock } from "../kernel/clock.ts";
import type { FileId, CollectionId, TenantId } from "../kernel/ids.ts";
import type { Database } from "../store/index.ts";
import { tenantScope } from "../store/index.ts";
import { readWritten } from "../store/chunks.ts";
import type { NewChunk } from "../store/chunks.ts";
import { completeDocument, openDocument } from "../store/documents.ts";
import { createIndexSteps, Lost, type Indexed } from "./index-steps.ts";
import { judgeChunks, type Detectors, type Source } from "./judge.ts";
import type { Prepared } from "./prepare.ts";
import { SEGMENT_CHUNKS, buildSegment, indexRevOf } from "./segment.ts";

/** Long enough for any one step, short enough that another process takes over soon. */
export const LEASE_MS = 60_000;

export type IndexerDeps = {
  readonly db: Database;
  readonly clock: Clock;
  readonly detectors: Detectors;
  /** What the tenant's rules say of texts that look like instructions to a model. */
  readonly injectionMode: (tenantId: TenantId) => Promise<InjectionMode>;
  /** Told of a document with chunks that are held, once its index is whole. */
  readonly quarantined: (at: { readonly tenantId: TenantId; readonly fileId: FileId; readonly chunks: number }) => void;
};
/** `segmentChunks`: chunks whose postings are made in one go. More write frequent terms less often, and hold more in memory. */
export type IndexerOptions = { readonly segmentChunks?: number | undefined };
export type IndexAsk = {
  readonly tenantId: TenantId;
  readonly collectionId: CollectionId;
  readonly fileId: FileId;
  readonly prepared: Prepared;
};

/**
 * Writes a document's chunks and postings in small transactions, each of which also moves the document's progress on; readers see
 * nothing of it until the last. Started again after a crash, it goes on where it stood. Each chunk is looked at by the detectors once, outside of any
 * transaction; what is held gets no postings, so nothing can find it.
 */
export function createIndexer(
  { db, clock, detectors, injectionMode, quarantined }: IndexerDeps,
  { segmentChunks = SEGMENT_CHUNKS }: IndexerOptions = {},
): (ask: IndexAsk) => Promise<void> {
  const now = (): Date => new Date(clock.nowMs());
  const leaseUntil = (): Date => new Date(clock.nowMs() + LEASE_MS);
  // With one process on the database, a lease from before its start is a dead process's.
  const startedMs = clock.nowMs();
  const leaseEnds = (): Date => (db.engine === "pglite" ? new Date(Math.max(clock.nowMs(), startedMs + LEASE_MS)) : now());

  const { writeChunks, writePostings } = createIndexSteps(db, leaseUntil);

  /** Which chunks of a segment are held is read from their rows: whoever goes on with it makes the same postings. */
  async function writeSegment(run: Run, chunks: readonly NewChunk[]): Promise<void> {
    const from = run.key.firstChunk + run.progress.chunksDone;
    const read = () => readWritten(db, run.tenantId, run.key.collectionId, { from, to: from + chunks.length });
    const before = await read();
    const missing = chunks.filter(({ no }) => !before.has(no));
    if (missing.length > 0) await writeChunks(run, await judgeChunks(detectors, missing, run));
    const written = missing.length > 0 ? await read() : before;
    const found = chunks.filter(({ no }) => written.get(no)?.held === false);
    await writePostings(run, run.progress.chunksDone + chunks.length, await buildSegment(run.title, found));
  }

  async function writeDocument(run: Run, prepared: Prepared): Promise<number> {
    while (run.progress.chunksDone < prepared.chunks.length) {
      const from = run.progress.chunksDone;
      const chunks = prepared.chunks
        .slice(from, from + segmentChunks)
        .map((chunk, at) => ({ ...chunk, no: run.key.firstChunk + from + at }));
      await writeSegment(run, chunks);
    }
    return await db.transaction(tenantScope(run.tenantId), (tx) => completeDocument(tx, run.key, now()));
  }

  return async ({ tenantId, collectionId, fileId, prepared }) => {
    const opened = await openDocument(db, tenantId, {
      collectionId,
      fileId,
      filename: prepared.filename,
      contentHash: prepared.contentHash,
      title: prepared.title,
      chunkCount: prepared.chunks.length,
      usageBytes: prepared.textBytes,
      indexRev: indexRevOf(segmentChunks),
      now: now(),
      leaseUntil: leaseUntil(),
      leaseEnds: leaseEnds(),
    });
    if (opened.state !== "index") return;
    try {
      const { title, filename } = prepared;
      const mode = await injectionMode(tenantId);
      const run: Run = { tenantId, key: opened.key, progress: opened.progress, title, filename, mode };
      const held = await writeDocument(run, prepared);
      if (held > 0) quarantined({ tenantId, fileId, chunks: held });
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
    }
  };
}

type Run = Source & Indexed;
