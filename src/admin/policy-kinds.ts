import type { Change } from "../admit/index.ts";
import { POLICY_BODIES, type PolicyBody, type PolicyKind } from "../contract/policy.ts";
import type { RouteRule } from "../contract/route-rule.ts";
import type { TenantProfile } from "../domain/principal.ts";
import { Fault } from "../kernel/fault.ts";
import type { TenantId } from "../kernel/ids.ts";
import type { Changed } from "../record/index.ts";
import type { Database } from "../store/database.ts";
import { policyVersions } from "../store/policies.ts";
import { getTenant, lockTenant, updateTenant } from "../store/tenants.ts";
import { diff } from "./changed.ts";
import { toChange, toShown, toView } from "./tenant-fields.ts";

export type Routes = PolicyBody<"routes">["routes"];

/** What a kind of policy does with a body of its form. `tenantId` is the platform's own where the kind is of the platform. */
type Kind<B> = {
  readonly of: "tenant" | "platform";
  /** A draft, completed to all that it decides. Throws `body_invalid`. */
  complete(db: Database, tenantId: TenantId, draft: B): Promise<B>;
  /** What it would change now. */
  diff(db: Database, tenantId: TenantId, body: B): Promise<Changed>;
  /** In the transaction of the approval: makes it count where calls read it. What that changed. */
  apply(db: Database, tenantId: TenantId, body: B): Promise<Changed>;
  /** It is committed: this process does not wait to hear of it. */
  applied(tenantId: TenantId, body: B): void;
};

/** The same of a body that is yet to be read. */
export type AnyKind = Kind<unknown>;

export type PolicyKindDeps = {
  /** Cached tenants of this process forget theirs at once. */
  changed(change: Change): void;
  /** Why rules cannot count on this server, and where; undefined: they can. */
  findRouteProblem(routes: Routes): { readonly param: string; readonly say: string } | undefined;
  /** New rules have been approved: they go before those of weir.yaml from now on. */
  routesApproved(routes: Routes): void;
};

/** Every kind of policy: its form is in the contract, what it means is here. A kind more is a row more in both. */
export function createPolicyKinds(deps: PolicyKindDeps): Readonly<Record<PolicyKind, AnyKind>> {
  return {
    tenant: withForm("tenant", tenantKind(deps)),
    routes: withForm("routes", routesKind(deps)),
  };
}

/** A stored body is read anew by the form of today: one of another version of this program is refused, not guessed at. */
function withForm<K extends PolicyKind>(name: K, kind: Kind<PolicyBody<K>>): AnyKind {
  const read = (body: unknown): PolicyBody<K> => {
    const parsed = POLICY_BODIES[name].safeParse(body);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the form of this very kind
    if (parsed.success) return parsed.data as PolicyBody<K>;
    throw new Fault("conflict", { say: "This policy has a form that this version of the server does not know." });
  };
  return {
    of: kind.of,
    complete: (db, tenantId, body) => kind.complete(db, tenantId, read(body)),
    diff: (db, tenantId, body) => kind.diff(db, tenantId, read(body)),
    apply: (db, tenantId, body) => kind.apply(db, tenantId, read(body)),
    applied: (tenantId, body) => kind.applied(tenantId, read(body)),
  };
}

/** Nothing that a person wrote is among these settings. */
const changeOf = (before: TenantProfile, body: PolicyBody<"tenant">): Changed =>
  diff(toShown(toView(before)), toShown({ ...toView(before), ...body }), (text) => text);

/** A tenant's settings. A draft names what is to be otherwise; the version has all of them, so that it can be gone back to. */
function tenantKind({ changed }: PolicyKindDeps): Kind<PolicyBody<"tenant">> {
  return {
    of: "tenant",
    async complete(db, tenantId, draft) {
      const { tier, region, budgetUsd, contentPolicy, models, rpm, tpm, guard, context } = toView(await getTenant(db, tenantId));
      const whole = { tier, region, budgetUsd, models, rpm, tpm, guard, context };
      const unset = Object.fromEntries(Object.entries(whole).map(([name, value]) => [name, value ?? null]));
      return { contentPolicy, ...unset, ...draft };
    },
    diff: async (db, tenantId, body) => changeOf(await getTenant(db, tenantId), body),
    async apply(db, tenantId, body) {
      const before = await lockTenant(db, tenantId);
      await updateTenant(db, tenantId, toChange(body));
      return changeOf(before, body);
    },
    applied: (tenantId) => changed({ kind: "tenant", tenantId, id: tenantId }),
  };
}

/** Rules before those of weir.yaml. A version has all of them: a route that it does not name has none. */
function routesKind({ findRouteProblem, routesApproved }: PolicyKindDeps): Kind<PolicyBody<"routes">> {
  const check = ({ routes }: PolicyBody<"routes">): void => {
    const problem = findRouteProblem(routes);
    if (problem !== undefined) throw new Fault("body_invalid", { param: `body.${problem.param}`, say: `body.${problem.say}` });
  };
  return {
    of: "platform",
    complete(_db, _tenantId, draft) {
      check(draft);
      return Promise.resolve(draft);
    },
    async diff(db, tenantId, body) {
      return diffRoutes(await findApprovedRoutes(db, tenantId), body.routes);
    },
    async apply(db, tenantId, body) {
      // The models may be others than when it was drafted.
      check(body);
      return diffRoutes(await findApprovedRoutes(db, tenantId), body.routes);
    },
    applied: (_tenantId, { routes }) => routesApproved(routes),
  };
}

/**
 * The rules in production; none where nobody has approved any. Throws where they are of a form that this version does not know: to go on
 * without them might send calls where they may not go.
 */
export async function findApprovedRoutes(db: Database, platformId: TenantId): Promise<Routes> {
  const found = await policyVersions.findProduction(db, platformId, "routes");
  if (found === undefined) return {};
  const parsed = POLICY_BODIES.routes.safeParse(JSON.parse(found.body));
  if (!parsed.success) throw new Error("The approved routes in the database have a form that this version of the program does not know.");
  return parsed.data.routes;
}

function diffRoutes(before: Routes, after: Routes): Changed {
  const shown = (routes: Routes) =>
    Object.fromEntries(Object.entries(routes).map(([name, rules]) => [`routes.${name}`, rules.map(sayRule)]));
  return diff(shown(before), shown(after), (text) => text);
}

/** Every field of the rule: what an approver does not see, nobody has approved. */
const sayRule = ({ when, use, ...rest }: RouteRule): string =>
  Object.entries({ when, use: use.join(", "), ...rest })
    .flatMap(([word, value]) => (value === undefined ? [] : [`${word} ${sayValue(value)}`]))
    .join("; ");

/** The database keeps an object's fields in an order of its own. */
const sayValue = (value: object | string | number): string =>
  typeof value === "object"
    ? JSON.stringify(Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))))
    : String(value);
