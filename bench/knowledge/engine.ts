/** A fresh database of either kind with a tenant in it, and the parts of knowledge on top. */
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

export async function openBench(engine: string): Promise<Bench> {
  let slow = 0;
  const log: StoreLog = { warn: () => void (slow += 1) };
  const { db, close } = engine === "postgres" ? await ownPostgres(log) : await ownPglite(log);
  const folder = await mkdtemp(join(tmpdir(), "weir-bench-"));
  const tenantId = tenantIds.make(systemClock.nowMs());
  await db.asOwner((owner) =>
    owner.query("INSERT INTO tenants (id, slug, name, digest_salt, created_at) VALUES ($1, 'bench', 'Bench', '\\x00', now())", [tenantId]),
  );
  const detectors = composeDetectors();
  const search = createRetriever({ index: createPostgresIndex({ db, clock: systemClock, guardRev: detectors.rev }) });
  const retrieve: Bench["retrieve"] = (id, ask) => search(id, { reader: WHOLE_TENANT, ...ask });
  const ingest = createIngest({
    db,
    objects: createFolderObjects(folder),
    clock: systemClock,
    retrieve: search,
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

async function ownPostgres(log: StoreLog) {
  const server = await startPostgres();
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
