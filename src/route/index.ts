export { createRouter } from "./plan.ts";
export type { Router, RouterOptions } from "./plan.ts";
export { fitOutput } from "./context.ts";
export { EXTRACTIVE, toTargets } from "./targets.ts";
export type { KnownPrice } from "./targets.ts";
