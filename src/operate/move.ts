import { rename } from "node:fs/promises";
import { join } from "node:path";
import { lockDataFolder, openDatabase, type Engine, type StoreLog } from "../store/index.ts";
import { migrate } from "../store/migrate.ts";
import { openPostgres } from "../store/postgres.ts";
import { checkRoles } from "../store/roles.ts";
import { toIso, type Clock } from "../kernel/clock.ts";
import { isUnused, loadDatabase, readDatabase, type Sums, type TableSource } from "./copy-database.ts";

export type MoveDeps = {
  readonly clock: Clock;
  readonly log: StoreLog;
  readonly pid: number;
  /** Told of each table as it begins. */
  step(table: string): void;
};
export type Moved = { readonly sums: Sums; /** Where the embedded database lies now. */ readonly kept: string };

/**
 * Carries the embedded database of a data folder into an unused PostgreSQL. Rows are counted and summed on both sides before anything is
 * committed there; until then the folder is as it was, so a move that failed is simply begun again. Afterwards the embedded database is
 * set aside under another name: started without DATABASE_URL by mistake, the folder says so instead of serving old data.
 */
export async function moveToPostgres(deps: MoveDeps, { dataDir, to }: { readonly dataDir: string; readonly to: string }): Promise<Moved> {
  const lock = lockDataFolder(dataDir, { pid: deps.pid });
  try {
    const target = openPostgres(deps, { databaseUrl: to, connections: 2 });
    let sums: Sums;
    try {
      await prepareTarget(target);
      const source = await openDatabase({ ...deps, databaseUrl: undefined, dataDir, connections: 1 });
      try {
        sums = await readDatabase(source, (tables) => loadDatabase(target, told(tables, deps.step), (given) => given));
      } finally {
        await source.close();
      }
    } finally {
      await target.close();
    }
    const kept = join(dataDir, `postgres.moved-${toIso(deps.clock.nowMs()).replaceAll(/[:.]/g, "-")}`);
    await rename(join(dataDir, "postgres"), kept);
    return { sums, kept };
  } finally {
    lock.release();
  }
}

async function prepareTarget(target: Engine): Promise<void> {
  try {
    await target.ping();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : "";
    throw new Error(`The database to move to cannot be reached${cause}.`, { cause: error });
  }
  if (!(await target.asOwner(isUnused)))
    throw new Error("The database to move to is in use already: it holds tenants of its own. Name an empty one.");
  await migrate(target);
  await checkRoles(target);
}

async function* told(tables: AsyncIterable<TableSource>, step: (table: string) => void): AsyncGenerator<TableSource> {
  for await (const table of tables) {
    step(table.shape.name);
    yield table;
  }
}
