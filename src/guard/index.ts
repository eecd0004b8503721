export { createGuard } from "./guard.ts";
export type { GuardDeps, GuardOptions } from "./guard.ts";
export { createInputGuard } from "./inputs.ts";
export { createPresidio } from "./presidio.ts";
export type { SecondDetector } from "./second-detector.ts";
export type { Find } from "./look.ts";
export type { InjectionScore, ScoreInjection } from "./injection.ts";
