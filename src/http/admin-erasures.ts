import { job } from "../contract/answer-admin.ts";
import { erasureDetail, erasurePage, erasureQuery, subjectQuery } from "../contract/erasure.ts";
import type { Principal } from "../domain/principal.ts";
import { Fault } from "../kernel/fault.ts";
import type { JobId, TenantId } from "../kernel/ids.ts";
import { toWirePage } from "./admin-tenants.ts";
import { paramOf, platformEndpoint, tenantNamed, type Endpoint } from "./endpoint.ts";
import { readQuery } from "./query.ts";
import { noted } from "./route-note.ts";

export type ErasuresDeps = {
  /** Throws `not_found`, and `conflict` under a legal hold. */
  eraseTenant(who: Principal, slug: string): Promise<{ readonly jobId: JobId }>;
  eraseSubject(who: Principal, slug: string, endUser: string): Promise<{ readonly jobId: JobId }>;
  get(id: string, onlyOf: TenantId | undefined): Promise<unknown>;
  list(ask: {
    readonly onlyOf: TenantId | undefined;
    readonly after: string | undefined;
    readonly limit: number;
  }): Promise<{ readonly data: readonly unknown[]; readonly nextCursor: string | undefined }>;
  /** Of a tenant that is named in a query. Throws `not_found`. */
  tenantIdOf(slug: string): Promise<TenantId>;
};

/** Longer than anything that names somebody. */
const END_USER_CHARS_MAX = 4096;

/** Tenants and end users are erased by jobs, which end in a certificate. */
export function adminErasures(deps: ErasuresDeps): Endpoint[] {
  return [
    noted(
      platformEndpoint("DELETE", "/admin/v1/tenants/:slug", "tenants.manage", async (asked) =>
        accepted(await deps.eraseTenant(asked.who, paramOf(asked, "slug"))),
      ),
      {
        summary: "Erase a tenant",
        description: "Its keys stop at once. Everything of it, in every store, is erased by a job that ends in a signed certificate.",
        status: 202,
        answer: job,
        faults: ["conflict"],
      },
    ),
    noted(
      platformEndpoint("DELETE", "/admin/v1/subjects/:id", "subjects.manage", async (asked) => {
        const { tenant } = readQuery(asked.query, subjectQuery);
        return accepted(await deps.eraseSubject(asked.who, tenantNamed(asked.who, tenant), endUserOf(paramOf(asked, "id"))));
      }),
      {
        summary: "Erase an end user of a tenant",
        description: "Whom calls named by `user` or `safety_identifier`. The answer is the same whether anything is known of them or not.",
        query: subjectQuery,
        status: 202,
        answer: job,
        faults: ["conflict", "not_found"],
      },
    ),
    noted(
      platformEndpoint("GET", "/admin/v1/erasures", "subjects.manage", async ({ who, query }) => {
        const { tenant, cursor, limit } = readQuery(query, erasureQuery);
        const named = who.kind === "admin" && tenant !== undefined ? await deps.tenantIdOf(tenant) : undefined;
        const onlyOf = who.kind === "tenant" ? who.tenant.id : named;
        return Response.json(toWirePage(await deps.list({ onlyOf, after: cursor, limit })));
      }),
      {
        summary: "Erasures, with their certificates",
        description: "Oldest first. A tenant's own key sees those of its end users.",
        query: erasureQuery,
        answer: erasurePage,
      },
    ),
    noted(
      platformEndpoint("GET", "/admin/v1/erasures/:id", "subjects.manage", async (asked) =>
        Response.json(await deps.get(paramOf(asked, "id"), asked.who.kind === "tenant" ? asked.who.tenant.id : undefined)),
      ),
      { summary: "How far an erasure is, and its certificate", answer: erasureDetail },
    ),
  ];
}

const accepted = ({ jobId }: { readonly jobId: JobId }): Response => Response.json({ jobId }, { status: 202 });

export function endUserOf(text: string): string {
  if (text.length <= END_USER_CHARS_MAX) return text;
  throw new Fault("not_found");
}
