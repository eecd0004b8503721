import { type Env, ENVIRONMENT, envPlace, readEnv } from "./environment.ts";
import { type Findings, type Place, type Problem, renderPlace } from "./problem.ts";
import { toProblems } from "./schema-problems.ts";
import { fileSchema } from "./schema.ts";
import type { Source } from "./source.ts";
import { type PathPart, renderPath } from "./yaml-file.ts";

/** A model as an OpenAI-compatible server lists it. */
export type ListedModel = { readonly id: string; readonly contextTokens: number | undefined };
/** Asks `GET <baseUrl>/models`; throws when there is no answer within seconds. */
export type ListModels = (baseUrl: string, apiKey: string | undefined) => Promise<readonly ListedModel[]>;

/** A current model of each house that is neither its dearest nor its smallest. */
const ANTHROPIC_MODEL_DEFAULT = "claude-sonnet-4-6";
/** Facts of that model, dated or not: without a price it would not be eligible under a budget. Dollars per million tokens. */
const ANTHROPIC_DEFAULT_NAMES = /^claude-sonnet-4-6(-\d{8})?$/;
const ANTHROPIC_DEFAULT_FACTS = {
  contextTokens: 200_000,
  price: { inputPerMTok: 3, outputPerMTok: 15, cachedInputPerMTok: 0.3, cacheWritePerMTok: 3.75 },
};
const OPENAI_MODEL_DEFAULT = "gpt-6.1-terra";

/** Settings in the form of a config file, and which variable each came from. */
type Draft = {
  readonly providers: Record<string, unknown>;
  readonly models: Record<string, unknown>;
  readonly top: Record<string, unknown>;
  readonly cameFrom: Map<string, string>;
};

/**
 * Without a config file the environment is turned into what a file would say, so that one set of rules reads both.
 * undefined: a problem was found, and is in `findings`.
 */
export async function readQuickStart(
  env: Env,
  findings: Findings,
  baseDir: string,
  listModels: ListModels | undefined,
): Promise<Source | undefined> {
  const draft: Draft = { providers: {}, models: {}, top: {}, cameFrom: new Map() };
  await draftVllm(draft, env, findings, listModels);
  draftAnthropic(draft, env);
  draftOpenai(draft, env, findings);
  draftLimits(draft, env);
  warnUnused(env, findings);
  const value = { providers: draft.providers, models: draft.models, ...draft.top };
  const placeOf = (path: readonly PathPart[]): Place => envPlace(findName(draft.cameFrom, path));
  const parsed = fileSchema.safeParse(value);
  if (!parsed.success) {
    findings.problems.push(...onePerVariable(toProblems(parsed.error.issues, { value, problems: [], placeOf })));
    return undefined;
  }
  return { value: parsed.data, placeOf, file: undefined, baseDir, env, usedEnv: new Set(), findings };
}

/** One variable may stand for two settings; its reader needs to be told once. */
function onePerVariable(problems: readonly Problem[]): Problem[] {
  const first = new Map<string, Problem>();
  for (const problem of problems) {
    const name = renderPlace(problem.place);
    if (!first.has(name)) first.set(name, problem);
  }
  return [...first.values()];
}

async function draftVllm(draft: Draft, env: Env, findings: Findings, listModels: ListModels | undefined): Promise<void> {
  const baseUrl = readEnv(env, "VLLM_BASE_URL");
  if (baseUrl === undefined) return;
  const apiKey = readEnv(env, "VLLM_API_KEY");
  const named = readEnv(env, "VLLM_MODEL");
  const model = named === undefined ? await askModel(baseUrl, apiKey, findings, listModels) : { id: named, contextTokens: undefined };
  addProvider(draft, "vllm", "VLLM", {
    kind: "openai",
    baseUrl,
    apiKey: apiKey === undefined ? undefined : "env:VLLM_API_KEY",
    trust: "private",
  });
  if (model !== undefined)
    addModel(
      draft,
      { provider: "vllm", upstream: model.id, contextTokens: model.contextTokens },
      named === undefined ? "VLLM_BASE_URL" : "VLLM_MODEL",
    );
}

