import type { TenantId } from "../kernel/ids.ts";
import { insertChunks } from "../store/chunks.ts";
import type { NewChunk } from "../store/chunks.ts";
import { advanceDocument } from "../store/documents.ts";
import type { DocumentKey, DocumentProgress } from "../store/documents.ts";
import type { Database, Tx } from "../store/index.ts";
import { tenantScope } from "../store/index.ts";
import { appendPostings } from "../store/postings.ts";
import type { Judged } from "./judge.ts";
import type { Segment } from "./segment.ts";

/** Sized so that one transaction stays under 25 ms in PGlite, which has one connection. */
export const CHUNKS_PER_STEP = 24;
const TERMS_PER_STEP = 400;

/** A document on its way into the index, and how far it is. */
export type Indexed = { readonly tenantId: TenantId; readonly key: DocumentKey; progress: DocumentProgress };

/** The document was removed, or another process has taken it over: there is nothing more to do here. */
export class Lost extends Error {}

/** The small transactions of which indexing is made. Each moves the document's progress on, or throws `Lost`. */
export function createIndexSteps(db: Database, leaseUntil: () => Date) {
  async function step(run: Indexed, to: DocumentProgress & { lengthAdded: number }, write: (tx: Tx) => Promise<void>): Promise<void> {
    await db.transaction(tenantScope(run.tenantId), async (tx) => {
      if (!(await advanceDocument(tx, run.key, run.progress, { ...to, leaseUntil: leaseUntil() }))) throw new Lost();
      await write(tx);
    });
    run.progress = { chunksDone: to.chunksDone, termsDone: to.termsDone };
  }

  return {
    /** For transactions that write something else: whoever works on the document still is the one who may. */
    holdOn: async (run: Indexed, tx: Tx): Promise<void> => {
      if (!(await advanceDocument(tx, run.key, run.progress, { ...run.progress, lengthAdded: 0, leaseUntil: leaseUntil() })))
        throw new Lost();
    },
    /** Whoever tries again need not wait for the end of the lease. */
    async letGo(run: Indexed, now: Date): Promise<void> {
      await db.transaction(tenantScope(run.tenantId), (tx) =>
        advanceDocument(tx, run.key, run.progress, { ...run.progress, lengthAdded: 0, leaseUntil: now }),
      );
    },
    async writeChunks(run: Indexed, chunks: readonly Judged<NewChunk>[]): Promise<void> {
      for (let at = 0; at < chunks.length; at += CHUNKS_PER_STEP) {
        const some = chunks.slice(at, at + CHUNKS_PER_STEP);
        await step(run, { ...run.progress, lengthAdded: 0 }, (tx) => insertChunks(tx, run.tenantId, run.key, some));
      }
    },
    /** The chunks up to `segmentEnd` are done with the last of them. */
    async writePostings(run: Indexed, segmentEnd: number, segment: Segment): Promise<void> {
      while (run.progress.chunksDone < segmentEnd) {
        const from = run.progress.termsDone;
        const to = Math.min(from + TERMS_PER_STEP, segment.entries.length);
        const isLast = to === segment.entries.length;
        const reached = isLast
          ? { chunksDone: segmentEnd, termsDone: 0, lengthAdded: segment.lengthSum }
          : { chunksDone: run.progress.chunksDone, termsDone: to, lengthAdded: 0 };
        await step(run, reached, (tx) => appendPostings(tx, run.tenantId, run.key.collectionId, segment.entries.slice(from, to)));
      }
    },
  };
}
