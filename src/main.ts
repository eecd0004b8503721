import { readFile } from "node:fs/promises";
import { availableParallelism, constants } from "node:os";
import { setTimeout as after } from "node:timers/promises";
import type { CliDeps } from "./cli/index.ts";

/** Bun reads it at process start only. Its default of 256 would make every further call upstream wait; 65,535 is the most that it takes. */
const REQUESTS_VARIABLE = "BUN_CONFIG_MAX_HTTP_REQUESTS";
const REQUESTS_MAX = "65535";
const SIGNALS = ["SIGINT", "SIGTERM"] as const;

const argv = process.argv.slice(2);

/**
 * Where there is one core, a collector that works beside the program only takes turns with it, and a collection lasts four times as long.
 * The runtime reads these at process start only, too.
 */
const ONE_CORE = { BUN_JSC_useConcurrentGC: "0", BUN_JSC_numberOfGCMarkers: "1" };

/** Starts this process anew in its own place, with the same pid: a child would be left behind by SIGKILL. Returns where that cannot be. */
function restartWithRequestLimit(): "limited" | undefined {
  if (argv[0] !== "serve" || process.env[REQUESTS_VARIABLE] !== undefined) return undefined;
  const env = { ...(availableParallelism() > 1 ? {} : ONE_CORE), ...process.env, [REQUESTS_VARIABLE]: REQUESTS_MAX };
  try {
    process.execve?.(process.execPath, [process.execPath, ...process.execArgv, ...process.argv.slice(1)], env);
  } catch {
    // Windows has no such call, and a sandbox may forbid it.
  }
  return "limited";
}

// Before anything is loaded, so that nothing is loaded twice.
const requests = restartWithRequestLimit();
const { createTerminal, listModels, runCommandLine } = await import("./cli/index.ts");
const { loadConfig } = await import("./config/index.ts");
const { systemClock } = await import("./kernel/clock.ts");
const { createLog, describeError, silentLog } = await import("./telemetry/index.ts");
const { createLogScrub } = await import("./compose/log-scrub.ts");
const log = createLog((line) => void process.stderr.write(line), systemClock.nowMs, createLogScrub());

function exitOnUnexpected(error: unknown): void {
  log.error("weir failed unexpectedly and ends", describeError(error));
  process.exit(1);
}

/** Who reads the output has left, as `weir usage | head` does: a command has nobody to tell any more, a server goes on. */
function onOutputError(error: Error & { readonly code?: string }): void {
  if (error.code !== "EPIPE") exitOnUnexpected(error);
  else if (argv[0] !== "serve") process.exit(128 + constants.signals.SIGPIPE);
}

/** The first signal asks to stop; the second does not wait. */
function listenToSignals(): { readonly signal: AbortSignal; exitCode(): number } {
  const stop = new AbortController();
  let code = 0;
  for (const name of SIGNALS) {
    process.on(name, () => {
      code = 128 + constants.signals[name];
      if (stop.signal.aborted) process.exit(code);
      stop.abort();
    });
  }
  return { signal: stop.signal, exitCode: () => code };
}

async function readVersion(): Promise<string> {
  const text = await readFile(new URL("../package.json", import.meta.url), "utf8");
  return /"version":\s*"([^"]+)"/.exec(text)?.[1] ?? "unknown";
}

/** Only the commands that need them load the parts of the server, so that `weir --help` answers at once. */
async function compose(...[config, mode, load]: Parameters<CliDeps["compose"]>): ReturnType<CliDeps["compose"]> {
  const { composeServer } = await import("./compose.ts");
  return composeServer(config, {
    clock: systemClock,
    log: mode === "serve" ? log : silentLog,
    version: await readVersion(),
    loadConfig: load,
  });
}

async function findServer(dataDir: string): ReturnType<CliDeps["findServer"]> {
  const { readLock } = await import("./store/lock.ts");
  const holder = readLock(dataDir);
  return holder === undefined ? undefined : { pid: holder.pid, url: holder.address, key: holder.token };
}

async function main(): Promise<number> {
  const { signal, exitCode } = listenToSignals();
  const { env } = process;
  const cwd = process.cwd();
  if (requests === "limited") log.warn("at most 256 calls upstream at a time: set BUN_CONFIG_MAX_HTTP_REQUESTS=65535 before the start");
  const deps: CliDeps = {
    env,
    cwd,
    version: await readVersion(),
    terminal: createTerminal(process, signal),
    clock: systemClock,
    signal,
    fetch: (url, init) => fetch(url, init),
    reachServices: async (ca) => (await import("./http/index.ts")).createServiceFetch(ca),
    wait: (ms) => after(ms, undefined, { signal }),
    loadConfig: (flags) => loadConfig({ flags, env, cwd, listModels }),
    compose,
    onReload: (reload) => void process.on("SIGHUP", reload),
    findServer,
  };
  try {
    return await runCommandLine(argv, deps);
  } catch (error) {
    // What was under way when the signal came fails because of it, and needs no explanation.
    if (signal.aborted) return exitCode();
    throw error;
  }
}

process.on("unhandledRejection", exitOnUnexpected);
process.on("uncaughtException", exitOnUnexpected);
process.stdout.on("error", onOutputError);
const code = await main();
// Nothing may keep an ended command alive; what was printed goes out first.
process.stdout.write("", () => process.exit(code));
