import { ConfigError, type Config } from "../config/index.ts";
import { Fault } from "../kernel/fault.ts";

export type ReloadDeps = {
  /** Reads the configuration anew. Throws ConfigError with everything that is wrong. */
  load(): Promise<Config>;
  /** Makes the new one count. Where it throws, the old one still counts. */
  apply(config: Config): void;
};

export type Reloaded = {
  /** Of what counts now. */
  readonly hash: string;
  /** Settings that changed and count from now on. */
  readonly changed: readonly string[];
  /** Settings that changed and count from the next start on. */
  readonly restartNeeded: readonly string[];
  readonly warnings: readonly string[];
};

export type Reload = {
  readonly config: Config;
  /** One at a time. Throws `conflict` with what is wrong; then the configuration of before stays. */
  reload(): Promise<Reloaded>;
};

/** What a running server takes up. Everything else is of the process: its folder, database, keys and address. */
const LIVE = new Set<keyof Config>([
  "providers",
  "models",
  "routes",
  "tiers",
  "fallback",
  "resilience",
  "maxOutputTokensDefault",
  "maxOutputTokensCap",
  "spendLimitMicroUsd",
  "limits",
  "tls",
  "outbound",
  "retention",
  "approvals",
  "prompts",
  "abuse",
  "guard",
  "console",
]);
/** Made anew by each reading, or following from the rest. */
const DERIVED = new Set<keyof Config>(["adminKey", "adminKeyIsNew", "localAdminKey", "hash", "warnings"]);

export function createReload(first: Config, deps: ReloadDeps): Reload {
  let config = first;
  let last: Promise<unknown> = Promise.resolve();

  const run = async (): Promise<Reloaded> => {
    const read = await load(deps);
    const differ = namesOf(config).filter((name) => !DERIVED.has(name) && JSON.stringify(config[name]) !== JSON.stringify(read[name]));
    const turnsTls = (config.tls === undefined) !== (read.tls === undefined);
    const isLive = (name: keyof Config): boolean => LIVE.has(name) && !(name === "tls" && turnsTls);
    const changed = differ.filter(isLive);
    const next: Config = {
      ...config,
      ...Object.fromEntries(changed.map((name) => [name, read[name]])),
      hash: read.hash,
      warnings: read.warnings,
    };
    if (changed.length > 0) {
      deps.apply(Object.freeze(next));
      config = next;
    }
    return { hash: next.hash, changed, restartNeeded: differ.filter((name) => !isLive(name)), warnings: next.warnings };
  };
  return {
    get config() {
      return config;
    },
    async reload() {
      const turn = last.then(run);
      last = turn.catch(() => undefined);
      return await turn;
    },
  };
}

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a Config has no other keys
const namesOf = (config: Config): readonly (keyof Config)[] => Object.keys(config) as (keyof Config)[];

async function load(deps: ReloadDeps): Promise<Config> {
  try {
    return await deps.load();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new Fault(
      "conflict",
      { say: `The configuration of before stays, because the new one was refused: ${error.message}` },
      { cause: error },
    );
  }
}
