import { open } from "node:fs/promises";
import { createRequire } from "node:module";
import { availableParallelism } from "node:os";
import { basename, resolve } from "node:path";
import type { Place, Problem } from "./problem.ts";
import { errorCode } from "./reference.ts";
import type { FileProvider } from "./schema.ts";
import type { Source } from "./source.ts";
import type { LlamaConfig, ModelConfig, ProviderConfig } from "./types.ts";

type FileLlama = Extract<FileProvider, { kind: "llama" }>;

const PACKAGE = "node-llama-cpp";
const INSTALL = "npm install --include=optional";
/** The first bytes of every such file. */
const GGUF = "GGUF";
/** With the version after them. */
const HEAD_BYTES = 8;
const GGUF_VERSION_MAX = 3;

/**
 * A model that the server runs itself. Whatever would only fail at the first call is found here: a problem where the file relies on the
 * provider, else a warning, and the provider is left out (undefined).
 */
export async function readLlama(
  name: string,
  provider: FileLlama,
  source: Source,
  hasPackage = isInstalled,
): Promise<LlamaConfig | undefined> {
  const wrong: Problem[] = [];
  const placeOf = (...path: readonly string[]): Place => source.placeOf(["providers", name, ...path]);
  if (!hasPackage(PACKAGE)) {
    const message = `models in the server (kind llama) need the optional package ${PACKAGE}, which is not installed. In Weir's folder: ${INSTALL}`;
    wrong.push({ place: placeOf("kind"), message });
  }
  const pathOf = async (path: string, place: Place, magic: string): Promise<string> => {
    const full = resolve(source.baseDir, path);
    const message = await whyUnusable(full, magic);
    if (message !== undefined) wrong.push({ place, message });
    return full;
  };
  const model = await pathOf(provider.model, placeOf("model"), GGUF);
  const adapters: Record<string, string> = {};
  for (const [adapter, path] of Object.entries(provider.adapters))
    adapters[adapter] = await pathOf(path, placeOf("adapters", adapter), GGUF);
  const modelName = basename(model).replace(/\.gguf$/i, "");
  if (Object.hasOwn(adapters, modelName))
    wrong.push({ place: placeOf("adapters", modelName), message: "is the name of the model itself: the adapter needs another." });
  const { chatTemplate } = provider;
  const template = chatTemplate === undefined ? undefined : await pathOf(chatTemplate, placeOf("chatTemplate"), "");
  const { problems, warnings } = source.findings;
  if (wrong.length > 0 && !isReliedOn(name, provider, source)) {
    warnings.push(...wrong.map(({ place, message }) => ({ place, message: `${message} Nothing names the provider, so it is left out.` })));
    return undefined;
  }
  problems.push(...wrong);
  return {
    name,
    kind: "llama",
    model,
    modelName,
    adapters,
    chatTemplate: template,
    // llama.cpp's threads wait for each other by spinning: one too many, and each token takes hundreds of times as long.
    threads: provider.threads ?? Math.max(1, availableParallelism() - 1),
    contexts: provider.contexts,
    contextTokens: provider.contextTokens,
    queue: provider.queue,
    load: provider.load,
    trust: provider.trust,
    region: provider.region,
    timeouts: provider.timeouts,
  };
}

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** A model or a route names it, or there is nothing else to name. */
function isReliedOn(name: string, { adapters }: FileLlama, { value }: Source): boolean {
  const models = Object.values(value.models);
  if (models.length === 0 || models.some((model) => model.provider === name)) return true;
  const implied = [name, ...Object.keys(adapters)];
  return Object.values(value.routes).some((rules) => rules.some((rule) => rule.use.some((used) => implied.includes(used))));
}

/** What is wrong with a file that must begin with `magic`; undefined: nothing. */
async function whyUnusable(path: string, magic: string): Promise<string | undefined> {
  try {
    const file = await open(path, "r");
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      const isKnown = magic !== GGUF || bytesRead < HEAD_BYTES || buffer.readUInt32LE(GGUF.length) <= GGUF_VERSION_MAX;
      return isKnown && buffer.toString("latin1", 0, bytesRead).startsWith(magic) ? undefined : `the file ${path} is no GGUF file.`;
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = errorCode(error);
    if (code !== "ENOENT") return `the file ${path} cannot be read (${code}).`;
    const fetch = magic === GGUF ? ` Put it there, or fetch one: weir models pull hf:USER/REPOSITORY/FILE.gguf --out ${path}` : "";
    return `there is no file ${path}.${fetch}`;
  }
}

/** Names that the provider knows: its model's, and those of its adapters. */
export const llamaUpstreams = (provider: LlamaConfig): readonly string[] => [provider.modelName, ...Object.keys(provider.adapters)];

/**
 * A provider that no entry of `models` names offers its model under its own name and each adapter under the adapter's: one line of
 * configuration is a model.
 */
export function impliedModels(providers: readonly ProviderConfig[], source: Source): ModelConfig[] {
  const taken = new Set(["auto", "extractive", ...Object.keys(source.value.models), ...Object.keys(source.value.routes)]);
  return providers.flatMap((provider) => {
    if (provider.kind !== "llama" || Object.values(source.value.models).some((model) => model.provider === provider.name)) return [];
    return llamaUpstreams(provider).flatMap((upstream) => {
      const name = upstream === provider.modelName ? provider.name : upstream;
      if (taken.has(name)) {
        const message = `"${name}" is taken, so that the model of this provider has no name. Name it under models: { NAME: { provider: ${provider.name}, upstream: ${upstream} } }`;
        source.findings.problems.push({ place: source.placeOf(["providers", provider.name], "key"), message });
        return [];
      }
      taken.add(name);
      return [{ name, provider: provider.name, upstream, ...LLAMA_MODEL, contextTokens: provider.contextTokens }];
    });
  });
}

const LLAMA_MODEL = {
  capabilities: { tools: true, jsonSchema: true, images: false, manyChoices: false },
  price: undefined,
} as const;
