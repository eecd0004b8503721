import { auditQuery, auditVerify } from "../contract/admin.ts";
import type { Principal } from "../domain/principal.ts";
import { Fault } from "../kernel/fault.ts";
import { JSON_BODY_BYTES_MAX } from "../kernel/limits.ts";
import { requestIds, type RequestId, type TenantId } from "../kernel/ids.ts";
import { readJson } from "./body.ts";
import { paramOf, platformEndpoint, tenantEndpoint, type Endpoint } from "./endpoint.ts";
import { readQuery } from "./query.ts";

export type AuditDeps = {
  /** By slug. Throws `not_found`. */
  list(slug: string, ask: { readonly cursor: string | undefined; readonly limit: number }): Promise<unknown>;
  verify(slug: string): Promise<unknown>;
  /** undefined where this tenant has no such call. */
  findReceipt(tenantId: TenantId, requestId: RequestId): Promise<unknown>;
};

/** Each tenant's chain of events, and the proof of one call. */
export function audit(deps: AuditDeps): Endpoint[] {
  return [
    platformEndpoint("GET", "/admin/v1/audit", "audit.read", async ({ query, who }) => {
      const { tenant, ...page } = readQuery(query, auditQuery);
      return Response.json(await deps.list(chainOf(who, tenant), { cursor: page.cursor, limit: page.limit }));
    }),
    platformEndpoint("POST", "/admin/v1/audit/verify", "audit.read", async ({ request, who }) => {
      const { tenant } = await readJson(request, auditVerify, JSON_BODY_BYTES_MAX);
      return Response.json(await deps.verify(chainOf(who, tenant)));
    }),
    tenantEndpoint("GET", "/v1/receipts/:id", "receipts.read", async (asked) => {
      const id = paramOf(asked, "id");
      const found = requestIds.is(id) ? await deps.findReceipt(asked.who.tenant.id, id) : undefined;
      if (found === undefined) throw new Fault("not_found", { say: "There is no call with this id." });
      return Response.json(found);
    }),
  ];
}

/** A chain is one tenant's: the caller's own, or the one that the admin names. */
function chainOf(who: Principal, named: string | undefined): string {
  if (who.kind === "tenant") {
    if (named !== undefined && named !== who.tenant.slug) throw new Fault("forbidden");
    return who.tenant.slug;
  }
  if (named === undefined) throw new Fault("body_invalid", { param: "tenant", say: "tenant: name the tenant whose audit trail is meant." });
  return named;
}
