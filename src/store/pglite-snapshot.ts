import { constants } from "node:fs";
import { copyFile, mkdir, readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Engine } from "./engine.ts";

const NOT_COPIED = new Set(["postmaster.pid", "postmaster.opts"]);

/**
 * Copies the embedded database's folder as of one moment. The database stands still while it is copied, about a second for each gigabyte;
 * calls are answered from memory and journal meanwhile. The first checkpoint is by itself, so that the second is short and others come in
 * between. `paused` runs before the database goes on: nothing can be shipped meanwhile.
 */
export async function snapshotPglite(db: Engine, dir: string, into: string, paused: () => Promise<void>): Promise<void> {
  await db.asOwner((owner) => owner.script("CHECKPOINT"));
  await db.asOwner(async (owner) => {
    await owner.script("CHECKPOINT");
    const [log] = await owner.query<{ first: string; last: string }>(
      "SELECT redo_wal_file AS first, pg_walfile_name(pg_current_wal_insert_lsn()) AS last FROM pg_control_checkpoint()",
    );
    if (log === undefined) throw new Error("the database does not tell where its log begins");
    await copyFolder(dir, into, (name) => name >= log.first && name <= log.last);
    await paused();
  });
}

/** Files of the log that a start from the checkpoint does not read are left out: they are old, or made ahead. */
async function copyFolder(dir: string, into: string, isLogRead: (name: string) => boolean): Promise<void> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  const placeOf = (entry: { parentPath: string; name: string }): string => relative(dir, join(entry.parentPath, entry.name));
  // A listing may name a file before its folder.
  const folders = entries.filter((entry) => entry.isDirectory()).map(placeOf);
  for (const folder of folders.toSorted()) await mkdir(join(into, folder), { recursive: true, mode: 0o700 });
  for (const entry of entries.filter((one) => one.isFile() && !NOT_COPIED.has(one.name))) {
    const path = placeOf(entry);
    const isOldLog = /^pg_wal[/\\][0-9A-F]{24}$/.test(path) && !isLogRead(entry.name);
    if (!isOldLog) await copyOne(join(dir, path), join(into, path));
  }
}

/** On file systems that can, the copy shares its blocks. */
const copyOne = (from: string, to: string): Promise<void> => copyFile(from, to, constants.COPYFILE_FICLONE);
