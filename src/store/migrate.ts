import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { sha256Hex } from "../kernel/hash.ts";
import type { Engine, Owner } from "./engine.ts";
import { ensureRoles } from "./roles.ts";

export type Migration = { readonly name: string; readonly text: string; readonly sha256: string };

const FOLDER = new URL("./migrations/", import.meta.url);
const FILE = /^\d{4}_[a-z0-9_]+\.sql$/;

/** In order of their numbers. Two files of one number are refused: their order would be chance. */
export function readMigrations(): readonly Migration[] {
  const names = readdirSync(fileURLToPath(FOLDER))
    .filter((name) => FILE.test(name))
    .toSorted();
  const numbers = new Set(names.map((name) => name.slice(0, 4)));
  if (names.length === 0) throw new Error(`no migrations in ${fileURLToPath(FOLDER)}`);
  if (numbers.size !== names.length) throw new Error("two migrations have the same number");
  return names.map((name) => {
    const text = readFileSync(new URL(name, FOLDER), "utf8");
    return { name, text, sha256: sha256Hex(text) };
  });
}

/** One digest of all of them: two builds with the same one have the same schema. */
export const hashMigrations = (migrations: readonly Migration[]): string =>
  sha256Hex(migrations.map((one) => `${one.name} ${one.sha256}`).join("\n"));

/** Any number will do as long as every version of this program uses the same one. */
const MIGRATION_LOCK = 7_340_221;

/**
 * Brings the schema up to date, each file in one transaction under an advisory lock: replicas that start together wait for each other.
 * Refuses a database that is newer than this program, or whose applied files differ from this program's.
 */
export async function migrate(db: Engine, migrations: readonly Migration[] = readMigrations()): Promise<void> {
  await db.asOwner(async (owner) => {
    await owner.query("SELECT pg_advisory_lock($1)", [MIGRATION_LOCK]);
    try {
      await ensureRoles(owner);
      const applied = await readApplied(owner);
      checkApplied(applied, migrations);
      const missing = migrations.filter((one) => !applied.has(one.name));
      for (const one of missing) await apply(owner, one);
    } finally {
      await owner.query("SELECT pg_advisory_unlock($1)", [MIGRATION_LOCK]);
    }
  });
}

/** Names of the files that `migrate` would apply to a database that others were applied to before; none for a new one. */
export async function listPending(db: Engine, migrations: readonly Migration[] = readMigrations()): Promise<readonly string[]> {
  const applied = await db.asOwner(readApplied);
  return applied.size === 0 ? [] : migrations.map(({ name }) => name).filter((name) => !applied.has(name));
}

async function readApplied(owner: Owner): Promise<ReadonlyMap<string, string>> {
  const [found] = await owner.query<{ there: boolean }>("SELECT to_regclass('public.weir_migrations') IS NOT NULL AS there");
  if (found?.there !== true) return new Map();
  const rows = await owner.query<{ name: string; sha256: string }>("SELECT name, sha256 FROM weir_migrations ORDER BY name");
  return new Map(rows.map((row) => [row.name, row.sha256]));
}

function checkApplied(applied: ReadonlyMap<string, string>, migrations: readonly Migration[]): void {
  const known = new Map(migrations.map((one) => [one.name, one.sha256]));
  for (const [name, sha256] of applied) {
    const mine = known.get(name);
    if (mine === undefined)
      throw new Error(
        `The database is newer than this program: it holds the migration ${name}, which this version does not have. Start the newer version.`,
      );
    if (mine !== sha256)
      throw new Error(
        `The migration ${name} was changed after it had been applied. Restore the file as it was and put the change in a new one.`,
      );
  }
}

async function apply(owner: Owner, migration: Migration): Promise<void> {
  const { name, sha256 } = migration;
  const record = `INSERT INTO weir_migrations (name, sha256) VALUES ('${name}', '${sha256}')`;
  const table =
    "CREATE TABLE IF NOT EXISTS weir_migrations (name text PRIMARY KEY, sha256 text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())";
  try {
    await owner.script(`BEGIN; ${table};\n${migration.text}\n;${record}; COMMIT`);
  } catch (error) {
    await owner.script("ROLLBACK").catch(() => undefined);
    throw new Error(`The migration ${name} failed: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
