import { auditQuery, auditVerify } from "../contract/admin.ts";
import type { Principal } from "../domain/principal.ts";
import { Fault } from "../kernel/fault.ts";
import { JSON_BODY_BYTES_MAX } from "../kernel/limits.ts";
import { requestIds, type RequestId, type TenantId } from "../kernel/ids.ts";
import type { AuditAsk } from "../record/index.ts";
import { readJson } from "./body.ts";
import { paramOf, platformEndpoint, tenantEndpoint, tenantNamed, type Endpoint } from "./endpoint.ts";
import { readQuery } from "./query.ts";

export type AuditDeps = {
  /** By slug. Throws `not_found`. */
  list(slug: string, ask: AuditAsk): Promise<BothWays>;
  verify(slug: string): Promise<{ readonly ok: boolean }>;
  /** What was decided beside calls. Without a slug: what belongs to no tenant. */
  listDecisions(slug: string | undefined, ask: AuditAsk): Promise<BothWays>;
  verifyDecisions(slug: string | undefined): Promise<{ readonly ok: boolean }>;
  /** undefined where this tenant has no such call. */
  findReceipt(tenantId: TenantId, requestId: RequestId): Promise<unknown>;
};
type BothWays = { readonly data: readonly object[]; readonly nextCursor: string | undefined; readonly previousCursor: string | undefined };

/** Both are null where there is no such page: a client sees that the fields exist. */
const toBothWays = ({ data, nextCursor, previousCursor }: BothWays) => ({
  data,
  nextCursor: nextCursor ?? null,
  previousCursor: previousCursor ?? null,
});

/** Each tenant's chains of calls and of other decisions, and the proof of one call. */
export function audit(deps: AuditDeps): Endpoint[] {
  return [
    platformEndpoint("GET", "/admin/v1/audit", "audit.read", async ({ query, who }) => {
      const { tenant, category, from, to, ...rest } = readQuery(query, auditQuery);
      const ask = {
        ...rest,
        fromMs: from === undefined ? undefined : Date.parse(from),
        toMs: to === undefined ? undefined : Date.parse(to),
      };
      if (category === "calls") return Response.json(toBothWays(await deps.list(chainOf(who, tenant), ask)));
      const slug = who.kind === "admin" && tenant === undefined ? undefined : chainOf(who, tenant);
      const wanted = category === "decisions" ? undefined : category;
      return Response.json(toBothWays(await deps.listDecisions(slug, { ...ask, category: wanted })));
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
