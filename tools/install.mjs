/**
 * Installs what is missing and nothing else: node tools/install.mjs [--runtime]. Quiet when all is there. With --runtime the
 * development packages are not asked for, but never removed where they are. Needs Node 20 and npm only.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { findBun } from "../bin/run-bun.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch {
    return undefined;
  }
}

/** Entries of the lock file that must be on disk. Optional ones are npm's business: they depend on the platform; workspaces and links to them are here. */
const required = Object.entries(readJson(join(root, "package-lock.json"))?.packages ?? {}).filter(
  ([path, entry]) => path.startsWith("node_modules/") && entry.link !== true && entry.optional !== true,
);

/** Names of the packages that are absent or of another version. */
export function missingPackages(withDev) {
  return required
    .filter(([, entry]) => withDev || entry.dev !== true)
    .filter(([path, entry]) => readJson(join(root, path, "package.json"))?.version !== entry.version)
    .map(([path]) => path.slice("node_modules/".length));
}

const npm = (...args) =>
  spawnSync("npm", [...args, "--no-audit", "--no-fund", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", "ignore", "inherit"],
    shell: process.platform === "win32",
    // Where an npm runs install scripts unasked, this one must not fetch sources and compile.
    env: { ...process.env, NODE_LLAMA_CPP_SKIP_DOWNLOAD: "true" },
  }).status === 0;

export function install({ runtimeOnly }) {
  const missing = missingPackages(!runtimeOnly);
  if (missing.length > 0) {
    const devIsThere = required.some(([path, entry]) => entry.dev === true && existsSync(join(root, path)));
    const scope = runtimeOnly && !devIsThere ? "--omit=dev" : "--include=dev";
    console.error(`weir: installing ${missing.length} packages (${missing.slice(0, 3).join(", ")}${missing.length > 3 ? ", …" : ""})`);
    // npm ci wants the lock file whole; a registry that carries fewer platforms can make it refuse where npm install does not.
    const installed = npm("ci", scope) || npm("install", scope, "--no-save", "--no-package-lock");
    const still = missingPackages(!runtimeOnly);
    if (!installed || still.length > 0) throw new Error(`weir: npm could not install ${still.join(", ") || "the packages"}`);
  }
  if (findBun() === undefined) throw new Error("weir: the Bun runtime for this platform is not installed, and its install script failed");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  try {
    install({ runtimeOnly: process.argv.includes("--runtime") });
  } catch (error) {
    console.error(error.message);
    process.exitCode = 1;
  }
}
