import { open, readdir } from "node:fs/promises";
import { join, sep } from "node:path";
import { toLine, type BackupSink } from "./backup-format.ts";

const PIECE_BYTES = 256 * 1024;
/** Says which process writes a journal: in a copy nobody does, and without it the next start takes the journal over. */
const OWNER_FILE = "owner.json";

export type FileTotals = { files: number; fileBytes: number };

/** Every file below `root/folder`, each as long as it is when its turn comes. */
export async function writeFiles(sink: BackupSink, root: string, folder: string, totals: FileTotals, into = folder): Promise<void> {
  for (const path of await listFiles(join(root, folder))) {
    const name = path.slice(join(root, folder).length + 1);
    await writeFileRecord(sink, path, `${into}/${name.split(sep).join("/")}`, totals);
  }
}

/** In order; names that begin with a dot are drafts. */
async function listFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile() && entry.name !== OWNER_FILE && !entry.name.endsWith(".draft"));
  return files
    .map((entry) => join(entry.parentPath, entry.name))
    .filter(
      (path) =>
        !path
          .slice(folder.length)
          .split(sep)
          .some((part) => part.startsWith(".")),
    )
    .toSorted();
}

async function writeFileRecord(sink: BackupSink, path: string, name: string, totals: FileTotals): Promise<void> {
  const file = await open(path, "r").catch(() => undefined);
  if (file === undefined) return; // Deleted meanwhile.
  try {
    const { size } = await file.stat();
    await sink.write(toLine({ type: "file", path: name, bytes: size }));
    for (let at = 0; at < size;) {
      const { bytesRead, buffer } = await file.read(
        Buffer.allocUnsafe(Math.min(PIECE_BYTES, size - at)),
        0,
        Math.min(PIECE_BYTES, size - at),
        at,
      );
      if (bytesRead === 0) throw new Error(`${name} became shorter while it was copied`);
      await sink.write(buffer.subarray(0, bytesRead));
      at += bytesRead;
    }
    totals.files++;
    totals.fileBytes += size;
  } finally {
    await file.close();
  }
}
