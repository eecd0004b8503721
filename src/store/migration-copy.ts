import { mkdir, readdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Engine, StoreLog } from "./engine.ts";
import { listPending } from "./migrate.ts";
import { snapshotPglite } from "./pglite-snapshot.ts";

/** What the last upgrade began with is kept; what earlier ones did, not. */
const MARK = ".before-";

/**
 * Copies the embedded database beside itself (`postgres.before-0005_…`) when the schema is about to change. Should the new version not
 * do, the old one runs on the copy: stop the server, delete `postgres`, and give the copy that name.
 */
export async function copyBeforeMigration(db: Engine, dir: string, log: StoreLog): Promise<void> {
  const [first] = await listPending(db);
  if (first === undefined) return;
  const parent = dirname(dir);
  const name = `${basename(dir)}${MARK}${first.replace(/\.sql$/, "")}`;
  const draft = join(parent, `${name}.draft`);
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { recursive: true, mode: 0o700 });
  await snapshotPglite(db, dir, draft, async () => undefined);
  const older = (await readdir(parent)).filter((other) => other.startsWith(`${basename(dir)}${MARK}`) && !other.endsWith(".draft"));
  for (const other of older) await rm(join(parent, other), { recursive: true, force: true });
  await rename(draft, join(parent, name));
  log.warn("the schema changes: the database as it was is kept beside it", { folder: name });
}
