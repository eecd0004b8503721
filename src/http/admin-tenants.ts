import type { KeyAdmin, TenantAdmin } from "../admin/index.ts";
import { keyCreate, pageQuery, tenantCreate, tenantPatch } from "../contract/admin.ts";
import { JSON_BODY_BYTES_MAX } from "../kernel/limits.ts";
import { readJson } from "./body.ts";
import { paramOf, platformEndpoint, type Endpoint } from "./endpoint.ts";
import { readQuery } from "./query.ts";

export type AdminTenantsDeps = { readonly tenants: TenantAdmin; readonly keys: KeyAdmin };

const AT = "/admin/v1/tenants";

export function adminTenants({ tenants, keys }: AdminTenantsDeps): Endpoint[] {
  return [
    platformEndpoint("POST", AT, "tenants.manage", async ({ request }) =>
      Response.json(await tenants.create(await readJson(request, tenantCreate, JSON_BODY_BYTES_MAX)), { status: 201 }),
    ),
    platformEndpoint("GET", AT, "tenants.manage", async ({ query }) => {
      const { cursor, limit } = readQuery(query, pageQuery);
      return Response.json(toWirePage(await tenants.list({ after: cursor, limit })));
    }),
    platformEndpoint("GET", `${AT}/:slug`, "tenants.read", async (asked) => Response.json(await tenants.get(paramOf(asked, "slug")))),
    platformEndpoint("PATCH", `${AT}/:slug`, "tenants.manage", async (asked) =>
      Response.json(await tenants.change(paramOf(asked, "slug"), await readJson(asked.request, tenantPatch, JSON_BODY_BYTES_MAX))),
    ),
    platformEndpoint("DELETE", `${AT}/:slug`, "tenants.manage", async (asked) => {
      await tenants.remove(paramOf(asked, "slug"));
      return Response.json({ jobId: asked.requestId.replace("req_", "job_") }, { status: 202 });
    }),
    platformEndpoint("POST", `${AT}/:slug/keys`, "keys.manage", async (asked) => {
      const body = await readJson(asked.request, keyCreate, JSON_BODY_BYTES_MAX);
      return Response.json(await keys.create(asked.who, paramOf(asked, "slug"), body), { status: 201 });
    }),
    platformEndpoint("GET", `${AT}/:slug/keys`, "keys.manage", async (asked) => {
      const { cursor, limit } = readQuery(asked.query, pageQuery);
      return Response.json(toWirePage(await keys.list(paramOf(asked, "slug"), { after: cursor, limit })));
    }),
    platformEndpoint("DELETE", `${AT}/:slug/keys/:id`, "keys.manage", async (asked) =>
      Response.json(await keys.revoke(paramOf(asked, "slug"), paramOf(asked, "id"))),
    ),
  ];
}

/** `nextCursor` is null on the last page: a client sees that the field exists. */
export function toWirePage<T>(page: { readonly data: readonly T[]; readonly nextCursor: string | undefined }) {
  return { data: page.data, nextCursor: page.nextCursor ?? null };
}
