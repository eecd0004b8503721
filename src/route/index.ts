export { createRouter } from "./plan.ts";
export type { Router, RouterOptions } from "./plan.ts";
export { estimateInputTokens } from "./context.ts";
