import type { Clock } from "../kernel/clock.ts";
import type { FileId, CollectionId, TenantId } from "../kernel/ids.ts";
import type { Database, Tx } from "../store/index.ts";
import { tenantScope } from "../store/index.ts";
import { insertChunks } from "../store/chunks.ts";
import type { NewChunk } from "../store/chunks.ts";
import { advanceDocument, completeDocument, openDocument } from "../store/documents.ts";
import type { DocumentKey, DocumentProgress } from "../store/documents.ts";
import { appendPostings } from "../store/postings.ts";
import type { Prepared } from "./prepare.ts";
import { SEGMENT_CHUNKS, buildSegment, indexRevOf } from "./segment.ts";
import type { Segment } from "./segment.ts";

/** Long enough for any one step, short enough that another process takes over soon. */
export const LEASE_MS = 60_000;
/** Sized so that one transaction stays under 25 ms in PGlite, which has one connection. */
const CHUNKS_PER_STEP = 24;
const TERMS_PER_STEP = 400;

export type IndexerDeps = { readonly db: Database; readonly clock: Clock };
/** `segmentChunks`: chunks whose postings are made in one go. More write frequent terms less often, and hold more in memory. */
export type IndexerOptions = { readonly segmentChunks?: number | undefined };
export type IndexAsk = {
  readonly tenantId: TenantId;
  readonly collectionId: CollectionId;
  readonly fileId: FileId;
  readonly prepared: Prepared;
};

/** The document was removed, or another process has taken it over: there is nothing more to do here. */
class Lost extends Error {}

/**
 * Writes a document's chunks and postings in small transactions, each of which also moves the document's progress on; readers see
 * nothing of it until the last. Started again after a crash, it goes on where it stood.
 */
export function createIndexer(
  { db, clock }: IndexerDeps,
  { segmentChunks = SEGMENT_CHUNKS }: IndexerOptions = {},
): (ask: IndexAsk) => Promise<void> {
  const now = (): Date => new Date(clock.nowMs());
  const leaseUntil = (): Date => new Date(clock.nowMs() + LEASE_MS);
  // With one process on the database, a lease from before its start is a dead process's.
  const startedMs = clock.nowMs();
  const leaseEnds = (): Date => (db.engine === "pglite" ? new Date(Math.max(clock.nowMs(), startedMs + LEASE_MS)) : now());

  async function step(run: Run, to: DocumentProgress & { lengthAdded: number }, write: (tx: Tx) => Promise<void>): Promise<void> {
    await db.transaction(tenantScope(run.tenantId), async (tx) => {
      if (!(await advanceDocument(tx, run.key, run.progress, { ...to, leaseUntil: leaseUntil() }))) throw new Lost();
      await write(tx);
    });
    run.progress = { chunksDone: to.chunksDone, termsDone: to.termsDone };
  }

  async function writeSegment(run: Run, chunks: readonly NewChunk[], segment: Segment): Promise<void> {
    const segmentEnd = run.progress.chunksDone + chunks.length;
    if (run.progress.termsDone === 0) {
      for (let at = 0; at < chunks.length; at += CHUNKS_PER_STEP) {
        const some = chunks.slice(at, at + CHUNKS_PER_STEP);
        await step(run, { ...run.progress, lengthAdded: 0 }, (tx) => insertChunks(tx, run.tenantId, run.key, some));
      }
    }
    while (run.progress.chunksDone < segmentEnd) {
      const from = run.progress.termsDone;
      const to = Math.min(from + TERMS_PER_STEP, segment.entries.length);
      const isLast = to === segment.entries.length;
      const reached = isLast
        ? { chunksDone: segmentEnd, termsDone: 0, lengthAdded: segment.lengthSum }
        : { chunksDone: run.progress.chunksDone, termsDone: to, lengthAdded: 0 };
      await step(run, reached, (tx) => appendPostings(tx, run.tenantId, run.key.collectionId, segment.entries.slice(from, to)));
    }
  }

  async function writeDocument(run: Run, prepared: Prepared): Promise<void> {
    while (run.progress.chunksDone < prepared.chunks.length) {
      const from = run.progress.chunksDone;
      const chunks = prepared.chunks
        .slice(from, from + segmentChunks)
        .map((chunk, at) => ({ ...chunk, no: run.key.firstChunk + from + at }));
      await writeSegment(run, chunks, await buildSegment(prepared.title, chunks));
    }
    await db.transaction(tenantScope(run.tenantId), (tx) => completeDocument(tx, run.key, now()));
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
      await writeDocument({ tenantId, key: opened.key, progress: opened.progress }, prepared);
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
    }
  };
}

type Run = { readonly tenantId: TenantId; readonly key: DocumentKey; progress: DocumentProgress };
