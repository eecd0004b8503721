import { mkdir, open, readdir, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Clock } from "../kernel/clock.ts";
import { lockDataFolder, type Engine, type StoreLog } from "../store/index.ts";
import { migrate, readMigrations } from "../store/migrate.ts";
import { openPglite } from "../store/pglite.ts";
import { openPostgres } from "../store/postgres.ts";
import { checkRoles } from "../store/roles.ts";
import { copyTemplate } from "../store/template.ts";
import { secretCheckOf } from "./backup.ts";
import { createBackupReader, damaged, type BackupHeader, type BackupReader, type BackupRecord } from "./backup-format.ts";
import { isUnused, loadDatabase, type Sums, type TableSource } from "./copy-database.ts";

export type RestoreDeps = { readonly clock: Clock; readonly log: StoreLog; readonly pid: number };
export type RestoreAsk = {
  /** A backup's records. */
  readonly source: AsyncIterable<Uint8Array>;
  readonly dataDir: string;
  /** undefined: the embedded database of the folder. */
  readonly databaseUrl: string | undefined;
  /** Used where the backup holds none: it must be the one that the backup was made under. */
  readonly secret: Uint8Array | undefined;
  /** false: the schema stays as old as the backup's, for tests of upgrades. */
  readonly upgrade?: boolean;
};
export type Restored = {
  readonly at: string;
  readonly sums: Sums;
  readonly files: number;
  /** What the backup held, for whoever keeps it. */
  readonly keys: { readonly secret: Uint8Array; readonly adminKey: string | undefined; readonly fromBackup: boolean };
};

/** Folders that files of a backup may go to. */
const ROOTS = ["audit-checkpoints", "journal", "objects"] as const;

/** Fills an unused folder and an unused database. All of it, summed and compared, or nothing. */
export async function restore(deps: RestoreDeps, ask: RestoreAsk): Promise<Restored> {
  const { dataDir, databaseUrl } = ask;
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const lock = lockDataFolder(dataDir, { pid: deps.pid });
  try {
    await checkFolder(dataDir);
    const reader = createBackupReader(ask.source);
    const { header, keys } = await readHead(reader, ask.secret);
    try {
      const db = await openTarget(deps, ask, header);
      try {
        const { sums, files } = await fill(db, reader, dataDir);
        if (ask.upgrade !== false) await migrate(db);
        await checkRoles(db);
        return { at: header.at, sums, files, keys };
      } finally {
        await db.close();
      }
    } catch (error) {
      const made = databaseUrl === undefined ? [...ROOTS, "postgres"] : ROOTS;
      for (const name of made) await rm(join(dataDir, name), { recursive: true, force: true });
      throw error;
    }
  } finally {
    lock.release();
  }
}

async function checkFolder(dataDir: string): Promise<void> {
  for (const name of ["postgres", ...ROOTS]) {
    const there = await readdir(join(dataDir, name)).catch(() => []);
    if (there.length > 0)
      throw new Error(
        `The data folder ${dataDir} is in use: it has a folder ${name}. Restore into a new one, and exchange them when all is well.`,
      );
  }
  const memory = await stat(join(dataDir, "weir.json")).catch(() => undefined);
  if (memory !== undefined)
    throw new Error(
      `The data folder ${dataDir} was used with a database before. Restore into a new one, and exchange them when all is well.`,
    );
}

async function readHead(reader: BackupReader, given: Uint8Array | undefined): Promise<{ header: BackupHeader; keys: Restored["keys"] }> {
  const first = await reader.next();
  const kept = first?.type === "keys" ? first : undefined;
  const header = first?.type === "keys" ? await reader.next() : first;
  if (header?.type !== "backup") throw damaged();
  // oxlint-disable-next-line typescript/no-unnecessary-condition -- it comes from a file
  if (header.format !== 1) throw new Error("The backup was made by a newer version of this program. Use that one.");
  const secret = kept?.secret === undefined ? given : new Uint8Array(Buffer.from(kept.secret, "hex"));
  if (secret === undefined)
    throw new Error("The backup was made without the server's secret: set WEIR_SECRET to the one that it was made under.");
  if (secretCheckOf(secret) !== header.secretCheck)
    throw new Error("WEIR_SECRET is not the one that this backup was made under: no key and no document would open.");
  return { header, keys: { secret, adminKey: kept?.adminKey, fromBackup: kept?.secret !== undefined } };
}

/** An empty database whose schema is as old as the backup's rows. */
async function openTarget(deps: RestoreDeps, { dataDir, databaseUrl }: RestoreAsk, header: BackupHeader): Promise<Engine> {
  const known = readMigrations();
  const wanted = known.filter(({ name }) => header.migrations.includes(name));
  if (wanted.length !== header.migrations.length)
    throw new Error("The backup was made by a newer version of this program: its schema has migrations that this one lacks.");
  let db: Engine;
  if (databaseUrl === undefined) {
    const dir = join(dataDir, "postgres");
    if (wanted.length === known.length) await copyTemplate(dir);
    db = await openPglite(deps, { kind: "folder", dir });
  } else {
    db = openPostgres(deps, { databaseUrl, connections: 2 });
  }
  try {
    if (!(await db.asOwner(isUnused))) throw new Error("The database to restore into is in use already. Name an empty one.");
    await migrate(db, wanted);
    return db;
  } catch (error) {
    await db.close();
    throw error;
  }
}

async function fill(db: Engine, reader: BackupReader, dataDir: string): Promise<{ sums: Sums; files: number }> {
  const totals = { files: 0, fileBytes: 0 };
  let record = await reader.next();
  for (; record?.type === "file"; record = await reader.next()) {
    await placeFile(reader, dataDir, record.path, record.bytes);
    totals.files++;
    totals.fileBytes += record.bytes;
  }
  const walk = createTableWalk(reader, record);
  const sums = await loadDatabase(db, walk.tables(), () => {
    const end = walk.end();
    if (end.files !== totals.files || end.fileBytes !== totals.fileBytes) throw damaged();
    return end.sums;
  });
  return { sums, files: totals.files };
}

/** Only below the folders that a backup fills: its names are data, and may have been changed. */
async function placeFile(reader: BackupReader, dataDir: string, path: string, bytes: number): Promise<void> {
  const [root, ...rest] = path.split("/");
  const sound = rest.length > 0 && rest.every((part) => /^[A-Za-z0-9_=][A-Za-z0-9._=-]*$/.test(part)) && ROOTS.some((one) => one === root);
  if (!sound || !Number.isSafeInteger(bytes) || bytes < 0) throw damaged();
  const to = join(dataDir, ...path.split("/"));
  await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  const file = await open(to, "wx", 0o600);
  try {
    for await (const piece of reader.body(bytes)) await file.writeFile(piece);
    await file.sync();
  } finally {
    await file.close();
  }
}

type End = Extract<BackupRecord, { type: "end" }>;

/** Tables with their rows, and the end behind them. */
function createTableWalk(reader: BackupReader, first: BackupRecord | undefined): { tables(): AsyncIterable<TableSource>; end(): End } {
  let record = first;
  async function* rowsOf() {
    for (record = await reader.next(); record?.type === "rows"; record = await reader.next()) yield record.rows;
  }
  return {
    async *tables() {
      while (record?.type === "table") {
        const { type: _type, ...shape } = record;
        yield { shape, rows: rowsOf() };
      }
    },
    end() {
      if (record?.type === "end") return record;
      throw damaged();
    },
  };
}