async function askModel(
  baseUrl: string,
  apiKey: string | undefined,
  findings: Findings,
  listModels: ListModels | undefined,
): Promise<ListedModel | undefined> {
  const place = envPlace("VLLM_MODEL");
  // An address that is none is named by the schema; asking it would only add noise.
  if (!/^https?:\/\//.test(baseUrl) || !URL.canParse(baseUrl)) return undefined;
  let listed: readonly ListedModel[] = [];
  try {
    if (listModels !== undefined) listed = await listModels(baseUrl.replace(/\/+$/, ""), apiKey);
  } catch {
    listed = [];
  }
  const [first, ...others] = listed;
  if (first === undefined) {
    findings.problems.push({
      place,
      message:
        "is not set, and the server at VLLM_BASE_URL did not say which model it has (GET /models). Set it, or start that server first.",
    });
  } else if (others.length > 0) {
    findings.warnings.push({
      place,
      message: `is not set, and the server has ${String(listed.length)} models. The first is used: ${first.id}.`,
    });
  }
  return first;
}

function draftAnthropic(draft: Draft, env: Env): void {
  if (readEnv(env, "ANTHROPIC_API_KEY") === undefined) return;
  const baseUrl = readEnv(env, "ANTHROPIC_BASE_URL") ?? "https://api.anthropic.com";
  const upstream = readEnv(env, "ANTHROPIC_MODEL") ?? ANTHROPIC_MODEL_DEFAULT;
  addProvider(draft, "anthropic", "ANTHROPIC", { kind: "anthropic", baseUrl, apiKey: "env:ANTHROPIC_API_KEY", trust: "external" });
  addModel(
    draft,
    { provider: "anthropic", upstream, ...(ANTHROPIC_DEFAULT_NAMES.test(upstream) ? ANTHROPIC_DEFAULT_FACTS : {}) },
    "ANTHROPIC_MODEL",
  );
}

function draftOpenai(draft: Draft, env: Env, findings: Findings): void {
  if (readEnv(env, "OPENAI_API_KEY") === undefined) return;
  const baseUrl = readEnv(env, "OPENAI_BASE_URL") ?? "https://api.openai.com/v1";
  const upstream = readEnv(env, "OPENAI_MODEL") ?? OPENAI_MODEL_DEFAULT;
  addProvider(draft, "openai", "OPENAI", { kind: "openai", baseUrl, apiKey: "env:OPENAI_API_KEY", trust: "external" });
  if (Object.hasOwn(draft.models, upstream)) {
    const other = draft.cameFrom.get(renderPath(["models", upstream])) ?? "";
    findings.problems.push({
      place: envPlace("OPENAI_MODEL"),
      message: `names the same model as ${other}. Two providers of one model need a config file.`,
    });
    return;
  }
  addModel(draft, { provider: "openai", upstream }, "OPENAI_MODEL");
}

function addProvider(draft: Draft, name: string, prefix: string, provider: Record<string, unknown>): void {
  draft.providers[name] = provider;
  draft.cameFrom.set(renderPath(["providers", name]), `${prefix}_BASE_URL`);
  draft.cameFrom.set(renderPath(["providers", name, "apiKey"]), `${prefix}_API_KEY`);
}

function addModel(
  draft: Draft,
  model: { readonly provider: string; readonly upstream: string; readonly [fact: string]: unknown },
  from: string,
): void {
  draft.models[model.upstream] = model;
  draft.cameFrom.set(renderPath(["models", model.upstream]), from);
}

function draftLimits(draft: Draft, env: Env): void {
  const set = (variable: string, key: string, value: unknown): void => {
    draft.top[key] = value;
    draft.cameFrom.set(key, variable);
  };
  const fallback = readEnv(env, "ENABLE_FALLBACK");
  if (fallback !== undefined) set("ENABLE_FALLBACK", "fallback", toBoolean(fallback));
  const threshold = readEnv(env, "ROUTING_THRESHOLD");
  if (threshold !== undefined) set("ROUTING_THRESHOLD", "routingThreshold", toNumber(threshold));
  const tokens = readEnv(env, "MAX_TOKENS_PER_REQUEST");
  if (tokens !== undefined) {
    const cap = toNumber(tokens);
    // One number for both: whoever caps at 8192 wants answers that long, not the smaller built-in default.
    set("MAX_TOKENS_PER_REQUEST", "maxOutputTokens", typeof cap === "number" ? { cap, default: cap } : { cap });
  }
  const dollars = readEnv(env, "SPEND_LIMIT_DOLLARS");
  if (dollars !== undefined) set("SPEND_LIMIT_DOLLARS", "spendLimitUsd", toNumber(dollars));
}

/** A text that is no number stays text, and the schema says what was expected. */
export const toNumber = (text: string): number | string => (/^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text);

function toBoolean(text: string): boolean | string {
  if (/^(true|1|yes|on)$/i.test(text)) return true;
  if (/^(false|0|no|off)$/i.test(text)) return false;
  return text;
}

/** Settings that are no text, and that a config file may take from the environment all the same. */
const PLAIN_REFERENCES: Readonly<Record<string, (text: string) => unknown>> = {
  fallback: toBoolean,
  routingThreshold: toNumber,
  spendLimitUsd: toNumber,
};

/**
 * The settings of a file with `fallback: env:NAME` and the like replaced by what the variable says. Where it is not set the setting stays
 * text, which its schema refuses.
 */
export function withPlainReferences(value: unknown, env: Env, usedEnv: Set<string>): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const taken: Record<string, unknown> = {};
  for (const [key, read] of Object.entries(PLAIN_REFERENCES)) {
    const raw: unknown = Reflect.get(value, key);
    const name = typeof raw === "string" ? /^env:([A-Za-z_][A-Za-z0-9_]*)$/.exec(raw)?.[1] : undefined;
    if (name === undefined) continue;
    usedEnv.add(name);
    const text = readEnv(env, name);
    if (text !== undefined) taken[key] = read(text);
  }
  return { ...value, ...taken };
}

