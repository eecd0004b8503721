import { auditQuery, auditVerify } from "../contract/admin.ts";
import type { Principal } from "../domain/principal.ts";
import { Fault } from "../kernel/fault.ts";
import { JSON_BODY_BYTES_MAX } from "../kernel/limits.ts";
import { requestIds, type RequestId, type TenantId } from "../kernel/ids.ts";
import type { DecisionCategory } from "../store/decisions.ts";
import { readJson } from "./body.ts";
import { paramOf, platformEndpoint, tenantEndpoint, tenantNamed, type Endpoint } from "./endpoint.ts";
import { readQuery } from "./query.ts";

export type AuditDeps = {
  /** By slug. Throws `not_found`. */
  list(slug: string, ask: PageAsk): Promise<unknown>;
  verify(slug: string): Promise<{ readonly ok: boolean }>;
  /** What was decided beside calls. Without a slug: what belongs to no tenant. */
  listDecisions(slug: string | undefined, ask: PageAsk & { readonly category: DecisionCategory }): Promise<unknown>;
  verifyDecisions(slug: string | undefined): Promise<{ readonly ok: boolean }>;
  /** undefined where this tenant has no such call. */
  findReceipt(tenantId: TenantId, requestId: RequestId): Promise<unknown>;
};
type PageAsk = { readonly cursor: string | undefined; readonly limit: number };

/** Each tenant's chains of calls and of other decisions, and the proof of one call. */
export function audit(deps: AuditDeps): Endpoint[] {
  return [
    platformEndpoint("GET", "/admin/v1/audit", "audit.read", async ({ query, who }) => {
      const { tenant, category, cursor, limit } = readQuery(query, auditQuery);
      if (category === "calls") return Response.json(await deps.list(chainOf(who, tenant), { cursor, limit }));
      const slug = who.kind === "admin" && tenant === undefined ? undefined : chainOf(who, tenant);
      return Response.json(await deps.listDecisions(slug, { category, cursor, limit }));
    }),
    platformEndpoint("POST", "/admin/v1/audit/verify", "audit.read", async ({ request, who }) => {
      const { tenant } = await readJson(request, auditVerify, JSON_BODY_BYTES_MAX);
      const slug = chainOf(who, tenant);
      const [calls, decisions] = [await deps.verify(slug), await deps.verifyDecisions(slug)];
      return Response.json({ ...calls, ok: calls.ok && decisions.ok, decisions });
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
  if (who.kind !== "tenant" && named === undefined)
    throw new Fault("body_invalid", { param: "tenant", say: "tenant: name the tenant whose audit trail is meant." });
  return tenantNamed(who, named);
}
