/** A fresh database of either kind with a tenant in it, and the parts of knowledge on top. */
import { createLocalJobs } from "../../src/queue/testing.ts";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { composeDetectors } from "../../src/compose/detectors.ts";
import { WHOLE_TENANT } from "../../src/domain/reader.ts";
import { createIngest, type Ingest } from "../../src/ingest/index.ts";
import { systemClock } from "../../src/kernel/clock.ts";
import { tenantIds, type TenantId } from "../../src/kernel/ids.ts";
import { createFolderObjects } from "../../src/object/index.ts";
import { createPostgresIndex, createRetriever, type Retrieve, type RetrieveAsk } from "../../src/retrieve/index.ts";
import type { Engine, StoreLog } from "../../src/store/engine.ts";
import { migrate } from "../../src/store/migrate.ts";
import { openPostgres } from "../../src/store/postgres.ts";
import { openTestDatabase } from "../../src/store/testing.ts";
import { startPostgres } from "../../tools/suite/postgres.ts";

export type Bench = {
  readonly db: Engine;
  readonly tenantId: TenantId;
  readonly ingest: Ingest;
  /** As one who may see the whole tenant, unless told. */
  readonly retrieve: (tenantId: TenantId, ask: Omit<RetrieveAsk, "reader"> & Partial<RetrieveAsk>) => ReturnType<Retrieve>;
  /** Transactions that held the connection longer than they should. */
  slow(): number;
  close(): Promise<void>;
};

/** Without the parts that write: for an index that is filled another way. */
export type SearchBench = Pick<Bench, "db" | "tenantId" | "retrieve" | "close">;

export async function openSearch(
  engine: string,
  log: StoreLog = { warn: () => undefined },
  settings: readonly string[] = [],
): Promise<SearchBench> {
  const { db, close } = engine === "postgres" ? await ownPostgres(log, settings) : await ownPglite(log);
  const tenantId = tenantIds.make(systemClock.nowMs());
  await db.asOwner((owner) =>
    owner.query("INSERT INTO tenants (id, slug, name, digest_salt, created_at) VALUES ($1, 'bench', 'Bench', '\\x00', now())", [tenantId]),
  );
  const search = createRetriever({ index: createPostgresIndex({ db, clock: systemClock, guardRev: composeDetectors().rev }) });
  return { db, tenantId, close, retrieve: (id, ask) => search(id, { reader: WHOLE_TENANT, ...ask }) };
}

export async function openBench(engine: string): Promise<Bench> {
  let slow = 0;
  const { db, tenantId, retrieve, close } = await openSearch(engine, { warn: () => void (slow += 1) });
  const folder = await mkdtemp(join(tmpdir(), "weir-bench-"));
  const detectors = composeDetectors();
  const ingest = createIngest({
    jobs: createLocalJobs(),
    indexed: () => undefined,
    wait: () => Promise.resolve(),
    db,
    objects: createFolderObjects(folder),
    clock: systemClock,
    retrieve: (id, ask) => retrieve(id, ask),
    detectors,
    injectionMode: () => Promise.resolve("block"),
    onError: console.error,
    quarantined: () => undefined,
    audited: (_, _change, work) => work(db),
  });
  return {
    db,
    tenantId,
    ingest,
    retrieve,
    slow: () => slow,
    async close() {
      await ingest.close();
      await close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function ownPglite(log: StoreLog) {
  const db = await openTestDatabase({ storage: "folder", log });
  return { db, close: () => db.close() };
}

async function ownPostgres(log: StoreLog, settings: readonly string[]) {
  const server = await startPostgres({ settings });
  const db = openPostgres({ clock: systemClock, log }, { databaseUrl: server.url, connections: 4 });
  await migrate(db);
  return {
    db,
    async close() {
      await db.close();
      await server.close();
    },
  };
}

export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}
