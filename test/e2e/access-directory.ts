import { NAMED, type Row } from "./access-row.ts";
import { json } from "./access-world.ts";

/** Who looks through keys, people, roles and the audit trail. */
export const DIRECTORY_ROWS: Readonly<Record<string, Row>> = {
  "GET /admin/v1/tenants/:slug/keys/:id": {
    status: NAMED(200),
    make: ({ acme }) => ({ path: `/admin/v1/tenants/acme/keys/${acme.memberKeyId}` }),
  },
  "GET /admin/v1/people": { status: NAMED(200), make: () => ({ path: "/admin/v1/people?tenant=acme" }) },
  // What roles may do is no secret of a tenant's.
  "GET /admin/v1/roles": { status: [401, 401, 403, 200, 200, 200], make: () => ({ path: "/admin/v1/roles" }) },
  "GET /admin/v1/audit": { status: NAMED(200), make: () => ({ path: "/admin/v1/audit?tenant=acme" }) },
  "GET /admin/v1/audit/chain": { status: NAMED(200), make: () => ({ path: "/admin/v1/audit/chain?tenant=acme" }) },
  "GET /admin/v1/audit/checkpoints": { status: NAMED(200), make: () => ({ path: "/admin/v1/audit/checkpoints?tenant=acme" }) },
  "GET /admin/v1/audit/export": { status: NAMED(200), make: () => ({ path: "/admin/v1/audit/export?tenant=acme" }) },
  "GET /admin/v1/audit/:seq": { status: NAMED(200), make: () => ({ path: "/admin/v1/audit/1?tenant=acme&chain=decisions" }) },
  "POST /admin/v1/audit/verify": { status: NAMED(200), make: () => ({ path: "/admin/v1/audit/verify", init: json({ tenant: "acme" }) }) },
};
