export { createLlamaProvider } from "./provider.ts";
export type { LlamaDeps, LlamaProvider } from "./provider.ts";
