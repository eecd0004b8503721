import { constants } from "node:fs";
import { lstat, open, readdir, realpath } from "node:fs/promises";
import { join } from "node:path";
import { DocumentProblem, SourceProblem, type Connector, type SourceEntry } from "./connector.ts";

/** Deeper is a mistake, or a file system that contains itself. */
const DEPTH_MAX = 64;

/**
 * A folder of this machine, which weir.yaml names. Links are refused and not followed, so nothing outside it is read and no circle is walked; names
 * that begin with a dot are passed over.
 */
export function createFolderConnector({ path }: { readonly path: string }): Connector {
  async function* walk(folder: string, prefix: string, depth: number, signal: AbortSignal): AsyncGenerator<SourceEntry> {
    if (depth > DEPTH_MAX) throw new SourceProblem(`The folder ${prefix} is nested more than ${DEPTH_MAX} deep.`);
    const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
      // It went while its parent was read.
      if (depth > 0 && codeOf(error) === "ENOENT") return [];
      throw new SourceProblem(`The folder ${prefix === "" ? path : prefix} cannot be read (${codeOf(error)}).`);
    });
    for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
      signal.throwIfAborted();
      if (entry.name.startsWith(".")) continue;
      const key = `${prefix}${entry.name}`;
      const full = join(folder, entry.name);
      if (entry.isSymbolicLink()) yield { kind: "refused", key, why: "It is a link, and links are not followed." };
      else if (entry.isDirectory()) yield* walk(full, `${key}/`, depth + 1, signal);
      else if (entry.isFile()) {
        const found = await lstat(full).catch(() => undefined);
        if (found?.isFile() === true) yield { kind: "item", key, etag: etagOf(found), bytes: found.size };
      } else yield { kind: "refused", key, why: "It is neither a file nor a folder." };
    }
  }

  return {
    async list(_since, signal) {
      const root = await realpath(path).catch((error: unknown) => {
        throw new SourceProblem(`The folder ${path} cannot be read (${codeOf(error)}).`);
      });
      return { kind: "all", entries: walk(root, "", 0, signal), cursor: undefined };
    },
    async read({ key }, bytesMax) {
      const root = await realpath(path).catch(() => undefined);
      const full = root === undefined ? undefined : join(root, key);
      // A folder on the way that has become a link since it was listed leads elsewhere.
      if (full === undefined || (await realpath(full).catch(() => undefined)) !== full) return undefined;
      // A pipe that has taken a file's place would be waited for without an end.
      const file = await open(full, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch((error: unknown) => {
        if (codeOf(error) === "ENOENT") return undefined;
        throw new DocumentProblem(`It cannot be read (${codeOf(error)}).`);
      });
      if (file === undefined) return undefined;
      try {
        const found = await file.stat();
        if (!found.isFile()) throw new DocumentProblem("It is no file any more.");
        const { size } = found;
        if (size > bytesMax) throw new DocumentProblem(`It is longer than ${bytesMax} bytes.`);
        return new Uint8Array(await file.readFile());
      } finally {
        await file.close();
      }
    },
  };
}

/** Whole milliseconds lose a second write within one; the inode tells a file that took another's place. */
const etagOf = ({ mtimeMs, size, ino }: { readonly mtimeMs: number; readonly size: number; readonly ino: number }): string =>
  `${mtimeMs}-${size}-${ino}`;

const codeOf = (error: unknown): string =>
  error !== null && typeof error === "object" && "code" in error && typeof error.code === "string" ? error.code : "EIO";
