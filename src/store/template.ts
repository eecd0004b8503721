import { execFile } from "node:child_process";
import { copyFile, mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { sha256Hex } from "../kernel/hash.ts";
import { createSingleFlight } from "../kernel/single-flight.ts";
import { hashMigrations, readMigrations } from "./migrate.ts";

/**
 * A database with every migration applied, ready to be copied: a new data folder starts from `dir`, a test's database in memory from
 * `image`, which is the same as a tar.
 */
export type Template = { readonly dir: string; readonly image: string };

/** Where templates are kept, and what makes one in a folder. Tests hand in their own. */
export type TemplateSource = { readonly cache: string; build(folder: string): Promise<void> };

const flight = createSingleFlight<Template>();

/**
 * PGlite's first start runs initdb: 4 s and a gigabyte. It is done once, in a process of its own. The folder's name carries what it was
 * made from, so a stale one is never used; it appears under its name whole, so two processes that build at once do no harm.
 */
export async function findTemplate(source?: TemplateSource): Promise<Template> {
  return await flight(source?.cache ?? "", async () => {
    const { cache, build } = source ?? { cache: await openCache(), build: runBuilder };
    const folder = join(cache, `template-${await hashTemplate()}`);
    if (!(await exists(folder))) {
      await buildTemplate(cache, folder, build);
      await prune(cache);
    }
    return { dir: join(folder, "db"), image: join(folder, "db.tar") };
  });
}

/** Fills a folder that does not exist yet: whole or not at all, also when the process dies on the way. */
export async function copyTemplate(into: string): Promise<void> {
  const template = await findTemplate();
  await mkdir(dirname(into), { recursive: true });
  const draft = await mkdtemp(`${into}.draft-`);
  try {
    await copyFolder(template.dir, draft);
    await rename(draft, into);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    throw error;
  }
}

/** All files at once: a quarter of the time of `cp`, which asks about each before and after. */
async function copyFolder(from: string, into: string): Promise<void> {
  const entries = await readdir(from, { recursive: true, withFileTypes: true });
  const placeOf = (entry: { parentPath: string; name: string }): string => relative(from, join(entry.parentPath, entry.name));
  const folders = entries.filter((entry) => entry.isDirectory()).map(placeOf);
  for (const folder of folders.toSorted()) await mkdir(join(into, folder), { mode: 0o700 });
  const files = entries.filter((entry) => entry.isFile()).map(placeOf);
  await Promise.all(files.map((file) => copyFile(join(from, file), join(into, file))));
}

async function buildTemplate(cache: string, folder: string, build: TemplateSource["build"]): Promise<void> {
  const draft = await mkdtemp(join(cache, "draft-"));
  try {
    await build(draft);
    await rename(draft, folder);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another process that built the same one was first: a folder of that name is a whole one.
    if (await exists(folder)) return;
    const said = /error: (.*)/i.exec(error instanceof Error ? error.message : "")?.[1] ?? "see the cause";
    throw new Error(`The template of the embedded database could not be built: ${said}`, { cause: error });
  }
}

async function runBuilder(folder: string): Promise<void> {
  const program = fileURLToPath(new URL("./template-build.ts", import.meta.url));
  await promisify(execFile)(process.execPath, [program, folder], { maxBuffer: 1 << 24 });
}

async function hashTemplate(): Promise<string> {
  const versions = await Promise.all(
    [import.meta.resolve("@electric-sql/pglite"), import.meta.resolve("@electric-sql/pglite-pgvector")].map(versionOf),
  );
  const builder = await readFile(new URL("./template-build.ts", import.meta.url), "utf8");
  return sha256Hex(`${versions.join(" ")} ${builder} ${hashMigrations(readMigrations())}`).slice(0, 16);
}

async function versionOf(main: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(new URL("../package.json", main), "utf8"));
  return manifest !== null && typeof manifest === "object" && "version" in manifest ? String(manifest.version) : "";
}

/** Beside the packages where that can be written, else with the temporary files. */
async function openCache(): Promise<string> {
  const near = fileURLToPath(new URL("../../node_modules/.cache/weir", import.meta.url));
  const far = join(tmpdir(), "weir-cache");
  return await mkdir(near, { recursive: true }).then(
    () => near,
    () => mkdir(far, { recursive: true }).then(() => far),
  );
}

/** Templates are 50 MB each. The newest few stay: several versions may be in use side by side. */
const KEPT = 4;
/** A younger one may be about to be copied. */
const PRUNE_AGE_MS = 600_000;

async function prune(cache: string): Promise<void> {
  const names = await readdir(cache);
  const aged = await Promise.all(names.map(async (name) => ({ path: join(cache, name), bornMs: (await stat(join(cache, name))).mtimeMs })));
  const newestFirst = aged.toSorted((a, b) => b.bornMs - a.bornMs);
  const newest = newestFirst[0]?.bornMs ?? 0;
  const stale = newestFirst.slice(KEPT).filter((one) => newest - one.bornMs > PRUNE_AGE_MS);
  await Promise.all(stale.map((one) => rm(one.path, { recursive: true, force: true })));
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
