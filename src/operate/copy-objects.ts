import { listAllPaths, type Blobs } from "../object/index.ts";
import type { FileTotals } from "./backup-files.ts";
import { toLine, type BackupSink } from "./backup-format.ts";

/** In a bucket that is shared may lie what is nobody's here; a restore would take a path like that for damage. */
const SOUND = /^[A-Za-z0-9_=][A-Za-z0-9._=-]*(?:\/[A-Za-z0-9_=][A-Za-z0-9._=-]*)+$/;

async function* listSound(blobs: Blobs): AsyncGenerator<string> {
  for await (const path of listAllPaths(blobs, "")) if (SOUND.test(path)) yield path;
}

/** Every object of a bucket as it lies there, encrypted, below `objects/` of a backup. */
export async function writeObjects(sink: BackupSink, bucket: Blobs, totals: FileTotals): Promise<void> {
  for await (const path of listSound(bucket)) {
    const bytes = await bucket.get(path);
    if (bytes === undefined) continue; // Deleted meanwhile.
    await sink.write(toLine({ type: "file", path: `objects/${path}`, bytes: bytes.length }));
    await sink.write(bytes);
    totals.files++;
    totals.fileBytes += bytes.length;
  }
}

export type Pushed = { readonly pushed: number; /** Were there already, and were left as they are. */ readonly there: number };

/** Puts into one store what another has and it has not. May be repeated, also after it was broken off. */
export async function pushObjects(from: Blobs, to: Blobs): Promise<Pushed> {
  let pushed = 0;
  let there = 0;
  const has = listSound(to);
  let next = await has.next();
  for await (const path of listSound(from)) {
    // Both lists ascend, so one pass over each tells what is missing.
    while (next.done !== true && next.value < path) next = await has.next();
    if (next.done !== true && next.value === path) {
      there++;
      continue;
    }
    const bytes = await from.get(path);
    if (bytes === undefined) continue;
    await to.put(path, bytes);
    pushed++;
  }
  return { pushed, there };
}
