export { createProviders } from "./providers.ts";
export type { ProviderDeps } from "./providers.ts";
export type { Provider, ProviderCall } from "./spec.ts";
export { countTokens } from "./token-count.ts";
export { promptTokens } from "./tally.ts";
export { createExtractive } from "./extractive/index.ts";
