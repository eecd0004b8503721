import { POLICY_BODIES, type PolicyBody, type PolicyKind } from "../contract/policy.ts";
import { routeRule, type RouteRule } from "../contract/route-rule.ts";
import type { Changed } from "../record/index.ts";
import type { TenantId } from "../kernel/ids.ts";
import type { Database } from "../store/database.ts";
import { createPolicyKinds, type PolicyKindDeps } from "./policy-kinds.ts";
import { PLATFORM } from "./policies.ts";
import { getBySlug } from "./tenants.ts";

/** One thing about a body: where in it, and what. */
export type PolicyNotice = {
  readonly path: readonly (string | number)[];
  readonly message: string;
  /** UTF-16 offset within the text at `path`. */
  readonly offset?: number | undefined;
};
type Checked = { readonly problems: readonly PolicyNotice[]; readonly warnings: readonly PolicyNotice[] };

/** Rules by route; undefined: one whose form is wrong. */
export type PartialRoutes = Readonly<Record<string, readonly (RouteRule | undefined)[]>>;

export type PolicyCheckAdmin = {
  /**
   * What the form of a body does not tell: names that mean nothing here, and what is probably not meant. Looks at what has the right form,
   * also beside what has not. `changes` only where there is nothing wrong. Throws `not_found` for a tenant that is not there.
   */
  check(slug: string | undefined, kind: PolicyKind, body: unknown): Promise<Checked & { readonly changes: Changed | undefined }>;
};

type Deps = Pick<PolicyKindDeps, "findRouteProblem"> & {
  readonly db: Database;
  checkRoutes(routes: PartialRoutes): Checked;
  /** What of a tenant's settings names nothing that there is. */
  warnTenant(settings: PolicyBody<"tenant">): readonly PolicyNotice[];
};

/** Looks at a draft and keeps nothing of it. */
export function createPolicyCheck({ db, checkRoutes, warnTenant, findRouteProblem }: Deps): PolicyCheckAdmin {
  const kinds = createPolicyKinds({ findRouteProblem, changed: () => undefined, routesApproved: () => undefined });
  const look = (kind: PolicyKind, body: unknown): Checked => {
    if (kind === "routes") return checkRoutes(readableRoutes(body));
    const settings = POLICY_BODIES.tenant.safeParse(body);
    return { problems: [], warnings: settings.success ? warnTenant(settings.data) : [] };
  };
  const scopeOf = async (slug: string | undefined, of: "tenant" | "platform"): Promise<TenantId | undefined> => {
    if (of === "platform") return PLATFORM;
    return slug === undefined ? undefined : (await getBySlug(db, slug)).id;
  };
  return {
    async check(slug, name, body) {
      const kind = kinds[name];
      const scope = await scopeOf(slug, kind.of);
      const checked = look(name, body);
      const isRight = checked.problems.length === 0 && POLICY_BODIES[name].safeParse(body).success;
      if (!isRight || scope === undefined) return { ...checked, changes: undefined };
      return { ...checked, changes: await kind.diff(db, scope, await kind.complete(db, scope, body)) };
    },
  };
}

/** Every rule that has the form of one. */
function readableRoutes(body: unknown): PartialRoutes {
  const routes = isObject(body) && isObject(body["routes"]) ? body["routes"] : {};
  return Object.fromEntries(
    Object.entries(routes).flatMap(([name, rules]) =>
      Array.isArray(rules) ? [[name, rules.map((rule) => routeRule.safeParse(rule).data)]] : [],
    ),
  );
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
