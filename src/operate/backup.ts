import { cp, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { toIso, type Clock } from "../kernel/clock.ts";
import { Fault } from "../kernel/fault.ts";
import { deriveKey } from "../kernel/hash.ts";
import type { Blobs } from "../object/index.ts";
import type { Engine, StoreLog } from "../store/index.ts";
import { openPglite } from "../store/pglite.ts";
import { snapshotPglite } from "../store/pglite-snapshot.ts";
import { createSum } from "../store/table-copy.ts";
import { writeObjects } from "./copy-objects.ts";
import { toLine, type BackupSink } from "./backup-format.ts";
import { writeFiles, type FileTotals } from "./backup-files.ts";
import { readDatabase, type Sums } from "./copy-database.ts";

export type BackupDeps = {
  readonly db: Engine;
  readonly clock: Clock;
  readonly log: StoreLog;
  readonly dataDir: string;
  readonly journalDir: string;
  readonly secret: Uint8Array;
  /** Where stored files are, where that is no folder of `dataDir`. */
  readonly bucket: Blobs | undefined;
  /** Ships what this process has recorded. Where that fails the journal holds it. */
  flush(): Promise<void>;
};

export type BackupFacts = { readonly sums: Sums } & Readonly<FileTotals>;
/** Writes a backup of the running server: what was answered before it began is in it, whole. */
export type Backup = {
  /** `objects`: with those of a bucket, too, which has means of its own. A folder's are always in it. */
  write(sink: BackupSink, wish?: { readonly objects: boolean }): Promise<BackupFacts>;
};

const DRAFT = "backup-draft-";

export function createBackup(deps: BackupDeps): Backup {
  let busy = false;
  return {
    async write(sink, { objects } = { objects: false }) {
      if (busy) throw new Fault("conflict", { say: "A backup is being made already. Wait for it to end." });
      busy = true;
      try {
        await deps.flush().catch(() => undefined);
        return await (deps.db.engine === "pglite" ? writeEmbedded(deps, sink, objects) : writeServer(deps, sink, objects));
      } finally {
        busy = false;
      }
    },
  };
}

/** Tells a backup's secret from another without telling anything of it. */
export const secretCheckOf = (secret: Uint8Array): string =>
  Buffer.from(deriveKey(secret, "operate/backup-check")).toString("hex").slice(0, 32);

const head = ({ clock, db, secret }: BackupDeps, migrations: readonly string[]): Uint8Array =>
  toLine({ type: "backup", format: 1, at: toIso(clock.nowMs()), engine: db.engine, migrations, secretCheck: secretCheckOf(secret) });

/**
 * The ends of chains that were told outside go first: a copy that is older than the chain agrees with it. The journal goes after the
 * moment that the rows are of: what the rows do not have yet is in it.
 */
async function writeServer(deps: BackupDeps, sink: BackupSink, objects: boolean): Promise<BackupFacts> {
  const totals: FileTotals = { files: 0, fileBytes: 0 };
  const migrations = await listMigrations(deps.db);
  await sink.write(head(deps, migrations));
  await writeFiles(sink, deps.dataDir, "audit-checkpoints", totals);
  return await writeRows(deps.db, sink, totals, async () => {
    await writeFiles(sink, deps.journalDir, "", totals, "journal");
    await writeStored(deps, sink, objects, totals);
  });
}

/** After the moment that the rows are of: what a row names is there. */
async function writeStored({ dataDir, bucket }: BackupDeps, sink: BackupSink, objects: boolean, totals: FileTotals): Promise<void> {
  if (bucket !== undefined && objects) await writeObjects(sink, bucket, totals);
  else await writeFiles(sink, dataDir, "objects", totals);
}

/** A copy of the folder, opened by a second engine: so the backup is known to open, and the first one goes on serving. */
async function writeEmbedded(deps: BackupDeps, sink: BackupSink, objects: boolean): Promise<BackupFacts> {
  const { dataDir, db } = deps;
  const draft = await mkdtemp(join(dataDir, DRAFT));
  try {
    await snapshotPglite(db, join(dataDir, "postgres"), join(draft, "postgres"), async () => {
      for (const [from, name] of [
        [deps.journalDir, "journal"],
        [join(dataDir, "audit-checkpoints"), "audit-checkpoints"],
      ] as const) {
        await mkdir(from, { recursive: true, mode: 0o700 });
        await cp(from, join(draft, name), { recursive: true });
      }
    });
    const copy = await openPglite(deps, { kind: "folder", dir: join(draft, "postgres") });
    try {
      const totals: FileTotals = { files: 0, fileBytes: 0 };
      await sink.write(head(deps, await listMigrations(copy)));
      await writeFiles(sink, draft, "audit-checkpoints", totals);
      await writeFiles(sink, draft, "journal", totals);
      await writeStored(deps, sink, objects, totals);
      return await writeRows(copy, sink, totals, async () => undefined);
    } finally {
      await copy.close();
    }
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** What a process left that died while it made a backup. */
export async function removeDrafts(dataDir: string): Promise<void> {
  const names = await readdir(dataDir).catch(() => []);
  for (const name of names) if (name.startsWith(DRAFT)) await rm(join(dataDir, name), { recursive: true, force: true });
}

async function listMigrations(db: Engine): Promise<readonly string[]> {
  return await db.asOwner(async (owner) =>
    (await owner.query<{ name: string }>("SELECT name FROM weir_migrations ORDER BY name")).map(({ name }) => name),
  );
}

async function writeRows(db: Engine, sink: BackupSink, totals: FileTotals, before: () => Promise<void>): Promise<BackupFacts> {
  return await readDatabase(db, async (tables) => {
    await before();
    const sums: Record<string, ReturnType<ReturnType<typeof createSum>["read"]>> = {};
    for await (const { shape, rows } of tables) {
      const sum = createSum();
      await sink.write(toLine({ type: "table", ...shape }));
      for await (const some of rows) {
        sum.add(some);
        await sink.write(toLine({ type: "rows", rows: some }));
      }
      sums[shape.name] = sum.read();
    }
    await sink.write(toLine({ type: "end", sums, ...totals }));
    return { sums, ...totals };
  });
}
