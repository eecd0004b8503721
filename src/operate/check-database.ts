import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Config } from "../config/index.ts";
import type { Clock } from "../kernel/clock.ts";
import { lockDataFolder, readLock, type Engine } from "../store/index.ts";
import { listPending, readMigrations } from "../store/migrate.ts";
import { openPglite } from "../store/pglite.ts";
import { openPostgres } from "../store/postgres.ts";
import { WHY_NO_VECTORS } from "../store/pgvector.ts";
import { findRoleProblems } from "../store/roles.ts";
import { findUnreadable, listTableShapes } from "../store/table-shape.ts";
import { ok, problem, warning, type Finding } from "./finding.ts";

type Deps = { readonly clock: Clock; readonly pid: number };
type Ask = Pick<Config, "dataDir" | "databaseUrl">;

const log = { warn: () => undefined };
const SKEW_MS_WARN = 1_000;
const SKEW_MS_MAX = 30_000;
const VERSION_MIN = 15;

/** Reachable, of a version that will do, roles that isolate, schema of this program, a clock that agrees. Changes nothing. */
export async function checkDatabase(deps: Deps, ask: Ask): Promise<readonly Finding[]> {
  return ask.databaseUrl === undefined ? checkEmbedded(deps, ask.dataDir) : checkServer(deps, ask.databaseUrl);
}

async function checkEmbedded(deps: Deps, dataDir: string): Promise<readonly Finding[]> {
  // Its server has it open, and says on /readyz how it is.
  if (readLock(dataDir) !== undefined) return [];
  const dir = join(dataDir, "postgres");
  const there = await stat(join(dir, "PG_VERSION")).catch(() => undefined);
  if (there === undefined) return [ok("database", "embedded, made by the first weir serve")];
  const lock = lockDataFolder(dataDir, { pid: deps.pid });
  try {
    const db = await openPglite({ clock: deps.clock, log }, { kind: "folder", dir });
    try {
      return [ok("database", `embedded, in ${dir}`), ...(await checkSchema(db))];
    } finally {
      await db.close();
    }
  } catch (error) {
    return [
      problem(
        "database",
        `the embedded database in ${dir} does not open (${reasonOf(error)})`,
        "Restore a backup into a new folder: weir restore.",
      ),
    ];
  } finally {
    lock.release();
  }
}

async function checkServer(deps: Deps, databaseUrl: string): Promise<readonly Finding[]> {
  const db = openPostgres({ clock: deps.clock, log }, { databaseUrl, connections: 1 });
  try {
    const sentMs = deps.clock.nowMs();
    const [row] = await db.asOwner((owner) =>
      owner.query<{ version: string; now: number }>(
        "SELECT current_setting('server_version') AS version, extract(epoch FROM clock_timestamp()) * 1000 AS now",
      ),
    );
    const middleMs = (sentMs + deps.clock.nowMs()) / 2;
    const version = row?.version ?? "0";
    const reached =
      Number.parseInt(version, 10) < VERSION_MIN
        ? problem("database", `PostgreSQL ${version}`, `${VERSION_MIN} or newer is needed.`)
        : ok("database", `PostgreSQL ${version} answers`);
    return [reached, checkSkew(Math.round((row?.now ?? 0) - middleMs)), ...(await checkSchema(db))];
  } catch (error) {
    return [
      problem("database", `DATABASE_URL cannot be reached (${reasonOf(error)})`, "Check address, password, pg_hba.conf and firewall."),
    ];
  } finally {
    await db.close();
  }
}

function checkSkew(skewMs: number): Finding {
  const say = `the database's clock is ${Math.abs(skewMs)} ms ${skewMs < 0 ? "behind" : "ahead"}`;
  const todo = "Let both machines follow NTP: budgets change with the month, keys expire and tokens are checked by the clock.";
  if (Math.abs(skewMs) > SKEW_MS_MAX) return problem("clock", say, todo);
  return Math.abs(skewMs) > SKEW_MS_WARN ? warning("clock", say, todo) : ok("clock", say);
}

async function checkSchema(db: Engine): Promise<readonly Finding[]> {
  const pending = await listPending(db);
  const [applied] = await db.asOwner((owner) =>
    owner.query<{ there: boolean }>("SELECT to_regclass('public.weir_migrations') IS NOT NULL AS there"),
  );
  if (applied?.there !== true) return [ok("schema", "empty: the first weir serve makes it")];
  const schema =
    pending.length === 0
      ? ok("schema", `up to date, ${readMigrations().length} migrations`)
      : warning(
          "schema",
          `${pending.length} migrations are to come: ${pending.join(", ")}`,
          "The next weir serve applies them. Make a backup first.",
        );
  const roles = await findRoleProblems(db);
  const vectors = await checkVectors(db);
  const hidden = await db.asOwner(async (owner) => findUnreadable(owner, await listTableShapes(owner)));
  return [
    schema,
    roles.length === 0
      ? ok("roles", "tenants are kept apart")
      : problem("roles", roles.join("; "), "Take these rights away: tenants would not be isolated."),
    ...vectors,
    ...(hidden.length === 0
      ? []
      : [warning("backup", `this login does not see all rows of ${hidden.join(", ")}`, "Back up as the login that owns the tables.")]),
  ];
}

/** Looks, and makes nothing. */
async function checkVectors(db: Engine): Promise<readonly Finding[]> {
  const [row] = await db.asOwner((owner) =>
    owner.query<{ stored: boolean; known: boolean }>(
      `SELECT to_regclass('public.chunk_vectors') IS NOT NULL AS stored,
         EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector') AS known`,
    ),
  );
  if (row?.stored === true) return [ok("pgvector", "vectors of documents can be stored")];
  const why = row?.known === true ? "The next weir serve makes their table; where it cannot, its log says why." : WHY_NO_VECTORS.missing;
  return [warning("pgvector", "vectors of documents cannot be stored: they are found by words alone", why)];
}

function reasonOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : "no reason was given";
}
