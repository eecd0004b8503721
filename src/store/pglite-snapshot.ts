import { constants } from "node:fs";
import { copyFile, mkdir, readdir } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import type { Engine } from "./engine.ts";

const CONTROL = join("global", "pg_control");
const WAL = "pg_wal";
/** Between checkpoint and end of the copy nobody else makes a checkpoint but the hourly chore: twice in a row is chance enough. */
const TRIES = 3;

/**
 * Copies the embedded database's folder while it is in use, as `pg_basebackup` does: a checkpoint, then the data files as they come, then
 * the write-ahead log since that checkpoint. Whoever opens the copy replays the log over what was copied half old, half new: full pages are
 * in it. The database stands still for the checkpoint and for copying the log only; `paused` runs in that second pause, in which nothing
 * can be shipped.
 */
export async function snapshotPglite(db: Engine, dir: string, into: string, paused: () => Promise<void>): Promise<void> {
  for (let left = TRIES; left > 0; left--) {
    const first = await checkpoint(db, dir, into);
    await copyData(dir, into);
    if (await copyLog(db, dir, into, first, paused)) return;
  }
  throw new Error("The embedded database wrote more than its log keeps while it was copied. Try again when less is going on.");
}

/** The log's file that a start from this checkpoint begins with. Where the checkpoint is stands in the control file, so that is copied now. */
async function checkpoint(db: Engine, dir: string, into: string): Promise<string> {
  return await db.asOwner(async (owner) => {
    await owner.script("CHECKPOINT");
    const [row] = await owner.query<{ name: string }>("SELECT redo_wal_file AS name FROM pg_control_checkpoint()");
    await mkdir(join(into, "global"), { recursive: true, mode: 0o700 });
    await copyFile(join(dir, CONTROL), join(into, CONTROL));
    if (row === undefined) throw new Error("the database does not tell its checkpoint");
    return row.name;
  });
}

async function copyData(dir: string, into: string): Promise<void> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    const path = relative(dir, join(entry.parentPath, entry.name));
    if (entry.isDirectory()) await mkdir(join(into, path), { recursive: true, mode: 0o700 });
    else if (path !== CONTROL && !path.startsWith(join(WAL, "")) && dirname(path) !== WAL && entry.name !== "postmaster.pid")
      await copyPresent(join(dir, path), join(into, path));
  }
}

/** False where the log no longer reaches back to the checkpoint. */
async function copyLog(db: Engine, dir: string, into: string, first: string, paused: () => Promise<void>): Promise<boolean> {
  return await db.asOwner(async (owner) => {
    const [row] = await owner.query<{ name: string }>("SELECT pg_walfile_name(pg_current_wal_insert_lsn()) AS name");
    const names = (await readdir(join(dir, WAL))).filter(
      (name) => /^[0-9A-F]{24}$/.test(name) && name >= first && name <= (row?.name ?? ""),
    );
    if (!names.includes(first)) return false;
    for (const name of names) await copyPresent(join(dir, WAL, name), join(into, WAL, name));
    await paused();
    return true;
  });
}

/** On file systems that can, the copy shares its blocks. A file that is gone was dropped: the log says so too. */
async function copyPresent(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}
