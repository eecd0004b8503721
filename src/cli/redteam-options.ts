import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import { didYouMean } from "../config/index.ts";
import { GATES, parseGates, readPromptFiles, type RedTeamOptions, SUITES, type SuiteName } from "../evaluate/index.ts";
import { isLoopback } from "../kernel/loopback.ts";
import { type Args, type CliDeps, CommandError, EXIT } from "./command.ts";
import { readKey, toLoopback } from "./reach.ts";

export type RedTeamRun = {
  readonly run: Omit<RedTeamOptions, "baseline">;
  /** What the provider has received since the run began. */
  readonly readUpstreamLog: (() => Promise<string>) | undefined;
};

const LIMIT_DEFAULT = 100;
/** Every text of the largest collection known, many times over. */
const LIMIT_MAX = 100_000;
const CONCURRENCY_DEFAULT = 4;
/** More would be a load test, and make the server refuse for its load. */
const CONCURRENCY_MAX = 64;
const MINUTES_DEFAULT = 30;
const MINUTES_MAX = 24 * 60;
const SEED_MAX = 2 ** 31 - 1;
/** A model of one's own may take this long for an answer of some hundred tokens. */
const TIMEOUT_MS = 60_000;

/** Everything that was asked for, checked before anything is sent. */
export async function readRedTeamOptions(args: Args, deps: CliDeps): Promise<RedTeamRun> {
  const url = readTarget(args);
  const [given, givenAdmin] = [args.text("key"), args.text("admin")];
  const key = given === undefined ? undefined : await readKey(given, deps);
  const adminKey = givenAdmin === undefined ? undefined : await readKey(givenAdmin, deps, "--admin");
  if (key === undefined && adminKey === undefined) throw usage("--key KEY is needed, or --admin KEY to attack with a tenant made for it.");
  const pattern = args.text("prompts");
  const suites = readSuites(args, { "cross-tenant": adminKey !== undefined, corpora: args.on("data"), prompts: pattern !== undefined });
  const data = args.text("data");
  return {
    run: {
      url,
      key,
      adminKey,
      suites,
      model: args.text("model") ?? "auto",
      embeddingModel: args.text("embedding-model"),
      judge: args.text("judge"),
      data: data === undefined ? undefined : await readFolder(resolve(deps.cwd, data)),
      limit: readNumber(args, "limit", LIMIT_DEFAULT, [1, LIMIT_MAX]),
      prompts: pattern === undefined ? [] : await asUsage(() => readPromptFiles(pattern, deps.cwd)),
      gates: await asUsage(() => (args.on("gate") ? parseGates(args.text("gate") ?? "") : GATES)),
      concurrency: readNumber(args, "concurrency", CONCURRENCY_DEFAULT, [1, CONCURRENCY_MAX]),
      seed: readNumber(args, "seed", 1, [0, SEED_MAX]),
      timeoutMs: TIMEOUT_MS,
      totalMs: readNumber(args, "minutes", MINUTES_DEFAULT, [1, MINUTES_MAX]) * 60_000,
      version: deps.version,
    },
    readUpstreamLog: await openUpstreamLog(args.text("upstream-log"), deps),
  };
}

const usage = (message: string): CommandError => new CommandError(message, EXIT.usage);

function readTarget(args: Args): string {
  const text = args.text("target");
  if (text === undefined) throw usage("--target URL is needed, such as http://127.0.0.1:8080.");
  const url = URL.canParse(text) ? new URL(toLoopback(text)) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== "" || url.password !== "")
    throw usage("--target must be an address such as http://127.0.0.1:8080, without a name or password in it.");
  if (!isLoopback(url.hostname) && !args.on("i-own-this-target"))
    throw usage(`${url.hostname} is not this machine. Attack only what is yours, and say so with --i-own-this-target.`);
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

/** Suites that need something run when it is there; asked for by name without it, they are an error. */
function readSuites(args: Args, has: Readonly<Partial<Record<SuiteName, boolean>>>): readonly SuiteName[] {
  const text = args.text("suite");
  if (text === undefined) return SUITES.filter((suite) => has[suite] !== false);
  const needs: Readonly<Partial<Record<SuiteName, string>>> = {
    "cross-tenant": "--admin KEY",
    corpora: "--data DIR",
    prompts: "--prompts DIR",
  };
  const asked = text.split(",").map((word) => {
    const name = word.trim();
    const suite = SUITES.find((known) => known === name);
    if (suite === undefined) throw usage(`there is no suite "${name}".${didYouMean(name, SUITES) || ` Known: ${SUITES.join(", ")}.`}`);
    if (has[suite] === false) throw usage(`The suite ${suite} needs ${needs[suite] ?? "more"}.`);
    return suite;
  });
  return SUITES.filter((suite) => asked.includes(suite));
}

function readNumber(args: Args, name: string, otherwise: number, [min, max]: readonly [number, number]): number {
  const text = args.text(name);
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max)
    throw usage(`--${name} must be a whole number from ${String(min)} to ${String(max)}.`);
  return value;
}

async function readFolder(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() !== true) throw usage(`--data: there is no folder ${path}.`);
  return path;
}

async function asUsage<T>(read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw error instanceof RangeError ? usage(`${error.message}.`) : error;
  }
}

/** What stood in it before the run is not this run's doing, and is left out. */
async function openUpstreamLog(place: string | undefined, { fetch, signal, cwd }: CliDeps): Promise<RedTeamRun["readUpstreamLog"]> {
  if (place === undefined) return undefined;
  const read = async (): Promise<string> => {
    try {
      if (!/^https?:\/\//.test(place)) return await readFile(resolve(cwd, place), "utf8");
      const response = await fetch(place, { signal, redirect: "error" });
      if (response.ok) return await response.text();
    } catch {
      signal.throwIfAborted();
    }
    throw new CommandError("--upstream-log cannot be read.");
  };
  const before = (await read()).length;
  return async () => {
    const text = await read();
    return text.length < before ? text : text.slice(before);
  };
}
