import type { Attributes } from "./span.ts";

/**
 * The one place that knows OpenTelemetry's names for generative AI (semantic conventions 1.38, still in development there). When they change,
 * this table does.
 */
export const GENAI = {
  operation: "gen_ai.operation.name",
  provider: "gen_ai.provider.name",
  requestModel: "gen_ai.request.model",
  maxTokens: "gen_ai.request.max_tokens",
  temperature: "gen_ai.request.temperature",
  topP: "gen_ai.request.top_p",
  choices: "gen_ai.request.choice.count",
  responseModel: "gen_ai.response.model",
  responseId: "gen_ai.response.id",
  finishReasons: "gen_ai.response.finish_reasons",
  inputTokens: "gen_ai.usage.input_tokens",
  outputTokens: "gen_ai.usage.output_tokens",
  cachedTokens: "gen_ai.usage.cache_read.input_tokens",
  error: "error.type",
  httpMethod: "http.request.method",
  httpRoute: "http.route",
} as const;

/** Weir's own facts, for which there is no convention. */
export const WEIR = {
  requestId: "weir.request_id",
  tenantId: "weir.tenant.id",
  keyId: "weir.key.id",
  modelAsked: "weir.model.asked",
  model: "weir.model",
  providerName: "weir.provider",
  trust: "weir.trust",
  tier: "weir.tier",
  outcome: "weir.outcome",
  stream: "weir.stream",
  passages: "weir.passages",
  costMicroUsd: "weir.cost.micro_usd",
  firstPartMs: "weir.first_part.ms",
  usageSource: "weir.usage.source",
} as const;

type Words = typeof GENAI & typeof WEIR;
export type Facts = { readonly [K in keyof Words]?: Attributes[string] };

/** Facts by Weir's words, as attributes under the names of the table. */
export function toAttributes(facts: Facts): Attributes {
  const names: Readonly<Record<string, string>> = { ...GENAI, ...WEIR };
  return Object.fromEntries(Object.entries(facts).map(([word, value]) => [names[word] ?? word, value]));
}

/** The well-known names of `gen_ai.provider.name` by wire protocol. */
export const PROVIDER_NAMES: Readonly<Record<string, string>> = {
  openai: "openai",
  anthropic: "anthropic",
  llama: "weir.llama",
  extractive: "weir.extractive",
};
/** … and of `gen_ai.operation.name`. */
export const OPERATIONS = { chat: "chat", embeddings: "embeddings", rerank: "rerank", retrieval: "retrieval" } as const;
