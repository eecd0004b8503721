import type { Viewer } from "../domain/principal.ts";
import { Fault } from "../kernel/fault.ts";
import type { TenantId } from "../kernel/ids.ts";
import { findCollectionId } from "../store/collections.ts";
import { countFilesNow, listChanges, listUnderWay, type FileChange, type FileCountsNow, type ProgressAsk } from "../store/file-progress.ts";
import type { Database } from "../store/index.ts";

/** `counts` is whole whenever it comes; `file` says where one stands. Only what differs from what was said before is said. */
export type ProgressEvent =
  | ({ readonly kind: "counts"; readonly resumeUs: number } & FileCountsNow)
  | ({ readonly kind: "file"; readonly resumeUs: number } & FileChange)
  /** The collection was deleted: the last one. */
  | { readonly kind: "gone" };

export type FollowDeps = {
  readonly db: Database;
  /** Resolves after so long, or when the signal aborts. */
  readonly wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Ends them all: the server goes. */
  readonly ending: AbortSignal;
};
export type FollowAsk = {
  readonly collection: string;
  readonly viewer?: Viewer | undefined;
  /** Who that is by now, asked before each further look. What it throws ends the events. */
  readonly viewerNow?: (() => Viewer | Promise<Viewer>) | undefined;
  /** `resumeUs` of the last event that was seen. */
  readonly sinceUs?: number | undefined;
  /** Also when nothing is on its way any more. */
  readonly goesOn?: boolean | undefined;
  readonly signal: AbortSignal;
};

/** A look costs two queries; people see half a second as at once. */
const LOOK_MS = 500;
/** Files on their way that are looked at: what is beyond waits, and is in the counts. */
const UNDER_WAY_MAX = 50;
const CHANGES_A_PAGE = 500;
/** A row says when it changed, and is seen when its transaction commits: so far behind is looked at again. */
const OVERLAP_US = 5_000_000;

/**
 * How the files of a collection come along: the counts and what is on its way first, then what changes, whatever process changes it. Who comes
 * back with `sinceUs` hears what it has missed, and may hear again what was just said: each event says how something stands. Nothing is
 * remembered for followers: every look is a query of its own.
 */
export function createFollow({ db, wait, ending }: FollowDeps) {
  return async function* follow(
    tenantId: TenantId,
    { collection, viewer: first, viewerNow, sinceUs, goesOn, signal: left }: FollowAsk,
  ): AsyncGenerator<ProgressEvent, void> {
    let viewer = first;
    const collectionId = await findCollectionId(db, tenantId, collection, viewer);
    if (collectionId === undefined) throw new Fault("collection_unknown");
    const signal = AbortSignal.any([left, ending]);
    let said = new Map<string, string>();
    let since = sinceUs;
    let counted = "";
    while (!signal.aborted) {
      const counts = await countFilesNow(db, tenantId, { collectionId, viewer });
      if (counts === undefined) {
        yield { kind: "gone" };
        return;
      }
      since ??= counts.nowUs;
      const { nowUs, lagSeconds, ...sums } = counts;
      const saying = new Map<string, string>();
      for await (const change of readChanges(db, tenantId, { collectionId, viewer, sinceUs: since - OVERLAP_US })) {
        const words = JSON.stringify(change);
        saying.set(change.fileId, words);
        since = Math.max(since, change.changedAtUs);
        if (said.get(change.fileId) !== words) yield { kind: "file", resumeUs: since, ...change };
      }
      said = saying;
      if (counted !== JSON.stringify(sums)) {
        counted = JSON.stringify(sums);
        yield { kind: "counts", resumeUs: since, nowUs, lagSeconds, ...sums };
      }
      if (goesOn !== true && counts.inProgress === 0) return;
      await wait(LOOK_MS, signal);
      if (viewerNow !== undefined && !signal.aborted) viewer = await viewerNow();
    }
  };
}

/** Changed of late, page by page, then on their way; each once. */
async function* readChanges(
  db: Database,
  tenantId: TenantId,
  { sinceUs, ...of }: ProgressAsk & { readonly sinceUs: number },
): AsyncGenerator<FileChange> {
  const there = new Set<string>();
  let last: FileChange | undefined;
  for (let whole = true; whole;) {
    const from = last === undefined ? { sinceUs } : { sinceUs: last.changedAtUs, after: last.fileId };
    const page = await listChanges(db, tenantId, { ...of, ...from, limit: CHANGES_A_PAGE });
    for (const change of page) {
      last = change;
      // It has changed again while the pages were read.
      if (there.has(change.fileId)) continue;
      there.add(change.fileId);
      yield change;
    }
    whole = page.length === CHANGES_A_PAGE;
  }
  for (const change of await listUnderWay(db, tenantId, { ...of, limit: UNDER_WAY_MAX })) if (!there.has(change.fileId)) yield change;
}
