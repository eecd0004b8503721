import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { adminKeyPath, readEnv, resolveDataDir } from "../config/index.ts";
import { type Api, ApiError, createApi } from "./api.ts";
import { startServer } from "./start-server.ts";
import { type Args, type CliDeps, CommandError, EXIT, type Flag } from "./command.ts";

/** Flags of every command that talks to a server. */
export const REACH_FLAGS: Readonly<Record<string, Flag>> = {
  data: { value: "DIR", description: "data folder of the server on this machine (WEIR_DATA_DIR, else ./data)" },
  url: { value: "URL", description: "a server elsewhere, instead of the data folder's" },
  key: { value: "KEY", description: "its key, or env:NAME or file:PATH; with --url (else WEIR_ADMIN_KEY)" },
  config: { value: "FILE", description: "config file, where no server runs and the folder is opened directly" },
};

/** A server that is there for one command. */
export type Reached = {
  /** With the key that the command has: an admin key, unless `--key` was another. */
  readonly api: Api;
  /** The same key without the command's signal, for what must be put right after an abort. */
  readonly afterwards: Api;
  /** The same server with another key. */
  withCommandKey(key: string): Api;
  /** `--key` was given, so it may be a tenant's. */
  readonly keyGiven: boolean;
};

/** Finds the server (elsewhere, running here, or made here for this command alone) and runs `body` against it. */
export async function withServer(args: Args, deps: CliDeps, body: (reached: Reached) => Promise<number>): Promise<number> {
  const url = args.text("url");
  const given = args.text("key");
  if (url !== undefined) {
    if (!/^https?:\/\//.test(url)) throw new CommandError("--url must be an address such as https://weir.example.", EXIT.usage);
    const key = given === undefined ? readEnv(deps.env, "WEIR_ADMIN_KEY") : await readKey(given, deps);
    if (key === undefined) throw new CommandError("--url needs a key: --key KEY, --key env:NAME, or WEIR_ADMIN_KEY.", EXIT.usage);
    return body(reachedAt(url, key, given !== undefined, deps));
  }
  const dataDir = resolveDataDir({ data: args.text("data") }, deps.env, deps.cwd);
  const holder = await deps.findServer(dataDir);
  if (holder === undefined) return withOwnServer(args, deps, dataDir, body);
  if (holder.url === undefined)
    throw new CommandError(`The data folder ${dataDir} is in use by process ${String(holder.pid)}, which does not answer yet. Try again.`);
  const key = given === undefined ? (holder.key ?? (await findAdminKey(dataDir, deps))) : await readKey(given, deps);
  try {
    const local = toLoopback(holder.url);
    return await body(reachedAt(local, key, given !== undefined, { ...deps, fetch: fetchLocally(local, deps) }));
  } catch (error) {
    if (error instanceof ApiError && error.status === 401 && given === undefined)
      throw new CommandError(
        `The server on ${dataDir} does not take this admin key. Set WEIR_ADMIN_KEY to the one that it was started with.`,
      );
    throw error;
  }
}

/** A server that listens on every interface is reached on this machine's own. */
export const toLoopback = (url: string): string =>
  url.replace(/^(https?):\/\/0\.0\.0\.0(?=:|$)/, "$1://127.0.0.1").replace(/^(https?):\/\/\[::\](?=:|$)/, "$1://[::1]");

/**
 * A certificate names the server as others call it, not this machine's loopback. Who answers there holds the folder's lock, and its key is
 * of that start alone.
 */
export function fetchLocally(url: string, { fetch }: CliDeps): CliDeps["fetch"] {
  if (!/^https:\/\/(?:127\.|localhost|\[::1\])/.test(url)) return fetch;
  const unverified = { tls: { rejectUnauthorized: false } };
  return (to, init) => fetch(to, { ...init, ...unverified });
}

function reachedAt(url: string, key: string, keyGiven: boolean, deps: CliDeps): Reached {
  const { fetch, signal } = deps;
  return {
    api: createApi({ url, key, fetch, signal }),
    afterwards: createApi({ url, key, fetch, signal: undefined }),
    withCommandKey: (other) => createApi({ url, key: other, fetch, signal }),
    keyGiven,
  };
}

/** Nobody holds the folder, so this command does for as long as it runs. */
async function withOwnServer(args: Args, deps: CliDeps, dataDir: string, body: (reached: Reached) => Promise<number>): Promise<number> {
  const isThere = await stat(dataDir).then(
    (found) => found.isDirectory(),
    () => false,
  );
  if (!isThere && readEnv(deps.env, "DATABASE_URL") === undefined)
    throw new CommandError(
      `There is no data folder ${dataDir}, and no server runs on it. Start one with \`weir serve --data ${dataDir}\`, or name another with --data or --url.`,
    );
  const config = await deps.loadConfig({ data: args.text("data"), config: args.text("config"), host: "127.0.0.1", port: "0" });
  const server = await startServer(config, "command", deps);
  try {
    return await body(reachedAt(server.url, config.adminKey, false, { ...deps, fetch: fetchLocally(server.url, deps) }));
  } finally {
    await server.drain();
  }
}

async function findAdminKey(dataDir: string, deps: CliDeps): Promise<string> {
  const fromEnv = readEnv(deps.env, "WEIR_ADMIN_KEY");
  if (fromEnv !== undefined) return fromEnv;
  const path = adminKeyPath(dataDir);
  const key = (await readFile(path, "utf8").catch(() => "")).trim();
  if (key === "") throw new CommandError(`There is no admin key in ${path}. Set WEIR_ADMIN_KEY, or use --key.`);
  return key;
}

/** `env:NAME` and `file:PATH` keep a key out of the list of processes and the shell's history. */
export async function readKey(text: string, deps: CliDeps, flag = "--key"): Promise<string> {
  if (text.startsWith("env:")) {
    const key = readEnv(deps.env, text.slice("env:".length));
    if (key === undefined) throw new CommandError(`${flag}: the environment variable ${text.slice("env:".length)} is not set.`, EXIT.usage);
    return key;
  }
  if (!text.startsWith("file:")) return text;
  const path = resolve(deps.cwd, text.slice("file:".length));
  const key = (await readFile(path, "utf8").catch(() => "")).trim();
  if (key === "") throw new CommandError(`${flag}: the file ${path} cannot be read, or is empty.`, EXIT.usage);
  return key;
}
