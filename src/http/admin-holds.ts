import { hold, holdSet, subjectQuery } from "../contract/erasure.ts";
import type { Permission } from "../admit/index.ts";
import type { Principal } from "../domain/principal.ts";
import { JSON_BODY_BYTES_MAX } from "../kernel/limits.ts";
import { endUserOf } from "./admin-erasures.ts";
import { readJson } from "./body.ts";
import { type Asked, paramOf, platformEndpoint, tenantNamed, type Endpoint } from "./endpoint.ts";
import { readQuery } from "./query.ts";
import { noted } from "./route-note.ts";

type On = { readonly slug: string; readonly endUser?: string | undefined };

export type HoldsDeps = {
  /** Throws `not_found`, and `body_invalid` for an end that has passed. */
  set(who: Principal, on: On, hold: { readonly reason: string; readonly untilMs: number | undefined }): Promise<unknown>;
  get(on: On): Promise<unknown>;
  lift(who: Principal, on: On): Promise<unknown>;
};

/** Legal holds: while one stands, nothing of the tenant or end user is erased, nor deleted by age. */
export function adminHolds(holds: HoldsDeps): Endpoint[] {
  return [
    ...holdEndpoints(holds, { path: "/admin/v1/tenants/:slug/hold", allow: "tenants.manage", on: onTenant, what: "a tenant" }),
    ...holdEndpoints(holds, { path: "/admin/v1/subjects/:id/hold", allow: "subjects.manage", on: onSubject, what: "an end user" }),
  ];
}

const onTenant = (asked: Asked<Principal>): On => ({ slug: paramOf(asked, "slug") });
const onSubject = (asked: Asked<Principal>): On => ({
  slug: tenantNamed(asked.who, readQuery(asked.query, subjectQuery).tenant),
  endUser: endUserOf(paramOf(asked, "id")),
});

type Place = { readonly path: string; readonly allow: Permission; on(asked: Asked<Principal>): On; readonly what: string };

function holdEndpoints(holds: HoldsDeps, { path, allow, on, what }: Place): Endpoint[] {
  const query = path.includes("subjects") ? { query: subjectQuery } : {};
  return [
    noted(
      platformEndpoint("PUT", path, allow, async (asked) => {
        const place = on(asked);
        const { reason, until } = await readJson(asked.request, holdSet, JSON_BODY_BYTES_MAX);
        return Response.json(await holds.set(asked.who, place, { reason, untilMs: until == null ? undefined : Date.parse(until) }));
      }),
      {
        summary: `Set a legal hold on ${what}`,
        description: "In place of the one that there is. Until it ends, nothing held is erased, nor deleted because it has grown old.",
        ...query,
        body: holdSet,
        answer: hold,
        faults: ["not_found"],
      },
    ),
    noted(
      platformEndpoint("GET", path, allow, async (asked) => Response.json(await holds.get(on(asked)))),
      { summary: `The legal hold on ${what}`, ...query, answer: hold, faults: ["not_found"] },
    ),
    noted(
      platformEndpoint("DELETE", path, allow, async (asked) => Response.json(await holds.lift(asked.who, on(asked)))),
      { summary: `Lift the legal hold on ${what}`, ...query, answer: hold, faults: ["not_found"] },
    ),
  ];
}
