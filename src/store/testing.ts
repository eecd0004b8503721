import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { systemClock } from "../kernel/clock.ts";
import { migrate } from "./migrate.ts";
import { openPglite } from "./pglite.ts";
import { openPostgres } from "./postgres.ts";
import { copyTemplate, findTemplate } from "./template.ts";
import type { Engine, StoreLog } from "./engine.ts";

export { explainUses } from "./explain.ts";

export type TestEngine = "pglite" | "postgres";

export type TestDatabaseOptions = {
  /** `postgres` needs WEIR_TEST_DATABASE_URL: see `listTestEngines`. */
  readonly engine?: TestEngine;
  /** PGlite only. `memory` (default) is quickest; `folder` is what is served from, for measurements. */
  readonly storage?: "memory" | "folder";
  /** PostgreSQL only. */
  readonly connections?: number;
  readonly log?: StoreLog;
};

const SILENT: StoreLog = { warn: () => undefined };

/**
 * Made before the first test begins: where it has to be built, that takes longer than a test may, and the runner would end the builder.
 */
const template = await findTemplate();

/** For tests: a fresh database with every migration applied, thrown away at `close`. */
export async function openTestDatabase(options: TestDatabaseOptions = {}): Promise<Engine> {
  const deps = { clock: systemClock, log: options.log ?? SILENT };
  if (options.engine === "postgres") return await openOnServer(deps, options.connections ?? 4);
  if (options.storage !== "folder") return await openPglite(deps, { kind: "memory", image: template.image });
  const parent = await mkdtemp(join(tmpdir(), "weir-test-"));
  const dir = join(parent, "db");
  await copyTemplate(dir);
  const engine = await openPglite(deps, { kind: "folder", dir });
  return andThen(engine, () => rm(parent, { recursive: true, force: true }));
}

/** The engines that a test which is about both should run on. Says so when PostgreSQL is not among them. */
export function listTestEngines(): readonly TestEngine[] {
  if (serverUrl() !== undefined) return ["pglite", "postgres"];
  console.log("skipped on PostgreSQL: WEIR_TEST_DATABASE_URL is not set (npm run test:services sets it)");
  return ["pglite"];
}

/** The URL of a superuser, or undefined. */
export const serverUrl = (): string | undefined => process.env["WEIR_TEST_DATABASE_URL"] || undefined;

/** A new database on the test server and a URL for it; `drop` ends what is still connected. */
export async function createServerDatabase(login?: string): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const base = serverUrl();
  if (base === undefined) throw new Error("WEIR_TEST_DATABASE_URL is not set");
  const name = `weir_test_${randomBytes(6).toString("hex")}`;
  const run = async (statement: string): Promise<void> => {
    const client = new Client({ connectionString: base });
    await client.connect();
    try {
      await client.query(statement);
    } finally {
      await client.end();
    }
  };
  await run(`CREATE DATABASE ${name}${login === undefined ? "" : ` OWNER ${login}`}`);
  const url = new URL(base);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => run(`DROP DATABASE ${name} WITH (FORCE)`) };
}

/** A database on the test server as it stands: nothing is migrated, nothing dropped. */
export const openPostgresAsOwner = (url: string): Engine =>
  openPostgres({ clock: systemClock, log: SILENT }, { databaseUrl: url, connections: 4 });

async function openOnServer(deps: Parameters<typeof openPostgres>[0], connections: number): Promise<Engine> {
  const { url, drop } = await createServerDatabase();
  const engine = openPostgres(deps, { databaseUrl: url, connections });
  await migrate(engine);
  return andThen(engine, drop);
}

const andThen = (engine: Engine, clean: () => Promise<void>): Engine => ({
  ...engine,
  async close() {
    await engine.close();
    await clean();
  },
});
