export { answer } from "./answer.ts";
export type { AnswerPart, Finish } from "./answer-part.ts";
export { createShadows } from "./shadow.ts";
export type { Shadows } from "./shadow.ts";
export type { Admitted, Stages } from "./stages.ts";
export { putTogether } from "./put-together.ts";
