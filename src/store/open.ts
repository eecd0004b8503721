import { mkdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../kernel/clock.ts";
import type { Engine, StoreLog } from "./engine.ts";
import { EMBEDDED, hasTables, placeOf, readDatabaseId, readMemory } from "./identity.ts";
import type { Memory } from "./identity.ts";
import { migrate } from "./migrate.ts";
import { openPglite } from "./pglite.ts";
import { openPostgres } from "./postgres.ts";
import { checkRoles } from "./roles.ts";
import { copyBeforeMigration } from "./migration-copy.ts";
import { ensureVectors, WHY_NO_VECTORS } from "./pgvector.ts";
import { copyTemplate } from "./template.ts";

export type DatabaseSettings = {
  /** undefined: the embedded database in `dataDir`. */
  readonly databaseUrl: string | undefined;
  readonly dataDir: string;
  /** Most connections held to a PostgreSQL server. */
  readonly connections: number;
  readonly clock: Clock;
  readonly log: StoreLog;
};

/**
 * Opens the database, brings its schema up to date and proves that its roles isolate tenants. Every refusal is an Error whose message
 * says what to do. With the embedded database, whoever calls holds the data folder's lock.
 */
export async function openDatabase(settings: DatabaseSettings): Promise<Engine> {
  await mkdir(settings.dataDir, { recursive: true, mode: 0o700 });
  const db = settings.databaseUrl === undefined ? await openEmbedded(settings) : await openServer(settings, settings.databaseUrl);
  const vectors = await ensureVectors(db);
  if (vectors !== "ready") settings.log.warn(`documents are found by words alone. ${WHY_NO_VECTORS[vectors]}`);
  return db;
}

async function openEmbedded(settings: DatabaseSettings): Promise<Engine> {
  const memory = await readMemory(settings.dataDir, EMBEDDED);
  const dir = join(settings.dataDir, "postgres");
  const there = await stat(join(dir, "PG_VERSION")).then(
    () => true,
    () => false,
  );
  if (!there) {
    if (memory.find() !== undefined) throw new Error(lostMessage(`The database in ${dir} is gone`, memory));
    await copyTemplate(dir);
  }
  const db = await openPglite(settings, { kind: "folder", dir });
  return await prepare(db, memory, `The database in ${dir}`, (open) => copyBeforeMigration(open, dir, settings.log));
}

async function openServer(settings: DatabaseSettings, databaseUrl: string): Promise<Engine> {
  const memory = await readMemory(settings.dataDir, placeOf(databaseUrl));
  const db = openPostgres(settings, { databaseUrl, connections: settings.connections });
  return await prepare(db, memory, "The database of DATABASE_URL");
}

/** Of a database that answers: what must hold before it serves. Closes it when it refuses. */
export async function prepare(db: Engine, memory: Memory, name: string, before?: (db: Engine) => Promise<void>): Promise<Engine> {
  try {
    await checkReachable(db, name);
    const known = memory.find();
    if (known !== undefined && !(await db.asOwner(hasTables))) throw new Error(lostMessage(`${name} is empty`, memory));
    await before?.(db);
    await migrate(db);
    await checkRoles(db);
    const databaseId = await db.asOwner(readDatabaseId);
    if (known !== undefined && known !== databaseId) throw new Error(lostMessage(`${name} is another one than before`, memory));
    await memory.keep(databaseId);
    return db;
  } catch (error) {
    await db.close().catch(() => undefined);
    throw error;
  }
}

const SERVER_VERSION_MIN = 150_000;

async function checkReachable(db: Engine, name: string): Promise<void> {
  let version: string;
  try {
    const [row] = await db.asOwner((owner) => owner.query<{ version: string }>("SELECT current_setting('server_version_num') AS version"));
    version = row?.version ?? "0";
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : "no answer";
    throw new Error(`${name} cannot be reached: ${cause}`, { cause: error });
  }
  if (Number(version) < SERVER_VERSION_MIN)
    throw new Error(`${name} is PostgreSQL ${Math.floor(Number(version) / 10_000)}. 15 or newer is needed.`);
}

function lostMessage(what: string, memory: Memory): string {
  return `${what}, but this data folder was used with a database before. Restore that one; or delete ${memory.file} to start with what is there now.`;
}
