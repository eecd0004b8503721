import {
  createGuardReports,
  createKeyAdmin,
  createPolicyAdmin,
  createPromptAdmin,
  createTenantAdmin,
  type GuardReports,
  type KeyAdmin,
  type KeySuspensions,
  type PolicyAdmin,
  type PromptAdmin,
  type TenantAdmin,
} from "../admin/index.ts";
import { digestKey, KEY_PEPPER_PURPOSE } from "../admit/index.ts";
import { findRouteProblem, type Config } from "../config/index.ts";
import type { Clock } from "../kernel/clock.ts";
import { deriveKey } from "../kernel/hash.ts";
import type { Database } from "../store/index.ts";
import type { Parts } from "./parts.ts";
import { composePolicyChecks, type PolicyChecks } from "./policy-checks.ts";
import { createResolvePrompt } from "./prompt-files.ts";

type Deps = {
  readonly config: Config;
  readonly db: Database;
  readonly clock: Clock;
  readonly parts: Pick<Parts, "changed" | "decisions" | "approvedRoutes" | "stored" | "misuse">;
};

export type AdminParts = PolicyChecks & {
  readonly tenants: TenantAdmin;
  readonly prompts: PromptAdmin;
  readonly policies: PolicyAdmin;
  readonly keys: KeyAdmin;
  readonly suspensions: KeySuspensions;
  readonly reports: GuardReports;
};

/** Who changes tenants, keys, prompts and policies, under this configuration. */
export function composeAdmin({ config, db, clock, parts }: Deps): AdminParts {
  const { changed, decisions, approvedRoutes, stored, misuse } = parts;
  const pepper = deriveKey(config.secret, KEY_PEPPER_PURPOSE);
  const base = { db, nowMs: clock.nowMs, changed, decisions, resolvePrompt: createResolvePrompt(config) };
  return {
    ...composePolicyChecks({ config, db, approvedRoutes }),
    tenants: createTenantAdmin({ ...base, approvals: config.approvals, guard: config.guard.policy }),
    prompts: createPromptAdmin(base),
    policies: createPolicyAdmin({
      ...base,
      findRouteProblem: (routes) => findRouteProblem(config, routes),
      routesApproved: approvedRoutes.take,
    }),
    keys: createKeyAdmin({ ...base, digest: (secret) => digestKey(pepper, secret) }),
    suspensions: misuse.suspensions,
    reports: createGuardReports({
      ...base,
      objects: stored.objects,
      flush: misuse.refusals.flush,
      keptDays: () => config.retention.reportDays,
    }),
  };
}
