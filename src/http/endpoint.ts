import type { Permission } from "../admit/index.ts";
import type { Principal, TenantPrincipal } from "../domain/principal.ts";
import { Fault } from "../kernel/fault.ts";
import type { RequestId } from "../kernel/ids.ts";

/** One request at the edge: parsed as far as its address and its caller. */
export type Asked<P extends Principal | undefined> = {
  readonly request: Request;
  /** Path parameters, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly who: P;
  readonly requestId: RequestId;
  readonly startedAtMs: number;
};

type Handler<P extends Principal | undefined> = (asked: Asked<P>) => Response | Promise<Response>;
type Address = { readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE"; /** Hono's pattern. */ readonly path: string };

/** An address, who may call it, and what it does. An endpoint without `allow` does not compile, so the default is to deny. */
export type Endpoint = Address &
  (
    | { readonly allow: "public"; readonly handle: Handler<undefined> }
    /** Any caller whose role holds the permission. */
    | { readonly allow: Permission; readonly of: "platform"; readonly handle: Handler<Principal> }
    /** Only callers that belong to a tenant: the handler works in that tenant's scope. */
    | { readonly allow: Permission; readonly of: "tenant"; readonly handle: Handler<TenantPrincipal> }
  );

export const publicEndpoint = (method: Address["method"], path: string, handle: Handler<undefined>): Endpoint => ({
  method,
  path,
  allow: "public",
  handle,
});
export const tenantEndpoint = (method: Address["method"], path: string, allow: Permission, handle: Handler<TenantPrincipal>): Endpoint => ({
  method,
  path,
  allow,
  of: "tenant",
  handle,
});
export const platformEndpoint = (method: Address["method"], path: string, allow: Permission, handle: Handler<Principal>): Endpoint => ({
  method,
  path,
  allow,
  of: "platform",
  handle,
});

export function needTenant(who: Principal): TenantPrincipal {
  if (who.kind === "tenant") return who;
  throw new Fault("forbidden", {
    say: "The admin key has no tenant. Use a key of the tenant: POST /admin/v1/tenants/{slug}/keys makes one.",
  });
}

/** The tenant that is meant: the caller's own, or the one that somebody of the platform names. */
export function tenantNamed(who: Principal, named: string | undefined): string {
  if (who.kind === "tenant") {
    if (named !== undefined && named !== who.tenant.slug) throw new Fault("forbidden");
    return who.tenant.slug;
  }
  if (named === undefined) throw new Fault("body_invalid", { param: "tenant", say: "tenant: name the tenant that is meant." });
  return named;
}

/** A path parameter that the pattern guarantees. */
export function paramOf(asked: Asked<Principal | undefined>, name: string): string {
  const value = asked.params[name];
  if (value === undefined) throw new TypeError(`the pattern has no parameter ${name}`);
  // No id and no name holds U+0000, and the database refuses to look for it.
  if (value.includes("\0")) throw new Fault("not_found");
  return value;
}
