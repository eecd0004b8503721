/** A PostgreSQL server of its own for tests and benches: a temporary folder, a free port, gone afterwards. */
import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { freePort } from "./port.ts";
import { findPostgres } from "./postgres-binaries.ts";

export type PostgresServer = {
  /** Of a superuser, with an empty database `weir` in which pgvector can be created. */
  readonly url: string;
  readonly version: string;
  readonly vector: string;
  /** SIGKILL to all of it, as when the machine's memory runs out. */
  readonly kill: () => Promise<void>;
  /** Starts it again on the same folder and port. */
  readonly start: () => Promise<void>;
  /** Stops it; `start` brings it back. */
  readonly stop: () => Promise<void>;
  /** Stops it and removes its folder. */
  readonly close: () => Promise<void>;
};

export type PostgresOptions = {
  /** A CPU list for taskset; unset: any. */
  readonly cpus?: string;
  /** `name=value` settings on top of the small ones for tests. */
  readonly settings?: readonly string[];
};

const START_MS_MAX = 30_000;

/** PostgreSQL refuses to run as root: then it runs as the first of these users. */
function unprivileged(): { prefix: readonly string[]; uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"));
  const [, , uid, gid] = users.find(([name]) => name === "postgres") ?? users.find(([name]) => name === "nobody") ?? [];
  if (uid === undefined || gid === undefined)
    throw new Error("running as root, and there is no user postgres or nobody to run PostgreSQL as");
  return { prefix: ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups", "--"], uid: Number(uid), gid: Number(gid) };
}

async function query(url: string, statements: readonly string[]): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on("error", () => undefined);
  try {
    await client.connect();
    for (const statement of statements) await client.query(statement);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function whenReady(url: string, child: ChildProcess, log: () => string): Promise<void> {
  for (const until = Date.now() + START_MS_MAX; Date.now() < until;) {
    if (child.exitCode !== null) throw new Error(`PostgreSQL ended with ${child.exitCode}\n${log()}`);
    try {
      await query(url, ["select 1"]);
      return;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  throw new Error(`PostgreSQL was not ready after ${START_MS_MAX / 1000} s\n${log()}`);
}

/** Server processes put themselves in sessions of their own, so no signal to a group reaches them. */
function childrenOf(pid: number): number[] {
  const list = `/proc/${pid}/task/${pid}/children`;
  return existsSync(list)
    ? readFileSync(list, "utf8")
        .trim()
        .split(" ")
        .filter((text) => text !== "")
        .map(Number)
    : [];
}

/** One server process that can be started and ended again and again. */
function createProcess(command: readonly [string, readonly string[]], folder: string, url: string) {
  let child: ChildProcess | undefined;
  let output = "";
  process.once("exit", () => child?.kill("SIGINT"));
  const start = async (): Promise<void> => {
    output = "";
    const started = spawn(command[0], command[1], { stdio: ["ignore", "pipe", "pipe"], cwd: folder });
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-8000);
    };
    started.stdout.on("data", keep);
    started.stderr.on("data", keep);
    child = started;
    await whenReady(url, started, () => output);
  };
  /** SIGINT is PostgreSQL's fast shutdown: open sessions are cut. */
  const end = async (signal: "SIGINT" | "SIGKILL"): Promise<void> => {
    const running = child;
    if (running?.pid === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((resolve) => running.once("exit", resolve));
    const others = signal === "SIGKILL" ? childrenOf(running.pid) : [];
    running.kill(signal);
    for (const pid of others) spawnSync("kill", ["-9", String(pid)]);
    await ended;
  };
  return { start, end };
}

export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const { bin, version, vector } = await findPostgres();
  const user = unprivileged();
  const folder = mkdtempSync(join(tmpdir(), "weir-postgres-"));
  const password = randomBytes(12).toString("hex");
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, password);
  chmodSync(folder, 0o700);
  if (user !== undefined) for (const path of [folder, passwordFile]) chownSync(path, user.uid, user.gid);

  const command = (name: string, ...args: string[]): [string, string[]] => {
    const pinned = options.cpus === undefined ? [] : ["taskset", "-c", options.cpus];
    const [file = "", ...rest] = [...pinned, ...(user?.prefix ?? []), join(bin, name), ...args];
    return [file, rest];
  };
  const data = join(folder, "data");
  const [initdb, initArgs] = command(
    "initdb",
    "-D",
    data,
    "-U",
    "weir",
    "-A",
    "scram-sha-256",
    `--pwfile=${passwordFile}`,
    "-E",
    "UTF8",
    "--no-locale",
    "-N",
  );
  const made = spawnSync(initdb, initArgs, { encoding: "utf8", cwd: folder });
  if (made.status !== 0) throw new Error(`initdb failed\n${made.stdout}${made.stderr}`);

  const port = await freePort();
  const at = (database: string): string => `postgres://weir:${password}@127.0.0.1:${port}/${database}`;
  const settings = ["listen_addresses=127.0.0.1", `port=${port}`, `unix_socket_directories=${folder}`, "max_connections=100", "fsync=off"];
  const flags = [...settings, ...(options.settings ?? [])].flatMap((setting) => ["-c", setting]);
  const { start, end } = createProcess(command("postgres", "-D", data, ...flags), folder, at("postgres"));
  const close = async (): Promise<void> => {
    await end("SIGINT");
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await start();
    await query(at("postgres"), ["create database weir"]);
    await query(at("weir"), ["create extension vector", "drop extension vector"]);
  } catch (error) {
    await close();
    throw error;
  }
  return { url: at("weir"), version, vector, start, stop: () => end("SIGINT"), kill: () => end("SIGKILL"), close };
}