/** A model or address without the setting that makes its provider does nothing. */
function warnUnused(env: Env, findings: Findings): void {
  const needs: readonly (readonly [string, readonly string[]])[] = [
    ["ANTHROPIC_API_KEY", ["ANTHROPIC_MODEL", "ANTHROPIC_BASE_URL"]],
    ["OPENAI_API_KEY", ["OPENAI_MODEL", "OPENAI_BASE_URL"]],
    ["VLLM_BASE_URL", ["VLLM_MODEL", "VLLM_API_KEY"]],
  ];
  for (const [needed, names] of needs) {
    if (readEnv(env, needed) !== undefined) continue;
    for (const name of names) {
      if (readEnv(env, name) !== undefined) findings.warnings.push({ place: envPlace(name), message: `does nothing without ${needed}.` });
    }
  }
}

/** With a config file these variables only serve its references: one that is set and not referred to is worth a word. */
export function warnUnreferenced(env: Env, usedEnv: ReadonlySet<string>, file: string, findings: Findings): void {
  for (const { name, read } of ENVIRONMENT) {
    if (read !== "quick-start" || usedEnv.has(name) || readEnv(env, name) === undefined) continue;
    findings.warnings.push({ place: envPlace(name), message: `is set, but ${file} does not refer to it, so it does nothing.` });
  }
}

/** The variable that the nearest enclosing setting came from. */
function findName(cameFrom: ReadonlyMap<string, string>, path: readonly PathPart[]): string {
  for (let length = path.length; length > 0; length--) {
    const name = cameFrom.get(renderPath(path.slice(0, length)));
    if (name !== undefined) return name;
  }
  return "";
}
