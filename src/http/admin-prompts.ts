import type { PromptAdmin } from "../admin/index.ts";
import { promptCreate, promptQuery, promptRelease, tenantQuery } from "../contract/admin.ts";
import { JSON_BODY_BYTES_MAX } from "../kernel/limits.ts";
import { toWirePage } from "./admin-tenants.ts";
import { readJson } from "./body.ts";
import { paramOf, platformEndpoint, tenantNamed, type Endpoint } from "./endpoint.ts";
import { readQuery } from "./query.ts";

const AT = "/admin/v1/prompts";

/** Versions of a tenant's prompts: written to staging, taken to production by two persons. */
export function adminPrompts(prompts: PromptAdmin): Endpoint[] {
  return [
    platformEndpoint("POST", AT, "prompts.write", async ({ request, who }) => {
      const { tenant, ...body } = await readJson(request, promptCreate, JSON_BODY_BYTES_MAX);
      return Response.json(await prompts.create(who, tenantNamed(who, tenant), body), { status: 201 });
    }),
    platformEndpoint("GET", AT, "prompts.read", async ({ query, who }) => {
      const { tenant, name, cursor, limit } = readQuery(query, promptQuery);
      return Response.json(toWirePage(await prompts.list(tenantNamed(who, tenant), { name, after: cursor, limit })));
    }),
    platformEndpoint("GET", `${AT}/:id`, "prompts.read", async (asked) => {
      const { tenant } = readQuery(asked.query, tenantQuery);
      return Response.json(await prompts.get(tenantNamed(asked.who, tenant), paramOf(asked, "id")));
    }),
    platformEndpoint("POST", `${AT}/:id/promote`, "prompts.promote", async (asked) => {
      const { tenant } = await readJson(asked.request, promptRelease, JSON_BODY_BYTES_MAX);
      return Response.json(await prompts.promote(asked.who, tenantNamed(asked.who, tenant), paramOf(asked, "id")));
    }),
    platformEndpoint("POST", `${AT}/:id/approve`, "prompts.approve", async (asked) => {
      const { tenant } = await readJson(asked.request, promptRelease, JSON_BODY_BYTES_MAX);
      return Response.json(await prompts.approve(asked.who, tenantNamed(asked.who, tenant), paramOf(asked, "id")));
    }),
  ];
}
