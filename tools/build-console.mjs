/**
 * Builds the web console to console/dist: node tools/build-console.mjs. Does nothing where nothing changed since the last time, which takes
 * some milliseconds to see. Files that compress are packed beside, so that the server never has to. Needs Node 20 only.
 */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const root = fileURLToPath(new URL("..", import.meta.url));
const site = join(root, "console");
const dist = join(site, "dist");
/** In the built folder: what it was built from. The server gives out no file of that name's kind. */
const MARK = ".built-from";
const PACKED = /\.(?:js|css|svg|json|txt)$/;

/** Every file under a folder but what is built or installed there. */
function* filesIn(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.name === "dist" || entry.name === "node_modules" || entry.name.startsWith(".")) continue;
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesIn(path);
    else yield path;
  }
}

/** Of the names, sizes and times of everything that goes into it: as `make` does, and as fast. */
export function digestSources() {
  const hash = createHash("sha256");
  for (const path of [...filesIn(site), join(root, "package-lock.json"), fileURLToPath(import.meta.url)].toSorted((a, b) =>
    a < b ? -1 : 1,
  )) {
    const { size, mtimeMs } = statSync(path);
    hash.update(`${relative(root, path)} ${size} ${mtimeMs}\n`);
  }
  return hash.digest("hex");
}

function isBuilt(digest) {
  try {
    return readFileSync(join(dist, MARK), "utf8") === digest;
  } catch {
    return false;
  }
}

function pack(folder) {
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !PACKED.test(entry.name)) continue;
    const path = join(entry.parentPath ?? entry.path, entry.name);
    const bytes = readFileSync(path);
    writeFileSync(`${path}.br`, brotliCompressSync(bytes, quality));
    writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
  }
}

/** Resolves to whether there was something to do. A build that fails leaves the one before. */
export async function buildConsole() {
  const digest = digestSources();
  if (isBuilt(digest)) return false;
  // Several may build at the same time: each in a folder of its own, and what is served is exchanged whole.
  const draft = join(site, `.dist-${process.pid}`);
  const old = join(site, `.dist-${process.pid}-old`);
  try {
    // React's slow, talkative build otherwise goes out to everybody where somebody's shell says `development` or `test`.
    process.env.NODE_ENV = "production";
    const { build } = await import("vite");
    await build({ configFile: join(site, "vite.config.ts"), build: { outDir: draft, emptyOutDir: true }, logLevel: "error" });
    pack(draft);
    writeFileSync(join(draft, MARK), digest);
    mkdirSync(dist, { recursive: true });
    renameSync(dist, old);
    renameSync(draft, dist);
    return true;
  } finally {
    rmSync(draft, { recursive: true, force: true });
    rmSync(old, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const startedAt = Date.now();
  try {
    if (await buildConsole()) console.error(`weir: the console was built in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
  } catch (error) {
    console.error(`weir: the console could not be built: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
