import type { PolicyAdmin } from "../admin/index.ts";
import { policyCreate, policyQuery, policyRelease } from "../contract/policy.ts";
import { tenantQuery } from "../contract/admin.ts";
import type { Principal } from "../domain/principal.ts";
import { JSON_BODY_BYTES_MAX } from "../kernel/limits.ts";
import { toWirePage } from "./admin-tenants.ts";
import { readJson } from "./body.ts";
import { paramOf, platformEndpoint, tenantNamed, type Asked, type Endpoint } from "./endpoint.ts";
import { readQuery } from "./query.ts";

const AT = "/admin/v1/policies";

/** Versions of policies, a tenant's or the platform's own: written to staging, taken to production by two persons. */
export function adminPolicies(policies: PolicyAdmin): Endpoint[] {
  return [
    platformEndpoint("POST", AT, "policies.write", async ({ request, who }) => {
      const draft = await readJson(request, policyCreate, JSON_BODY_BYTES_MAX);
      const scope = scopeNamed(who, draft.kind === "tenant" ? draft.tenant : undefined);
      return Response.json(await policies.create(who, scope, draft), { status: 201 });
    }),
    platformEndpoint("GET", AT, "policies.read", async ({ query, who }) => {
      const { tenant, cursor, ...ask } = readQuery(query, policyQuery);
      return Response.json(toWirePage(await policies.list(scopeNamed(who, tenant), { ...ask, after: cursor })));
    }),
    platformEndpoint("GET", `${AT}/:id`, "policies.read", async (asked) => {
      const { tenant } = readQuery(asked.query, tenantQuery);
      return Response.json(await policies.get(asked.who, scopeNamed(asked.who, tenant), paramOf(asked, "id")));
    }),
    platformEndpoint("POST", `${AT}/:id/promote`, "policies.promote", async (asked) =>
      Response.json(await policies.promote(asked.who, await readRelease(asked), paramOf(asked, "id"))),
    ),
    platformEndpoint("POST", `${AT}/:id/approve`, "policies.approve", async (asked) =>
      Response.json(await policies.approve(asked.who, await readRelease(asked), paramOf(asked, "id"))),
    ),
  ];
}

/** Whose policies are meant: a tenant's own role means its own; somebody of the platform who names none means the platform's. */
const scopeNamed = (who: Principal, named: string | undefined): string | undefined =>
  who.kind === "admin" && named === undefined ? undefined : tenantNamed(who, named);

const readRelease = async ({ request, who }: Asked<Principal>): Promise<string | undefined> =>
  scopeNamed(who, (await readJson(request, policyRelease, JSON_BODY_BYTES_MAX)).tenant);
