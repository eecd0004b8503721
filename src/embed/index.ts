export { embed } from "./embed.ts";
export type { EmbedAnswer } from "./embed.ts";
export { rerank } from "./rerank.ts";
export type { RerankAnswer } from "./rerank.ts";
export type { Admitted, EmbedStages, InputsCall, Made, PathStages, RerankStages } from "./stages.ts";
