import type { Directory, People } from "../admin/index.ts";
import { ROLE_PERMISSIONS } from "../admit/index.ts";
import { keyDetail, keyList, keysQuery, peopleList, peopleQuery, tenantList, tenantsQuery } from "../contract/directory.ts";
import { paramOf, platformEndpoint, tenantNamed, type Endpoint } from "./endpoint.ts";
import { readQuery } from "./query.ts";
import { noted } from "./route-note.ts";

export type DirectoryDeps = { readonly directory: Directory; readonly people: People };

const AT = "/admin/v1/tenants";
const toWire = <P extends { readonly nextCursor: string | undefined }>(page: P) => ({ ...page, nextCursor: page.nextCursor ?? null });

/** Tenants, keys and people, to be looked through. */
export function directory({ directory: found, people }: DirectoryDeps): Endpoint[] {
  return [
    noted(
      platformEndpoint("GET", AT, "tenants.list", async ({ query, who }) => {
        const mayUsage = ROLE_PERMISSIONS[who.role].has("usage.read");
        return Response.json(toWire(await found.listTenants(readQuery(query, tenantsQuery), mayUsage)));
      }),
      { summary: "All tenants, with what they used this month", query: tenantsQuery, answer: tenantList },
    ),
    noted(
      platformEndpoint("GET", `${AT}/:slug/keys`, "keys.manage", async (asked) =>
        Response.json(toWire(await found.listKeys(paramOf(asked, "slug"), readQuery(asked.query, keysQuery)))),
      ),
      { summary: "Keys of a tenant, with their state and what they used this month", query: keysQuery, answer: keyList },
    ),
    noted(
      platformEndpoint("GET", `${AT}/:slug/keys/:id`, "keys.manage", async (asked) =>
        Response.json(await found.getKey(paramOf(asked, "slug"), paramOf(asked, "id"))),
      ),
      { summary: "One key, and what a call with it may do", answer: keyDetail },
    ),
    noted(
      platformEndpoint("GET", "/admin/v1/people", "audit.read", async ({ query, who }) => {
        const { tenant, ...ask } = readQuery(query, peopleQuery);
        const slug = who.kind === "admin" && tenant === undefined ? undefined : tenantNamed(who, tenant);
        return Response.json(toWire(await people.list(slug, ask)));
      }),
      {
        summary: "Who signed in, latest first",
        description: "From the audit trail's sign-ins. A person is a digest under the tenant's salt: names are kept nowhere.",
        query: peopleQuery,
        answer: peopleList,
      },
    ),
  ];
}
