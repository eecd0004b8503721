import type { Config } from "../config/index.ts";
import { NO_PII_FOUND, PII_FOUND } from "../domain/guard-policy.ts";
import { principalIdOf } from "../domain/principal.ts";
import {
  createGuard,
  createInputGuard,
  createPresidio,
  type SecondDetector,
  type Find,
  type GuardDeps,
  type GuardOptions,
  type ScoreInjection,
} from "../guard/index.ts";
import { createServiceFetch } from "../http/index.ts";
import { deriveKey } from "../kernel/hash.ts";
import type { Noted } from "../record/index.ts";
import type { ChatPartsDeps } from "./chat.ts";

export type GuardPartsDeps = {
  readonly config: Pick<Config, "guard" | "outbound" | "routes" | "secret">;
  readonly find: Find;
  readonly scoreInjection: ScoreInjection;
  readonly note: (decision: Noted) => void;
};

/** The rules for content, as one configuration sets them. */
export function composeGuard({ config, find, scoreInjection, note }: GuardPartsDeps): Pick<ChatPartsDeps, "check" | "checkInputs"> {
  const rules = Object.values(config.routes).flat();
  const refused: GuardDeps["refused"] = ({ who, requestId }, code, saw) =>
    note({
      category: "security",
      action: "content",
      outcome: "denied",
      tenantId: who.tenant.id,
      actor: principalIdOf(who),
      role: who.role,
      code,
      reason: saw.length === 0 ? undefined : saw.join(" "),
      requestId,
    });
  const fetch = createServiceFetch(config.outbound.ca);
  const second = config.guard.detectors.map(({ onFailure, ...options }): SecondDetector => ({
    find: createPresidio(fetch, options),
    onFailure,
  }));
  const guardDeps: GuardDeps = {
    find,
    scoreInjection,
    second,
    pseudonymKey: deriveKey(config.secret, "pseudonyms"),
    canaryKey: deriveKey(config.secret, "canaries"),
    refused,
  };
  const options: GuardOptions = {
    policy: config.guard.policy,
    routesLook: rules.some(({ when, pii }) => pii !== undefined || when === PII_FOUND || when === NO_PII_FOUND),
  };
  return { check: createGuard(guardDeps, options), checkInputs: createInputGuard(guardDeps, options) };
}
