import { matchesGlob } from "node:path";
import { ENDINGS, endingOf } from "../../domain/file-kind.ts";
import type { Clock } from "../../kernel/clock.ts";
import { Fault } from "../../kernel/fault.ts";
import type { CollectionId, TenantId } from "../../kernel/ids.ts";
import type { Database } from "../../store/index.ts";
import * as store from "../../store/sources.ts";
import { type Connector, type SourceEntry, SourceProblem } from "./connector.ts";
import type { Run } from "./run.ts";
import { digestOf, type SourceSpec } from "./spec.ts";
import { createTake, type TakeDeps } from "./take.ts";

/** Entries that are compared with what is known in one query. */
const ENTRIES_A_STEP = 200;
const UNSEEN_A_STEP = 200;

export type SyncDeps = TakeDeps & {
  readonly db: Database;
  readonly clock: Clock;
  /** Made where it is missing. */
  readonly openCollection: (tenantId: TenantId, name: string) => Promise<CollectionId>;
};
export type SyncSource = (tenantId: TenantId, spec: SourceSpec, connector: Connector, signal: AbortSignal) => Promise<void>;

/** What a place no longer holds goes. */
async function removeGone(db: Database, drop: ReturnType<typeof createTake>["drop"], run: Run): Promise<void> {
  const { tenantId, spec, counts } = run;
  if (counts.seen === 0 && !spec.allowEmpty && (await store.countItems(db, tenantId, spec.name)) > 0)
    throw new SourceProblem(
      "The place is empty, and nothing was removed: it may not be there today. `allowEmpty: true` means that it may be.",
    );
  for (;;) {
    run.signal.throwIfAborted();
    const gone = await store.listUnseen(db, tenantId, spec.name, { run: run.run, limit: UNSEEN_A_STEP });
    if (gone.length === 0) return;
    for (const item of gone) {
      await drop(tenantId, item.fileId);
      await store.dropItem(db, tenantId, spec.name, item.key);
      counts.removed += 1;
    }
  }
}

/** One run, up to its new cursor. */
function createRun({ db, ...deps }: SyncDeps): (run: Run) => Promise<string | undefined> {
  const take = createTake({ db, ...deps });

  async function compare(run: Run, entries: readonly SourceEntry[]): Promise<void> {
    const { tenantId, spec, counts } = run;
    const known = await store.findItems(
      db,
      tenantId,
      spec.name,
      entries.map(({ key }) => key),
    );
    const isSame = (entry: SourceEntry): boolean => {
      const item = known.get(entry.key);
      return entry.kind === "item" && item?.etag === entry.etag && item.collectionId === run.collectionId;
    };
    const same = entries.filter(isSame);
    counts.seen += entries.length;
    counts.unchanged += same.length;
    await store.markSeen(
      db,
      tenantId,
      spec.name,
      same.map(({ key }) => key),
      run.run,
    );
    for (const entry of entries.filter((one) => !isSame(one))) {
      run.signal.throwIfAborted();
      await take.one(run, entry, known.get(entry.key));
    }
    await store.noteCounts(db, tenantId, spec.name, counts);
  }

  async function takeAll(run: Run, entries: AsyncIterable<SourceEntry>): Promise<void> {
    let batch: SourceEntry[] = [];
    for await (const entry of entries) {
      if (!isWanted(run.spec, entry.key)) continue;
      batch.push(entry);
      if (batch.length < ENTRIES_A_STEP) continue;
      await compare(run, batch);
      batch = [];
    }
    if (batch.length > 0) await compare(run, batch);
  }

  return async (run) => {
    const { tenantId, spec, signal } = run;
    await take.dropStrays(tenantId, spec.name);
    const digest = `${digestOf(spec)} ${run.collectionId}`;
    const before = (await store.findSource(db, tenantId, spec.name))?.cursor;
    const since = before?.startsWith(`${digest} `) === true ? before.slice(digest.length + 1) : undefined;
    const listing = await run.connector.list(since, signal);
    if (listing.kind === "same") {
      run.counts.unchanged = await store.countItems(db, tenantId, spec.name);
      return before;
    }
    await takeAll(run, listing.entries);
    await removeGone(db, take.drop, run);
    await take.settle(run);
    return listing.cursor === undefined ? undefined : `${digest} ${listing.cursor}`;
  };
}

/**
 * Makes a collection hold what a place holds: what is new or changed is read and given to the index, what is gone goes. Everything that is done stands
 * in the database before the next thing is begun, so a run that is cut off is gone on with by the next: what it took is there already.
 */
export function createSync(deps: SyncDeps): SyncSource {
  const { db, clock } = deps;
  const work = createRun(deps);
  const now = (): Date => new Date(clock.nowMs());

  return async (tenantId, spec, connector, signal) => {
    const counts = { seen: 0, added: 0, changed: 0, removed: 0, unchanged: 0, refused: 0 };
    await store.startSource(db, tenantId, spec.name, now());
    try {
      const collectionId = await deps.openCollection(tenantId, spec.collection);
      const run: Run = { tenantId, spec, connector, collectionId, run: clock.nowMs(), counts, replaced: [], signal };
      const cursor = await work(run);
      await store.endSource(db, tenantId, spec.name, { now: now(), cursor, counts });
    } catch (error) {
      // It stays `running`, and is gone on with at the next start.
      if (signal.aborted) throw error;
      const said =
        error instanceof SourceProblem ? error.message : error instanceof Fault ? error.message : "The server failed. Its log says how.";
      await store.endSource(db, tenantId, spec.name, { now: now(), error: said, counts });
      if (!(error instanceof SourceProblem)) throw error;
    }
  };
}

/** By the globs; without any, whatever this server reads. */
function isWanted({ include, exclude }: SourceSpec, key: string): boolean {
  const matches = (glob: string): boolean => matchesGlob(key, glob);
  if (exclude.some(matches)) return false;
  return include.length === 0 ? ENDINGS.has(endingOf(key)) : include.some(matches);
}
