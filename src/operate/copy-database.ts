import type { Engine, Owner } from "../store/index.ts";
import {
  createSum,
  finishLoad,
  prepareLoad,
  readRows,
  sumTable,
  TEXT_SETTINGS,
  writeRows,
  type TableSum,
  type TextRow,
} from "../store/table-copy.ts";
import { findUnreadable, listTableShapes, type TableShape } from "../store/table-shape.ts";

/** Rows and checksum of each table, by its name. */
export type Sums = Readonly<Record<string, TableSum>>;

/** A table and its rows, as they come from a database or out of a file. */
export type TableSource = { readonly shape: TableShape; readonly rows: AsyncIterable<readonly TextRow[]> };

/**
 * Reads every table as of one moment: others go on writing. PostgreSQL keeps the moment in a snapshot; the embedded database has one
 * connection, so whoever reads it so must be alone with it.
 */
export async function readDatabase<T>(db: Engine, body: (tables: AsyncIterable<TableSource>) => Promise<T>): Promise<T> {
  return await db.asOwner(async (owner) => {
    await owner.script(
      `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; ${TEXT_SETTINGS}; SET LOCAL idle_in_transaction_session_timeout = 0`,
    );
    try {
      const shapes = await listTableShapes(owner);
      const hidden = await findUnreadable(owner, shapes);
      if (hidden.length > 0)
        throw new Error(
          `The database's login does not see all rows of ${hidden.join(", ")}. Use the login that owns the tables, or a superuser.`,
        );
      return await body(tablesOf(owner, shapes));
    } finally {
      await owner.script("ROLLBACK").catch(() => undefined);
    }
  });
}

async function* tablesOf(owner: Owner, shapes: readonly TableShape[]): AsyncGenerator<TableSource> {
  for (const shape of shapes) yield { shape, rows: readRows(owner, shape) };
}

/** A database that has never served. What an earlier attempt left behind (tables without an identity) is no obstacle. */
export async function isUnused(owner: Owner): Promise<boolean> {
  const [found] = await owner.query<{ there: boolean }>("SELECT to_regclass('public.weir_identity') IS NOT NULL AS there");
  if (found?.there !== true) return true;
  const [used] = await owner.query<{ rows: number }>(
    "SELECT (SELECT count(*) FROM weir_identity) + (SELECT count(*) FROM tenants) AS rows",
  );
  return used?.rows === 0;
}

/**
 * Loads all tables into a migrated, unused database in one transaction, reads them back and compares: all of it stands there, or nothing.
 * `expected` is asked when the source has ended.
 */
export async function loadDatabase(db: Engine, tables: AsyncIterable<TableSource>, expected: (mine: Sums) => Sums): Promise<Sums> {
  return await db.asOwner(async (owner) => {
    await owner.script(`BEGIN; ${TEXT_SETTINGS}`);
    try {
      const sums = await load(owner, tables);
      checkSums(expected(sums.given), sums.stored);
      await owner.script("COMMIT");
      return sums.stored;
    } catch (error) {
      await owner.script("ROLLBACK").catch(() => undefined);
      throw error;
    }
  });
}

async function load(owner: Owner, tables: AsyncIterable<TableSource>): Promise<{ given: Sums; stored: Sums }> {
  const own = await listTableShapes(owner);
  await prepareLoad(owner, own);
  const given: Record<string, TableSum> = {};
  for await (const { shape, rows } of tables) {
    const mine = own.find(({ name }) => name === shape.name);
    if (mine === undefined) throw new Error(`The table ${shape.name} does not exist in this version of the schema.`);
    const columns = shape.columns.map(({ name }) => mine.columns.find((column) => column.name === name) ?? fail(shape.name, name));
    for (const period of shape.periods) await owner.query("SELECT weir_event_partition($1)", [period]);
    const sum = createSum();
    for await (const some of rows) {
      await writeRows(owner, { ...mine, columns }, some);
      sum.add(some);
    }
    given[shape.name] = sum.read();
  }
  await finishLoad(owner, own);
  const stored: Record<string, TableSum> = {};
  for (const shape of own) stored[shape.name] = await sumTable(owner, shape);
  return { given, stored };
}

function fail(table: string, column: string): never {
  throw new Error(`The table ${table} has no column ${column} in this version of the schema.`);
}

/** Throws with the names of the tables that differ. */
export function checkSums(expected: Sums, found: Sums): void {
  const names = new Set([...Object.keys(expected), ...Object.keys(found)]);
  const differ = [...names].filter((name) => {
    const [one, other] = [expected[name], found[name]];
    return (one?.rows ?? 0) !== (other?.rows ?? 0) || (one !== undefined && one.sum !== other?.sum);
  });
  if (differ.length === 0) return;
  const said = differ.map((name) => `${name} (${expected[name]?.rows ?? 0} rows given, ${found[name]?.rows ?? 0} found)`);
  throw new Error(`What was stored is not what was read, so nothing was kept: ${said.join(", ")}.`);
}
