/** Finds the Bun that npm installed and runs it in place of this process. Needs Node 20 only; imports nothing from node_modules. */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";

/** Without its install script the package holds a few lines of shell in place of the runtime, which is 100 MB. */
const RUNTIME_BYTES_MIN = 1_000_000;
const isRuntime = (path) => existsSync(path) && statSync(path).size >= RUNTIME_BYTES_MIN;

/** The folder of the `bun` package, wherever npm put it, or undefined. */
function bunFolder() {
  try {
    return dirname(createRequire(import.meta.url).resolve("bun/package.json"));
  } catch {
    return undefined;
  }
}

/**
 * The path of a Bun that runs. npm may have been told not to run install scripts: then Bun's own is run here once, and where that fails
 * the binary of the platform's package is used as it lies.
 */
export function findBun() {
  const folder = bunFolder();
  if (folder === undefined) return undefined;
  const binary = join(folder, "bin", "bun.exe");
  if (isRuntime(binary)) return binary;
  spawnSync(process.execPath, ["install.js"], { cwd: folder, stdio: "ignore" });
  if (isRuntime(binary)) return binary;
  const platforms = join(folder, "..", "@oven");
  if (!existsSync(platforms)) return undefined;
  return readdirSync(platforms)
    .flatMap((name) => [join(platforms, name, "bin", "bun"), join(platforms, name, "bin", "bun.exe")])
    .find((path) => isRuntime(path) && spawnSync(path, ["--version"]).status === 0);
}

/** Runs Bun on the terminal of this process, passes signals on, and ends as Bun ends. */
export function runBun(args) {
  const bun = findBun();
  if (bun === undefined) {
    console.error("weir: the Bun runtime is not installed. Run `npm ci` in the project's folder.");
    process.exit(1);
  }
  const child = spawn(bun, args, { stdio: "inherit" });
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) {
    // A terminal sends Ctrl-C to the whole group, so Bun has it already; a second one would cut its draining short.
    process.on(signal, () => {
      if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on("error", (error) => {
    console.error(`weir: ${bun} does not start: ${error.message}`);
    process.exit(1);
  });
  child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}
