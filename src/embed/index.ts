export { embed } from "./embed.ts";
export type { EmbedAnswer } from "./embed.ts";
export type { Admitted, EmbedStages } from "./stages.ts";
