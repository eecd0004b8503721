import { createPolicyCheck, PLATFORM, type PolicyCheckAdmin, type PolicyNotice } from "../admin/index.ts";
import {
  didYouMean,
  findRouteProblem,
  listRouteProblems,
  listRouteWarnings,
  withApprovedRoutes,
  type ApprovedRoutes,
  type Config,
  type KnownModel,
} from "../config/index.ts";
import type { PolicyBody } from "../contract/policy.ts";
import type { EffectiveRoutes } from "../contract/routes.ts";
import { readPriceBook } from "../record/index.ts";
import { toTargets } from "../route/index.ts";
import type { Database } from "../store/index.ts";
import { policyVersions } from "../store/policies.ts";
import { toEffectiveRoutes, toKnownModels } from "./effective-routes.ts";

type Deps = {
  /** Without approved rules. */
  readonly config: Config;
  readonly db: Database;
  readonly approvedRoutes: { readonly current: ApprovedRoutes };
};

export type PolicyChecks = {
  readonly policyCheck: PolicyCheckAdmin;
  listRoutes(): Promise<EffectiveRoutes>;
};

/** What can be said of policies under this configuration before anybody writes one. */
export function composePolicyChecks({ config, db, approvedRoutes }: Deps): PolicyChecks {
  const models = toKnownModels(toTargets(config, readPriceBook().findPrice).values());
  return {
    policyCheck: createPolicyCheck({
      db,
      findRouteProblem: (routes) => findRouteProblem(config, routes),
      checkRoutes: (routes) => ({ problems: listRouteProblems(config, routes), warnings: listRouteWarnings(models, routes) }),
      warnTenant: (settings) => warnTenant(config, models, settings),
    }),
    async listRoutes() {
      const approved = approvedRoutes.current;
      const { routes: all } = withApprovedRoutes(config, approved);
      const policy = await policyVersions.findProduction(db, PLATFORM, "routes");
      return toEffectiveRoutes({ file: config.routes, all, approved, policy, models });
    },
  };
}

/** Names that mean nothing on this server. They are taken, because the server's configuration may come to have them. */
function warnTenant({ tiers }: Config, models: readonly KnownModel[], settings: PolicyBody<"tenant">): PolicyNotice[] {
  const names = [...models.map(({ name }) => name), "extractive"];
  const regions = [...new Set(models.flatMap(({ region }) => (region === undefined ? [] : [region])))];
  const found: PolicyNotice[] = (settings.models ?? []).flatMap((name, at) =>
    names.includes(name)
      ? []
      : [{ path: ["models", at], message: `there is no model ${JSON.stringify(name)} on this server.${didYouMean(name, names)}` }],
  );
  const { tier, region } = settings;
  if (typeof tier === "string" && !Object.hasOwn(tiers, tier))
    found.push({
      path: ["tier"],
      message: `there is no tier ${JSON.stringify(tier)} in weir.yaml.${didYouMean(tier, Object.keys(tiers))}`,
    });
  if (typeof region === "string" && !regions.includes(region))
    found.push({
      path: ["region"],
      message: `no provider is in the region ${JSON.stringify(region)}: the tenant's calls would be refused.${didYouMean(region, regions)}`,
    });
  return found;
}
