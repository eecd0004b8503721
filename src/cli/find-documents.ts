import { readdir, stat } from "node:fs/promises";
import { basename, isAbsolute, join, relative, resolve, sep } from "node:path";
import { ENDINGS, endingOf, languageOf } from "../domain/file-kind.ts";
import { CommandError, EXIT } from "./command.ts";

/** A file to ingest. */
export type Document = {
  /** Absolute. */
  readonly path: string;
  /** As it is cited: relative to the folder that was named. */
  readonly filename: string;
  /** What makes it the same document next time: relative to the working folder, else absolute. */
  readonly identity: string;
};

export type Found = { readonly documents: readonly Document[]; /** Files of other kinds, left out of folders. */ readonly skipped: number };

/** Kinds that are read. A file that is named itself is sent whatever it is, and the server says whether it can read it. */
const isRead = (path: string): boolean => ENDINGS.has(endingOf(path)) || languageOf(path) !== undefined;
/** Beyond this a wrong folder was named, such as `/`. */
const DOCUMENTS_MAX = 100_000;

/** Files among the paths and below them, in a steady order. Hidden entries and links inside folders are passed over. */
export async function findDocuments(paths: readonly string[], cwd: string): Promise<Found> {
  const documents = new Map<string, Document>();
  let skipped = 0;
  const add = (path: string, filename: string): void => {
    documents.set(path, { path, filename: filename.split(sep).join("/"), identity: identityOf(path, cwd) });
    if (documents.size > DOCUMENTS_MAX)
      throw new CommandError(`There are more than ${String(DOCUMENTS_MAX)} files: name a smaller folder.`, EXIT.usage);
  };
  for (const given of paths) {
    const top = resolve(cwd, given);
    const found = await stat(top).catch(() => undefined);
    if (found === undefined) throw new CommandError(`${given} does not exist, or cannot be read.`, EXIT.usage);
    if (!found.isDirectory()) {
      add(top, basename(top));
      continue;
    }
    for (const path of await filesBelow(top)) {
      if (isRead(path)) add(path, relative(top, path));
      else skipped++;
    }
  }
  return { documents: [...documents.values()], skipped };
}

async function filesBelow(folder: string): Promise<string[]> {
  const files: string[] = [];
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    if (entry.name.startsWith(".") || entry.name === "node_modules") continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) files.push(...(await filesBelow(path)));
    else if (entry.isFile()) files.push(path);
  }
  return files;
}

function identityOf(path: string, cwd: string): string {
  const inside = relative(cwd, path);
  return (inside.startsWith("..") || isAbsolute(inside) ? path : inside).split(sep).join("/");
}
