import { didYouMean, editDistance } from "./nearest.ts";
import type { Findings, Place } from "./problem.ts";

export type Env = Readonly<Record<string, string | undefined>>;

type EnvSetting = {
  readonly name: string;
  /** `always`: read on every start. `quick-start`: read when there is no config file; with one, only where it says `env:NAME`. */
  readonly read: "always" | "quick-start";
  readonly description: string;
};

/** Every variable that is read. docs/configuration.md is made from it. */
export const ENVIRONMENT: readonly EnvSetting[] = [
  {
    name: "WEIR_PORT",
    read: "always",
    description: "Port to listen on, 0 to 65535; 0 picks a free one. `--port` goes before it, `server.port` after. Default 8080.",
  },
  {
    name: "WEIR_HOST",
    read: "always",
    description: "Address to listen on. `--host` goes before it, `server.host` after. Default `127.0.0.1`.",
  },
  {
    name: "WEIR_DATA_DIR",
    read: "always",
    description: "Folder of the embedded database, the journal, documents and keys. `--data` goes before it. Default `./data`.",
  },
  {
    name: "WEIR_CONFIG",
    read: "always",
    description: "Path of the config file. `--config` goes before it. Default `./weir.yaml` where it exists.",
  },
  {
    name: "WEIR_ADMIN_KEY",
    read: "always",
    description:
      "Admin key, at least 16 characters. Without it one is made, shown once, and kept in the data folder (`admin-key`); with `DATABASE_URL` one is made for each start.",
  },
  {
    name: "WEIR_SECRET",
    read: "always",
    description:
      "32 bytes as 64 hex digits or base64: every other key is derived from it. Without it one is made in the data folder (`secret`); mandatory with `DATABASE_URL`, the same for all replicas. Lost, all keys of tenants are lost.",
  },
  {
    name: "WEIR_SECRET_PREVIOUS",
    read: "always",
    description:
      "The `WEIR_SECRET` of before, while the secret is being changed: stored files that it sealed stay readable until `weir objects rotate-keys` has run.",
  },
  {
    name: "DATABASE_URL",
    read: "always",
    description: "`postgres://…` of a PostgreSQL 15 or newer with pgvector. Without it the embedded database in the data folder.",
  },
  {
    name: "QDRANT_URL",
    read: "always",
    description:
      "`http://HOST:6333` of a Qdrant that holds the vectors of documents for searches, in the place of pgvector's index. The vectors themselves stay in the database.",
  },
  { name: "QDRANT_API_KEY", read: "always", description: "Its key, where it wants one." },
  { name: "ANTHROPIC_API_KEY", read: "quick-start", description: "Makes the external provider `anthropic`." },
  { name: "ANTHROPIC_MODEL", read: "quick-start", description: "Its model. Default `claude-sonnet-4-6`." },
  { name: "ANTHROPIC_BASE_URL", read: "quick-start", description: "Its address. Default `https://api.anthropic.com`." },
  { name: "OPENAI_API_KEY", read: "quick-start", description: "Makes the external provider `openai`." },
  { name: "OPENAI_MODEL", read: "quick-start", description: "Its model. Default `gpt-6.1-terra`." },
  { name: "OPENAI_BASE_URL", read: "quick-start", description: "Its address. Default `https://api.openai.com/v1`." },
  {
    name: "VLLM_BASE_URL",
    read: "quick-start",
    description:
      "Makes the private provider `vllm`: any OpenAI-compatible server on your own hardware, such as `http://127.0.0.1:8000/v1`.",
  },
  {
    name: "VLLM_MODEL",
    read: "quick-start",
    description: "Its model. Without it the server is asked at start which model it has (`GET /models`, 3 s).",
  },
  { name: "VLLM_API_KEY", read: "quick-start", description: "Its key, where it wants one." },
  {
    name: "ENABLE_FALLBACK",
    read: "quick-start",
    description: "`false`: a call is tried at its first eligible model only. Default `true`.",
  },
  {
    name: "MAX_TOKENS_PER_REQUEST",
    read: "quick-start",
    description:
      "Most output tokens of one call, and what is asked where the caller names none. Without it 4096 are asked and nothing is capped.",
  },
  {
    name: "SPEND_LIMIT_DOLLARS",
    read: "quick-start",
    description: "What all calls together may cost in a calendar month, UTC. Without it no limit.",
  },
  {
    name: "ROUTING_THRESHOLD",
    read: "quick-start",
    description:
      "Calls of one tenant in one day (UTC), a whole number: from this one on external models come first. Without it private ones always do.",
  },
];

const PREFIX = "WEIR_";
/** Kubernetes gives every container `WEIR_SERVICE_HOST`, `WEIR_PORT_8080_TCP` and the like when a service is called weir. */
const SERVICE_LINK = /^WEIR_(SERVICE_|PORT_\d+_|.*_(SERVICE|PORT)_)/;
/** … and `WEIR_PORT=tcp://10.0.0.1:8080`, which is no port. */
export const isServiceLink = (value: string): boolean => /^(tcp|udp|sctp):\/\//.test(value);

/** A variable's text without surrounding space; an empty one counts as unset, as compose files write `NAME=`. */
export function readEnv(env: Env, name: string): string | undefined {
  const text = env[name]?.trim();
  return text === undefined || text === "" ? undefined : text;
}

export const envPlace = (name: string): Place => ({ in: "env", name });

/** Names that look like a slip of a known one: an error in Weir's own namespace, a warning elsewhere. */
export function checkEnvNames(env: Env, findings: Findings): void {
  const known = new Set(ENVIRONMENT.map((setting) => setting.name));
  const own = [...known].filter((name) => name.startsWith(PREFIX)).map((name) => name.slice(PREFIX.length));
  const foreign = [...known].filter((name) => !name.startsWith(PREFIX) && readEnv(env, name) === undefined);
  for (const name of Object.keys(env).toSorted()) {
    if (known.has(name) || readEnv(env, name) === undefined) continue;
    if (!name.startsWith(PREFIX)) {
      // `MY_OPENAI_KEY` is somebody else's; one slipped character in a name that is not set is most likely ours.
      const meant = name.length >= 8 ? foreign.find((candidate) => editDistance(name, candidate) <= 1) : undefined;
      if (meant !== undefined) findings.warnings.push({ place: envPlace(name), message: `is not read. Did you mean "${meant}"?` });
      continue;
    }
    if (SERVICE_LINK.test(name)) continue;
    const hint = didYouMean(name.slice(PREFIX.length), own).replace('"', `"${PREFIX}`);
    const into = hint === "" ? findings.warnings : findings.problems;
    into.push({ place: envPlace(name), message: `is not a setting.${hint}` });
  }
}
