export { complexityOf, explainComplexity } from "./score.ts";
export type { Explained, Reason } from "./score.ts";
export { createComplexityRanks } from "./ranks.ts";
export type { ComplexityRanks, RanksOptions } from "./ranks.ts";
export { expectedOutputTokens } from "./expected-output.ts";
