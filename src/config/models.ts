import type { Capabilities } from "../domain/target.ts";
import type { Price } from "../kernel/money.ts";
import { impliedModels, llamaUpstreams } from "./llama.ts";
import { didYouMean } from "./nearest.ts";
import type { Place } from "./problem.ts";
import { resolvePrompt } from "./prompt-reference.ts";
import type { PromptsConfig } from "./prompts.ts";
import type { Providers } from "./providers.ts";
import { resolveText } from "./reference.ts";
import type { FileModel } from "./schema.ts";
import type { Source } from "./source.ts";
import type { LlamaConfig, ModelConfig, ProviderConfig } from "./types.ts";

/** Always there, so that no model or provider may take the name. */
export const RESERVED_MODELS = ["auto", "extractive"] as const;
/** `<tenant>/<base>-lora-v<N>` names an adapter of a tenant, and nothing else may look like one. */
const ADAPTER_NAME = /^[^/]+\/.+-lora-v\d+$/;

export type Models = {
  readonly started: readonly ModelConfig[];
};

export function readModels(source: Source, providers: Providers, prompts: PromptsConfig): Models {
  const started: ModelConfig[] = [];
  const names = Object.keys(source.value.providers);
  for (const [name, model] of Object.entries(source.value.models)) {
    checkName(name, source);
    const provider = providers.started.find((candidate) => candidate.name === model.provider);
    if (provider !== undefined) {
      const read = readModel(name, model, provider, source, prompts);
      if (read !== undefined) started.push(read);
    } else {
      const known = names.length === 0 ? " No provider is configured." : ` Known: ${names.join(", ")}.`;
      const place = source.placeOf(["models", name, "provider"]);
      source.findings.problems.push({
        place,
        message: `there is no provider "${model.provider}".${didYouMean(model.provider, names) || known}`,
      });
    }
  }
  return { started: [...started, ...impliedModels(providers.started, source)] };
}

function checkName(name: string, source: Source): void {
  const place = source.placeOf(["models", name], "key");
  const { problems } = source.findings;
  if (RESERVED_MODELS.some((reserved) => reserved === name))
    problems.push({ place, message: `is a reserved name: the model ${name} always exists.` });
  if (ADAPTER_NAME.test(name))
    problems.push({ place, message: "names of this form (tenant/base-lora-vN) are kept for the adapters of tenants." });
}

function readModel(
  name: string,
  model: FileModel,
  provider: ProviderConfig,
  source: Source,
  prompts: PromptsConfig,
): ModelConfig | undefined {
  const place: Place = source.placeOf(["models", name, "upstream"]);
  const upstream = resolveText(model.upstream, place, source);
  checkKind(name, model, provider, source);
  const instructions = readInstructions(name, model, source, prompts);
  if (upstream === undefined) return undefined;
  if (provider.kind === "llama") checkUpstream(upstream, provider, place, source);
  return {
    name,
    provider: provider.name,
    upstream,
    contextTokens: model.contextTokens ?? (provider.kind === "llama" ? provider.contextTokens : undefined),
    capabilities: capabilitiesOf(model, provider.kind),
    price: model.price === undefined ? undefined : toPrice(model.price),
    ...(model.promptCache === "off" ? { promptCache: "off" } : {}),
    ...(instructions === undefined ? {} : { instructions }),
  };
}

/** What has no price of its own costs nothing: `checkKind` has said where one is missing. */
const toPrice = (price: NonNullable<FileModel["price"]>): Price => ({
  ...price,
  inputPerMTok: price.inputPerMTok ?? 0,
  outputPerMTok: price.outputPerMTok ?? 0,
});

/** The text is taken as it is when the configuration is read. */
function readInstructions(name: string, { instructions, kind }: FileModel, source: Source, { files }: PromptsConfig): string | undefined {
  if (instructions === undefined) return undefined;
  const place = source.placeOf(["models", name, "instructions"]);
  if (kind !== "chat") source.findings.problems.push({ place, message: `a model of kind ${kind} is told nothing.` });
  const resolved = resolvePrompt(files, instructions);
  if (resolved.found === "text") return resolved.text;
  source.findings.problems.push({ place, message: resolved.say });
  return undefined;
}

function capabilitiesOf(model: FileModel, kind: ProviderConfig["kind"]): Capabilities {
  const { tools, jsonSchema, images, choices } = model.capabilities;
  return {
    tools,
    jsonSchema,
    images: images && kind !== "llama",
    // A model in the server gives one answer, and Anthropic's protocol has no way to ask for several answers.
    manyChoices: kind === "openai" && choices,
    ...(model.kind === "embedding" ? { embeddings: true } : {}),
    ...(model.kind === "rerank" ? { ranks: true } : {}),
  };
}

function checkUpstream(upstream: string, provider: LlamaConfig, place: Place, source: Source): void {
  const known = llamaUpstreams(provider);
  if (known.includes(upstream)) return;
  const message = `${provider.name} has no model or adapter "${upstream}".${didYouMean(upstream, known) || ` Known: ${known.join(", ")}.`}`;
  source.findings.problems.push({ place, message });
}

function checkKind(name: string, { kind, price }: FileModel, provider: ProviderConfig, source: Source): void {
  const { problems } = source.findings;
  if (kind === "embedding" && provider.kind === "anthropic")
    problems.push({ place: source.placeOf(["models", name, "kind"]), message: "Anthropic's protocol has no embeddings." });
  if (kind === "rerank" && provider.kind === "anthropic")
    problems.push({ place: source.placeOf(["models", name, "kind"]), message: "Anthropic's protocol has no rankings." });
  if (price === undefined) return;
  const placeOf = (field: string): Place => source.placeOf(["models", name, "price", field], "key");
  // A forgotten price of the prompt or of the answers would make them free.
  if (price.inputPerMTok === undefined && price.perThousandSearches === undefined)
    problems.push({ place: placeOf("inputPerMTok"), message: "is missing. Expected a number." });
  if (kind === "chat" && price.outputPerMTok === undefined)
    problems.push({ place: placeOf("outputPerMTok"), message: "is missing. Expected a number." });
  if (kind !== "rerank" && price.perThousandSearches !== undefined)
    problems.push({ place: placeOf("perThousandSearches"), message: "is for models of kind rerank." });
}
