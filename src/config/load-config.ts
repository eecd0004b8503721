import { readFile } from "node:fs/promises";
import { dirname, relative, resolve } from "node:path";
import { sha256Hex } from "../kernel/hash.ts";
import { makeSecret } from "../kernel/ids.ts";
import { type AdminKey, readAdminKey } from "./admin-key.ts";
import { noteDotEnv } from "./dot-env.ts";
import { checkEnvNames, type Env } from "./environment.ts";
import { type ConfigFlags, findConfigFile, type FoundFile, readListen, resolveDataDir, readDatabaseUrl } from "./listen.ts";
import { readPreviousSecret } from "./objects.ts";
import { ConfigError, createFindings, type Findings, renderProblem, sortProblems } from "./problem.ts";
import { readQdrant } from "./qdrant.ts";
import { type ListModels, readQuickStart, warnUnreferenced, withPlainReferences } from "./quick-start.ts";
import { errorCode } from "./reference.ts";
import { toProblems } from "./schema-problems.ts";
import { fileSchema } from "./schema.ts";
import { readSecret } from "./secret.ts";
import { readSettings, type Settings } from "./settings.ts";
import type { Source } from "./source.ts";
import type { Config } from "./types.ts";
import { parseYamlFile } from "./yaml-file.ts";

export type LoadConfigInput = {
  readonly flags: ConfigFlags;
  readonly env: Env;
  /** Folder that relative paths of flags and environment start from. */
  readonly cwd: string;
  /** What a weir.yaml would hold, from a program; then no file is looked for. Its problems are told with their lines in `text`. */
  readonly inline?: { readonly name: string; readonly text: string } | undefined;
  /** Asked for the model of `VLLM_BASE_URL` where `VLLM_MODEL` is not set; without it `VLLM_MODEL` is required. */
  readonly listModels?: ListModels | undefined;
};

/**
 * One frozen Config from flags, environment and file, in this order of precedence.
 * Throws ConfigError with everything that is wrong. Only when nothing is wrong does it make the data folder's `secret` and `admin-key`.
 */
export async function loadConfig(input: LoadConfigInput): Promise<Config> {
  const { flags, env, cwd } = input;
  const findings = createFindings();
  checkEnvNames(env, findings);
  const dataDir = resolveDataDir(flags, env, cwd);
  const databaseUrl = readDatabaseUrl(env, findings);
  const qdrant = readQdrant(env, findings);
  await noteDotEnv(env, cwd, findings);
  const file: FoundFile = input.inline === undefined ? await findConfigFile(flags, env, cwd) : { kind: "none" };
  if (file.problem !== undefined) findings.problems.push(file.problem);
  const source = await readSource(file, input, findings);
  const settings = source === undefined ? undefined : await readSettings(source);
  if (source?.file !== undefined) warnUnreferenced(env, source.usedEnv, source.file, findings);
  const secretPrevious = readPreviousSecret(env, findings);
  const listen = readListen(flags, env, settings, findings);
  failOn(findings);

  const embedded = databaseUrl === undefined;
  const secret = await readSecret({ env, dataDir, embedded, previous: secretPrevious }, findings);
  const keys = secret === undefined ? undefined : await readAdminKey(env, dataDir, embedded, findings);
  failOn(findings);
  if (settings === undefined || secret === undefined || keys === undefined)
    throw new TypeError("settings are missing, but no problem was found");
  return freeze(
    toConfig({
      settings,
      listen,
      dataDir,
      file: file.path,
      databaseUrl,
      qdrant,
      demo: flags.demo ?? false,
      withConsole: flags.console ?? true,
      secret,
      secretPrevious,
      keys,
      findings,
    }),
  );
}

async function readSource(file: FoundFile, input: LoadConfigInput, findings: Findings): Promise<Source | undefined> {
  if (input.inline !== undefined) return parseSource(input.inline.text, input.inline.name, input.cwd, input, findings);
  if (file.kind === "missing") return undefined;
  if (file.kind === "found") return readFileSource(file.path, input, findings);
  return readQuickStart(input.env, findings, input.cwd, input.listModels);
}

type Parts = {
  readonly settings: Settings;
  readonly listen: { readonly host: string; readonly port: number };
  readonly secret: Uint8Array;
  readonly keys: AdminKey;
  readonly withConsole: boolean;
  readonly findings: Findings;
} & Pick<Config, "dataDir" | "file" | "databaseUrl" | "qdrant" | "demo" | "secretPrevious">;

function toConfig(parts: Parts): Config {
  const { settings, listen, keys, findings } = parts;
  const { host: _host, port: _port, fsync, ...decided } = settings;
  return {
    host: listen.host,
    port: listen.port,
    dataDir: parts.dataDir,
    file: parts.file,
    databaseUrl: parts.databaseUrl,
    qdrant: parts.qdrant,
    demo: parts.demo,
    secret: parts.secret,
    secretPrevious: parts.secretPrevious,
    ...keys,
    localAdminKey: makeSecret("wadm"),
    ...decided,
    console: { ...decided.console, enabled: decided.console.enabled && parts.withConsole },
    journal: { dir: resolve(parts.dataDir, "journal"), fsync },
    hash: hashOf(settings),
    warnings: sortProblems(findings.warnings).map(renderProblem),
  };
}

async function readFileSource(file: string, input: LoadConfigInput, findings: Findings): Promise<Source | undefined> {
  const display = relative(input.cwd, file).startsWith("..") ? file : relative(input.cwd, file);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    findings.problems.push({ place: { in: "folder", path: display }, message: `the config file cannot be read (${errorCode(error)}).` });
    return undefined;
  }
  return parseSource(text, display, dirname(file), input, findings);
}

function parseSource(text: string, display: string, baseDir: string, input: LoadConfigInput, findings: Findings): Source | undefined {
  const yaml = parseYamlFile(text, display);
  const usedEnv = new Set<string>();
  const parsed = fileSchema.safeParse(withPlainReferences(yaml.value, input.env, usedEnv));
  if (yaml.problems.length > 0 || !parsed.success) {
    findings.problems.push(...(yaml.problems.length > 0 ? yaml.problems : toProblems(parsed.error?.issues ?? [], yaml)));
    return undefined;
  }
  return { value: parsed.data, placeOf: yaml.placeOf, file: display, baseDir, env: input.env, usedEnv, findings };
}

function failOn(findings: Findings): void {
  if (findings.problems.length > 0) throw new ConfigError(sortProblems(findings.problems));
}

/** What changes answers, and nothing secret: it goes into every event. */
function hashOf(settings: Settings): string {
  const { providers, models, routes, guard: rules, fallback, routingThreshold, maxOutputTokensDefault, maxOutputTokensCap } = settings;
  const guard = {
    ...rules,
    detectors: rules.detectors.map((each) => ({ ...each, apiKey: undefined })),
    opinions: rules.opinions.map((each) => ({ ...each, apiKey: undefined })),
  };
  const shown = providers.map((provider) => ({ ...provider, apiKey: undefined }));
  return sha256Hex(
    JSON.stringify([shown, models, routes, guard, fallback, routingThreshold, maxOutputTokensDefault, maxOutputTokensCap]),
  ).slice(0, 16);
}

/** Frozen to its leaves; bytes cannot be, and nothing writes them. */
function freeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value) || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) freeze(inner);
  return Object.freeze(value);
}
