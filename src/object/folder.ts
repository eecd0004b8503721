import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Fault } from "../kernel/fault.ts";
import { tenantIds } from "../kernel/ids.ts";
import type { Blobs, ObjectStore } from "./spec.ts";
import { createTenantObjects } from "./tenant-objects.ts";

/** Names that begin with a dot are no segments of a path, so a draft is never taken for an object. */
const DRAFTS = ".drafts";

export const createFolderObjects = (dir: string): ObjectStore => createTenantObjects(createFolderBlobs(dir));

/** Files under `dir`, readable by this user only. One appears by rename, so a reader sees all of it or none. */
export function createFolderBlobs(dir: string): Blobs {
  const at = (path: string): string => join(dir, ...path.split("/"));
  let adopted: Promise<void> | undefined;
  const ready = (): Promise<void> => (adopted ??= adoptFirstLayout(dir));
  return {
    async put(path, bytes) {
      await ready();
      const target = at(path);
      const draft = join(dir, DRAFTS, randomBytes(16).toString("hex"));
      await mkdir(dirname(draft), { recursive: true, mode: 0o700 });
      try {
        await writeDurably(draft, bytes);
        await moveInto(draft, target);
      } catch (error) {
        await rm(draft, { force: true });
        throw new Fault("store_unavailable", { say: "The file could not be stored." }, { cause: error });
      }
    },
    async get(path) {
      await ready();
      try {
        return await readFile(at(path));
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    async delete(path) {
      await ready();
      await rm(at(path), { force: true });
      await removeEmpty(dir, dirname(path));
    },
    async list(prefix, { after = "", limit }) {
      await ready();
      const paths = await walk(dir, "", prefix);
      return paths
        .toSorted()
        .filter((path) => path > after)
        .slice(0, limit);
    },
    async areas() {
      await ready();
      return foldersIn(dir);
    },
  };
}

/** A folder may be removed, being empty, between its making and the move into it. */
const MOVES_MAX = 5;

async function moveInto(draft: string, target: string): Promise<void> {
  for (let tried = 1; ; tried++) {
    await mkdir(dirname(target), { recursive: true, mode: 0o700 });
    try {
      return await rename(draft, target);
    } catch (error) {
      if (tried === MOVES_MAX || !isMissing(error)) throw error;
    }
  }
}

/** Folders are named for tenants and days: an empty one tells of what was there. */
async function removeEmpty(root: string, path: string): Promise<void> {
  for (let folder = path; folder !== "."; folder = dirname(folder)) {
    try {
      await rmdir(join(root, folder));
    } catch {
      // Not empty, or gone already.
      return;
    }
  }
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, "wx", 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Version 0.1 kept `<tenant>/<area>/…`, where now `<area>/<tenant>/…` is. Each folder moves whole, so that a crash leaves none in between. */
async function adoptFirstLayout(dir: string): Promise<void> {
  for (const tenant of (await foldersIn(dir)).filter((name) => tenantIds.is(name))) {
    for (const area of await foldersIn(join(dir, tenant))) {
      await mkdir(join(dir, area), { recursive: true, mode: 0o700 });
      await rename(join(dir, tenant, area), join(dir, area, tenant));
    }
    await rm(join(dir, tenant), { recursive: true });
  }
}

async function walk(root: string, base: string, prefix: string): Promise<string[]> {
  const paths: string[] = [];
  for (const entry of await readFolder(join(root, base))) {
    const path = base === "" ? entry.name : `${base}/${entry.name}`;
    if (path.startsWith(".")) continue;
    if (entry.isDirectory() && (prefix.startsWith(`${path}/`) || `${path}/`.startsWith(prefix)))
      paths.push(...(await walk(root, path, prefix)));
    else if (entry.isFile() && path.startsWith(prefix)) paths.push(path);
  }
  return paths;
}

const foldersIn = async (dir: string): Promise<string[]> =>
  (await readFolder(dir)).filter((entry) => entry.isDirectory() && !entry.name.startsWith(".")).map((entry) => entry.name);

async function readFolder(path: string) {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

function isMissing(error: unknown): boolean {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  return code === "ENOENT" || code === "ENOTDIR";
}
