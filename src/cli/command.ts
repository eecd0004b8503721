import type { Config, ConfigFlags, Env } from "../config/index.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Fetch } from "../kernel/outbound.ts";
import type { Terminal } from "./terminal.ts";

/** A server made from a configuration: the part of `compose.ts` that commands need. */
export type RunningServer = {
  readonly url: string;
  /** Where the demo was asked for: a key of the tenant `demo`, and a collection that holds sample documents. */
  readonly demo?: { readonly tenantKey: string; readonly collection: string } | undefined;
  /** Signs a browser in to the console, once; undefined: there is no console. */
  readonly signInLink?: string | undefined;
  /** Reads the configuration anew; what is wrong with it is logged, and the one before stays. */
  reload?(): Promise<unknown>;
  /** Takes no new calls, ends those under way, closes everything. */
  drain(): Promise<void>;
};

/** The process that has the data folder. */
export type LockedBy = {
  readonly pid: number;
  /** Where it answers; undefined while it starts. */
  readonly url: string | undefined;
  /** An admin key of this start, for whoever can read the folder. */
  readonly key: string | undefined;
};

/** What a command may touch. Everything that differs from run to run is in here, so tests can stand in for it. */
export type CliDeps = {
  readonly env: Env;
  readonly cwd: string;
  readonly version: string;
  readonly terminal: Terminal;
  readonly clock: Clock;
  /** Aborts on the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  /** How the operator's services are reached: object store, key service. `ca` (PEM) is trusted beside the public authorities. */
  readonly reachServices: (ca: string | undefined) => Promise<Fetch>;
  /** Resolves after `ms`, or rejects when `signal` aborts. */
  readonly wait: (ms: number) => Promise<void>;
  readonly loadConfig: (flags: ConfigFlags) => Promise<Config>;
  readonly compose: (config: Config, mode: "serve" | "command", load?: () => Promise<Config>) => Promise<RunningServer>;
  /** Calls back when the process is told to read its configuration anew (SIGHUP). */
  readonly onReload?: (reload: () => void) => void;
  /** Who holds the data folder's lock. */
  readonly findServer: (dataDir: string) => Promise<LockedBy | undefined>;
};

export type Flag = {
  /** What stands after it in the help, such as `SLUG`; undefined: it takes no value. */
  readonly value: string | undefined;
  readonly description: string;
};

export type Args = {
  readonly operands: readonly string[];
  /** The flag's value; undefined where it was not given. */
  text(name: string): string | undefined;
  /** The flag was given. */
  on(name: string): boolean;
};

/** The same in every command that reads the configuration and asks no server. */
export const CONFIG_FLAGS = {
  data: { value: "DIR", description: "data folder (WEIR_DATA_DIR, else ./data)" },
  config: { value: "FILE", description: "config file (WEIR_CONFIG, else ./weir.yaml where it exists)" },
} as const satisfies Readonly<Record<string, Flag>>;

export type Command = {
  /** One word or two: `serve`, `tenant create`. */
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly summary: string;
  /** Operands as they stand in the help, such as `PATH…`; `""` for none. */
  readonly operands: string;
  readonly operandsMin: number;
  readonly operandsMax: number;
  readonly flags: Readonly<Record<string, Flag>>;
  readonly examples: readonly string[];
  /** Resolves to the exit code. Expected failures throw CommandError. */
  run(args: Args, deps: CliDeps): Promise<number>;
};

/** 0 done · 1 failed · 2 wrongly asked or configured. */
export const EXIT = { done: 0, failed: 1, usage: 2 } as const;

/** Something went wrong in a way that is best said in one sentence. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly exitCode: number;

  constructor(message: string, exitCode: number = EXIT.failed) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** A flag that must be given. */
export function requireText(args: Args, name: string): string {
  const text = args.text(name);
  if (text === undefined || text === "") throw new CommandError(`--${name} is needed.`, EXIT.usage);
  return text;
}
