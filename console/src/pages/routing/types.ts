import type { z } from "zod";
import type { PolicyCheck } from "../../../../src/contract/policy-check.ts";
import type { POLICY_STATES, policy } from "../../../../src/contract/policy.ts";
import type { rollout, rolloutDetail } from "../../../../src/contract/rollout.ts";
import { routingText as text } from "#text/routing.ts";
import type { Tone } from "../../ui/badge.tsx";

export type { PolicyCheck } from "../../../../src/contract/policy-check.ts";
export type { RouteExplanation } from "../../../../src/contract/route-explanation.ts";
export type { EffectiveRoutes, RouteSignals } from "../../../../src/contract/routes.ts";

export type Policy = z.infer<typeof policy>;
export type PolicyState = (typeof POLICY_STATES)[number];
export type Rollout = z.infer<typeof rollout>;
export type RolloutDetail = z.infer<typeof rolloutDetail>;
export type Notice = PolicyCheck["problems"][number];

/** Staging and retired versions may be asked for; then that is what matters of them. */
export const stateOf = ({ environment, requested }: Policy): PolicyState => (requested ? "requested" : environment);
export const POLICY_TONES: Readonly<Record<PolicyState, Tone>> = {
  staging: "neutral",
  requested: "warn",
  production: "good",
  retired: "neutral",
};
export const ROLLOUT_TONES: Readonly<Record<Rollout["state"], Tone>> = {
  running: "accent",
  paused: "warn",
  finished: "good",
  "rolled-back": "bad",
};

/** What goes out, in a few words. */
export const sayChange = ({ kind, model, to, version }: Rollout): string =>
  kind === "model" ? text.modelChange(model ?? "", to ?? "") : text.versionChange(version ?? "");
