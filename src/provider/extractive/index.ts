export { createExtractive } from "./extractive.ts";
export type { Language } from "./language.ts";
