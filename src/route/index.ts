export { createRouter } from "./plan.ts";
export type { Router, RouterOptions } from "./plan.ts";
export { fitOutput } from "./context.ts";
export { EXTRACTIVE, toTargets } from "./targets.ts";
export type { KnownPrice } from "./targets.ts";
export { judge } from "./rollout/judge.ts";
export type { Verdict } from "./rollout/judge.ts";
export { NO_COUNTS, sumCounts, withCall, withScore } from "./rollout/counts.ts";
export { shareOf, variantOf } from "./rollout/variant.ts";
