import type { z } from "zod";
import { ROLE_PERMISSIONS } from "../admit/index.ts";
import type { me as meSchema } from "../contract/console.ts";
import * as contract from "../contract/console.ts";
import type { AdminPrincipal, Principal, TenantPrincipal } from "../domain/principal.ts";
import { platformEndpoint, type Endpoint } from "./endpoint.ts";
import { noted } from "./route-note.ts";

export type MeDeps = {
  /** Both credentials of a browser that is signed in; undefined: the request brings its own. */
  whoIs(
    request: Request,
  ): Promise<
    { readonly platform?: AdminPrincipal | undefined; readonly tenant?: TenantPrincipal | undefined; readonly endsAtMs: number } | undefined
  >;
};
type Me = z.input<typeof meSchema>;

/** Who the caller is and what it may do, so that a client shows nothing that will be refused. */
export function me({ whoIs }: MeDeps): Endpoint {
  return noted(
    platformEndpoint("GET", "/v1/me", "self.read", async ({ request, who }) => {
      const isSent = request.headers.has("authorization") || request.headers.has("x-api-key");
      const signedIn = isSent ? undefined : await whoIs(request);
      const body: Me =
        signedIn === undefined
          ? toMe({ [who.kind === "tenant" ? "tenant" : "platform"]: who })
          : { ...toMe(signedIn), session: { expiresAt: new Date(signedIn.endsAtMs).toISOString() } };
      return Response.json(body, { headers: { "cache-control": "no-store" } });
    }),
    { summary: "Who the caller is, and what it may do", answer: contract.me },
  );
}

const permissionsOf = (who: Principal): string[] => [...ROLE_PERMISSIONS[who.role]];

function toMe({ platform, tenant }: { readonly platform?: Principal | undefined; readonly tenant?: Principal | undefined }): Me {
  return {
    ...(platform?.kind === "admin" ? { platform: { role: platform.role, permissions: permissionsOf(platform) } } : {}),
    ...(tenant?.kind === "tenant"
      ? {
          tenant: {
            slug: tenant.tenant.slug,
            name: tenant.tenant.name,
            role: tenant.role,
            keyId: tenant.key.id,
            permissions: permissionsOf(tenant),
          },
        }
      : {}),
  };
}
