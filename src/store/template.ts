import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { sha256Hex } from "../kernel/hash.ts";
import { hashMigrations, readMigrations } from "./migrate.ts";

/**
 * PGlite's first start runs initdb: 4 s and a gigabyte. It is done once, in a process of its own, and every new data folder is a copy
 * of the result. The folder's name carries what it was made from, so a stale one is never used.
 */
export async function findTemplate(): Promise<string> {
  const folder = join(await cacheFolder(), `template-${templateHash()}`);
  if (await exists(folder)) return folder;
  await mkdir(dirname(folder), { recursive: true });
  const draft = await mkdtemp(join(dirname(folder), "draft-"));
  try {
    await promisify(execFile)(process.execPath, [fileURLToPath(new URL("./template-build.ts", import.meta.url)), join(draft, "db")], {
      maxBuffer: 1 << 24,
    });
    await rename(join(draft, "db"), folder);
  } catch (error) {
    // Another process that built the same one was first: a folder that is there is a whole one.
    if (!(await exists(folder))) throw new Error("The template of the embedded database could not be built.", { cause: error });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return folder;
}

/** Fills a folder that does not exist yet; whole or not at all, also when the process dies on the way. */
export async function copyTemplate(into: string): Promise<void> {
  const template = await findTemplate();
  await mkdir(dirname(into), { recursive: true });
  const draft = await mkdtemp(`${into}.draft-`);
  await cp(template, draft, { recursive: true });
  await rename(draft, into);
}

function templateHash(): string {
  const { version } = createRequire(import.meta.url)("@electric-sql/pglite/package.json") as { version: string };
  return sha256Hex(`${version} ${hashMigrations(readMigrations())}`).slice(0, 16);
}

async function cacheFolder(): Promise<string> {
  const modules = fileURLToPath(new URL("../../node_modules/", import.meta.url));
  const folder = join(modules, ".cache", "weir");
  try {
    await mkdir(folder, { recursive: true });
    return folder;
  } catch {
    return join(tmpdir(), "weir-cache");
  }
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
