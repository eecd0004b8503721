import type { KeyAdmin, TenantAdmin } from "../admin/index.ts";
import { keyCreate, keyPatch, keyRotate, tenantCreate, tenantPatch } from "../contract/admin.ts";
import { JSON_BODY_BYTES_MAX } from "../kernel/limits.ts";
import { readJson } from "./body.ts";
import { paramOf, platformEndpoint, type Endpoint } from "./endpoint.ts";

export type AdminTenantsDeps = { readonly tenants: TenantAdmin; readonly keys: KeyAdmin };

const AT = "/admin/v1/tenants";

export function adminTenants({ tenants, keys }: AdminTenantsDeps): Endpoint[] {
  return [
    platformEndpoint("POST", AT, "tenants.manage", async ({ request, who }) =>
      Response.json(await tenants.create(await readJson(request, tenantCreate, JSON_BODY_BYTES_MAX), who), { status: 201 }),
    ),
    platformEndpoint("GET", `${AT}/:slug`, "tenants.read", async (asked) => Response.json(await tenants.get(paramOf(asked, "slug")))),
    platformEndpoint("PATCH", `${AT}/:slug`, "tenants.manage", async (asked) =>
      Response.json(
        await tenants.change(paramOf(asked, "slug"), await readJson(asked.request, tenantPatch, JSON_BODY_BYTES_MAX), asked.who),
      ),
    ),
    platformEndpoint("POST", `${AT}/:slug/keys`, "keys.manage", async (asked) => {
      const body = await readJson(asked.request, keyCreate, JSON_BODY_BYTES_MAX);
      return Response.json(await keys.create(asked.who, paramOf(asked, "slug"), body), { status: 201 });
    }),
    platformEndpoint("PATCH", `${AT}/:slug/keys/:id`, "keys.manage", async (asked) => {
      const body = await readJson(asked.request, keyPatch, JSON_BODY_BYTES_MAX);
      return Response.json(await keys.patch(asked.who, paramOf(asked, "slug"), paramOf(asked, "id"), body));
    }),
    platformEndpoint("DELETE", `${AT}/:slug/keys/:id`, "keys.manage", async (asked) =>
      Response.json(await keys.revoke(paramOf(asked, "slug"), paramOf(asked, "id"), asked.who)),
    ),
    platformEndpoint("POST", `${AT}/:slug/keys/:id/rotate`, "keys.manage", async (asked) => {
      const { overlapSeconds } = await readJson(asked.request, keyRotate, JSON_BODY_BYTES_MAX);
      return Response.json(await keys.rotate(asked.who, paramOf(asked, "slug"), paramOf(asked, "id"), overlapSeconds), { status: 201 });
    }),
  ];
}

/** `nextCursor` is null on the last page: a client sees that the field exists. */
export function toWirePage<T>(page: { readonly data: readonly T[]; readonly nextCursor: string | undefined }) {
  return { data: page.data, nextCursor: page.nextCursor ?? null };
}
