export { answer } from "./answer.ts";
export type { AnswerPart, Finish } from "./answer-part.ts";
export type { Admitted, Stages } from "./stages.ts";
export { putTogether } from "./put-together.ts";
