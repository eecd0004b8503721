import type { InjectionMode } from "../domain/guard-policy.ts";
import type { Clock } from "../kernel/clock.ts";
import type { FileId, CollectionId, TenantId } from "../kernel/ids.ts";
import type { Database } from "../store/index.ts";
import { readWritten } from "../store/chunks.ts";
import type { NewChunk } from "../store/chunks.ts";
import { openDocument, type OpenedDocument } from "../store/documents.ts";
import type { Embedder } from "./embed.ts";
import { createFinish, type FinishDeps } from "./finish-document.ts";
import { createContextLines, type ContextLinesDeps, type WithLines } from "./context-lines.ts";
import { CHUNKS_PER_STEP, createIndexSteps, Lost, type Indexed } from "./index-steps.ts";
import { judgeChunks, type Detectors, type Source } from "./judge.ts";
import type { Prepared } from "./prepare.ts";
import { SEGMENT_CHUNKS, buildSegment, indexRevOf, withNeighbours } from "./segment.ts";

/** Long enough for any one step, short enough that another process takes over soon. */
export const LEASE_MS = 60_000;

export type IndexerDeps = Partial<Omit<ContextLinesDeps, "db">> & {
  readonly db: Database;
  readonly clock: Clock;
  readonly detectors: Detectors;
  /** What the tenant's rules say of texts that look like instructions to a model. */
  readonly injectionMode: (tenantId: TenantId) => Promise<InjectionMode>;
  /** undefined: documents are found by their words alone. */
  readonly embedder?: Embedder | undefined;
  /** Told where vectors that no search reads yet could not be made with the document: they are made later. */
  readonly embeddingSkipped?: ((error: unknown) => void) | undefined;
  /** A collection may have grown past what is searched exactly. */
  readonly grown?: ((tenantId: TenantId, collectionId: CollectionId) => void) | undefined;
  readonly grownAbove?: number | undefined;
  readonly exported?: FinishDeps["exported"];
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
  /** Ends it at its next step, to be gone on with by whoever comes next. */
  readonly signal?: AbortSignal | undefined;
};

/**
 * Writes a document's chunks and postings in small transactions, each of which also moves the document's progress on; readers see
 * nothing of it until the last. Started again after a crash, it goes on where it stood. Each chunk is looked at by the detectors once, outside of any
 * transaction; what is held gets no postings, so nothing can find it.
 */
export function createIndexer(
  deps: IndexerDeps,
  { segmentChunks = SEGMENT_CHUNKS }: IndexerOptions = {},
): (ask: IndexAsk) => Promise<void> {
  const { db, clock, detectors, injectionMode, quarantined } = deps;
  const now = (): Date => new Date(clock.nowMs());
  const leaseUntil = (): Date => new Date(clock.nowMs() + LEASE_MS);
  // With one process on the database, a lease from before its start is a dead process's.
  const startedMs = clock.nowMs();
  const leaseEnds = (): Date => (db.engine === "pglite" ? new Date(Math.max(clock.nowMs(), startedMs + LEASE_MS)) : now());

  const { writeChunks, writePostings, holdOn, letGo } = createIndexSteps(db, leaseUntil);
  const linesFor = createContextLines({ db, contextLine: deps.contextLine, contextSkipped: deps.contextSkipped });
  const finish = createFinish({ ...deps, now, holdOn, embedder: deps.embedder, onSkipped: deps.embeddingSkipped });

  /** What is held of a segment, and its lines of context, are read from their rows: whoever goes on with it makes the same postings. */
  async function writeSegment(run: Run, chunks: readonly NewChunk[], withLines: WithLines): Promise<void> {
    const from = run.key.firstChunk + run.progress.chunksDone;
    const read = () => readWritten(db, run.tenantId, run.key.collectionId, { from, to: from + chunks.length });
    const before = await read();
    const missing = chunks.filter(({ no }) => !before.has(no));
    // In steps, because a model may write the lines: each moves the lease on.
    for (let at = 0; at < missing.length; at += CHUNKS_PER_STEP)
      await writeChunks(run, await withLines(await judgeChunks(detectors, missing.slice(at, at + CHUNKS_PER_STEP), run)));
    const written = missing.length > 0 ? await read() : before;
    const found = chunks
      .filter(({ no }) => written.get(no)?.held === false)
      .map((chunk) => ({ ...chunk, context: written.get(chunk.no)?.context ?? undefined }));
    await writePostings(
      run,
      run.progress.chunksDone + chunks.length,
      await buildSegment(run, run.isWindowed ? withNeighbours(found) : found),
    );
  }

  async function writeDocument(run: Run, { prepared, signal }: Pick<IndexAsk, "prepared" | "signal">): Promise<number> {
    const withLines = await linesFor(run, prepared);
    while (run.progress.chunksDone < prepared.chunks.length) {
      signal?.throwIfAborted();
      const from = run.progress.chunksDone;
      const chunks = prepared.chunks.slice(from, from + segmentChunks).map((chunk, at) => ({
        ...chunk,
        no: run.key.firstChunk + from + at,
        parent: chunk.parent === undefined ? undefined : run.key.firstChunk + chunk.parent,
      }));
      await writeSegment(run, chunks, withLines);
    }
    return await finish(run);
  }

  /** What broke off may be gone on with at once. */
  const writeOrLetGo = (run: Run, ask: IndexAsk): Promise<number> =>
    writeDocument(run, ask).catch(async (error: unknown) => {
      if (!(error instanceof Lost)) await letGo(run, now()).catch(() => undefined);
      throw error;
    });

  return async (ask) => {
    const { tenantId, fileId } = ask;
    const times = { now: now(), leaseUntil: leaseUntil(), leaseEnds: leaseEnds() };
    const opened = await openDocument(db, tenantId, { ...toDocument(ask), indexRev: indexRevOf(segmentChunks), ...times });
    if (opened.state !== "index") return;
    try {
      const held = await writeOrLetGo(toRun(ask, opened, await injectionMode(tenantId)), ask);
      if (held > 0) quarantined({ tenantId, fileId, chunks: held });
    } catch (error) {
      if (!(error instanceof Lost)) throw error;
    }
  };
}

const toDocument = ({ collectionId, fileId, prepared }: IndexAsk) => ({
  collectionId,
  fileId,
  filename: prepared.filename,
  contentHash: prepared.contentHash,
  title: prepared.title,
  chunkCount: prepared.chunks.length,
  usageBytes: prepared.textBytes,
  languages: prepared.languages,
  cutting: prepared.cutting,
});

const toRun = (
  { tenantId, prepared }: IndexAsk,
  { key, progress, language }: Extract<OpenedDocument, { state: "index" }>,
  mode: InjectionMode,
): Run => ({
  tenantId,
  key,
  progress,
  language,
  mode,
  title: prepared.title,
  filename: prepared.filename,
  isWindowed: prepared.cutting.chunking.strategy === "window",
});

type Run = Source & Indexed & { readonly language: string; readonly isWindowed: boolean };
