import { createPolicyAdmin, createPromptAdmin, PLATFORM } from "../admin/index.ts";
import { authorise, type Change } from "../admit/index.ts";
import { findRouteProblem, type ApprovedRoutes, type Config } from "../config/index.ts";
import type { Principal } from "../domain/principal.ts";
import type { RolloutChange } from "../domain/rollout.ts";
import { isChat } from "../domain/target.ts";
import { Fault } from "../kernel/fault.ts";
import type { RolledVersions } from "../operate/index.ts";
import type { DecisionLog } from "../record/index.ts";
import type { Database } from "../store/index.ts";
import { promptVersions, SYSTEM_PROMPT } from "../store/prompts.ts";

export type VersionsDeps = {
  readonly db: Database;
  nowMs(): number;
  readonly decisions: DecisionLog;
  changed(change: Change): void;
  /** The rules in production, and whoever keeps them. */
  readonly approvedRoutes: { readonly current: ApprovedRoutes; refresh(): Promise<void> };
  /** As it is now. */
  config(): Config;
};

/** Who may roll out what: as if they took it into production at once. */
export function checkMove(who: Principal, { kind }: RolloutChange): void {
  authorise(who, kind === "prompt" ? "prompts.approve" : "policies.approve");
}

/** Versions that are rolled out are released as others are, by two persons: who begins the rollout is the second. */
export function createRolledVersions(deps: VersionsDeps): RolledVersions {
  const { db, approvedRoutes, config } = deps;
  const prompts = createPromptAdmin({ ...deps, resolvePrompt: (text) => text }).releases;
  const policies = createPolicyAdmin({
    ...deps,
    findRouteProblem: (routes) => findRouteProblem(config(), routes),
    routesApproved: () => undefined,
  }).releases;
  return {
    async checkStart(who, ownerId, change) {
      checkMove(who, change);
      if (change.kind === "model") return checkModels(config(), approvedRoutes.current, change);
      if (change.kind === "policy") {
        const version = await policies.checkApproval(who, PLATFORM, change.version);
        if (version.name !== "routes") throw new Fault("body_invalid", { param: "version", say: "version: only one of the routes." });
        return version.name;
      }
      if (ownerId === PLATFORM) throw new Fault("body_invalid", { param: "tenant", say: "tenant: name the tenant that is meant." });
      // Who may write the prompt into the tenant's settings alone may also let it go there step by step.
      const direct = who.role === "admin" && config().approvals.prompts === "direct";
      const alone = direct && (await promptVersions.findProduction(db, ownerId, SYSTEM_PROMPT)) === undefined;
      const { name, environment } = alone
        ? await promptVersions.get(db, ownerId, change.version)
        : await prompts.checkApproval(who, ownerId, change.version);
      if (name !== SYSTEM_PROMPT)
        throw new Fault("body_invalid", { param: "version", say: `version: only one of the prompt ${SYSTEM_PROMPT}.` });
      if (environment === "production") throw new Fault("conflict", { say: "This version is in production." });
      return name;
    },
    async release(at, change) {
      if (change.kind === "model") return undefined;
      return change.kind === "prompt" ? await prompts.release(at, change.version) : await policies.release(at, change.version);
    },
    async released({ change, ownerId }) {
      if (change.kind === "prompt") deps.changed({ kind: "tenant", tenantId: ownerId, id: ownerId });
      if (change.kind === "policy") await approvedRoutes.refresh();
    },
  };
}

/** Both names mean something on this server. Where two persons are asked for what loosens, one alone sends nothing to others' hardware. */
function checkModels(config: Config, approved: ApprovedRoutes, change: Extract<RolloutChange, { kind: "model" }>): string {
  const { model, to } = change;
  const known = (name: string) => config.models.find((each) => each.name === name && isChat(each.capabilities));
  const isRoute = Object.hasOwn(config.routes, model) || Object.hasOwn(approved, model);
  const [asked, next] = [known(model), known(to)];
  if (asked === undefined && !isRoute)
    throw new Fault("body_invalid", { param: "model", say: "model: no model or route of this server that chats." });
  if (next === undefined) throw new Fault("body_invalid", { param: "to", say: "to: no model of this server that chats." });
  if (asked === next) throw new Fault("body_invalid", { param: "to", say: "to: is the model itself." });
  const isExternal = (name: string | undefined): boolean => config.providers.find((each) => each.name === name)?.trust === "external";
  if (config.approvals.policies === "required" && isExternal(next.provider) && !isExternal(asked?.provider))
    throw new Fault("forbidden", {
      param: "to",
      say: "This would send calls to an external model that may have stayed on private ones. Write it as a version of the routes, which a second person approves.",
    });
  return model;
}
