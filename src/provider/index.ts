export { createExtractive } from "./extractive/index.ts";
export type { Language } from "./extractive/index.ts";
export { createProviders } from "./providers.ts";
export type { ProviderDeps } from "./providers.ts";
export { createProviderPool } from "./provider-pool.ts";
export type { ProviderPool } from "./provider-pool.ts";
export type { EmbedAsk, Provider, ProviderCall } from "./spec.ts";
export { promptTokens } from "./tally.ts";
export { countTokens } from "./token-count.ts";
