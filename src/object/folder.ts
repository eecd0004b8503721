import { randomBytes } from "node:crypto";
import { mkdir, open, readFile, readdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Fault } from "../kernel/fault.ts";
import { parseObjectKey, parseObjectPrefix, tenantSegment } from "./object-key.ts";
import type { ObjectStore } from "./spec.ts";

/** Names that begin with a dot are no keys, so a draft is never taken for an object. */
const DRAFTS = ".drafts";

/** Objects as files `<dir>/<tenant>/<key>`, readable by this user only. An object appears by rename, so a reader sees all of it or none. */
export function createFolderObjects(dir: string): ObjectStore {
  return {
    async putObject(tenantId, key, bytes) {
      const path = join(dir, tenantSegment(tenantId), ...parseObjectKey(key));
      const draft = join(dir, DRAFTS, randomBytes(16).toString("hex"));
      await mkdir(dirname(draft), { recursive: true, mode: 0o700 });
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      try {
        await writeDurably(draft, bytes);
        await rename(draft, path);
      } catch (error) {
        await rm(draft, { force: true });
        throw new Fault("store_unavailable", { say: "The file could not be stored." }, { cause: error });
      }
    },
    async getObject(tenantId, key) {
      try {
        return await readFile(join(dir, tenantSegment(tenantId), ...parseObjectKey(key)));
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw error;
      }
    },
    async deleteObject(tenantId, key) {
      await rm(join(dir, tenantSegment(tenantId), ...parseObjectKey(key)), { force: true });
    },
    async listObjects(tenantId, prefix, options = {}) {
      const keys = await walk(join(dir, tenantSegment(tenantId)), "", parseObjectPrefix(prefix));
      const after = options.after ?? "";
      return keys
        .toSorted()
        .filter((key) => key > after)
        .slice(0, options.limit ?? 1000);
    },
  };
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

async function walk(root: string, base: string, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for (const entry of await readFolder(join(root, base))) {
    const key = base === "" ? entry.name : `${base}/${entry.name}`;
    if (entry.isDirectory() && (prefix.startsWith(`${key}/`) || `${key}/`.startsWith(prefix)))
      keys.push(...(await walk(root, key, prefix)));
    else if (entry.isFile() && key.startsWith(prefix)) keys.push(key);
  }
  return keys;
}

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
