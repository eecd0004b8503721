export { createRetriever } from "./retriever.ts";
export type { Retrieve, RetrieveAsk } from "./retriever.ts";
export { toQuery } from "./query.ts";
export { terms } from "./terms.ts";
export { termId } from "./term-id.ts";
export { countTokens } from "./tokens.ts";
export { units } from "./units.ts";
export type { Unit } from "./units.ts";
