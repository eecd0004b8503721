import { NAMED, PLATFORM, type Row } from "./access-row.ts";
import { json } from "./access-world.ts";

/** What is told of policies and rules before anybody writes one. */
export const POLICY_ROWS: Readonly<Record<string, Row>> = {
  "POST /admin/v1/policies/check": {
    status: PLATFORM(200),
    make: () => ({ path: "/admin/v1/policies/check", init: json({ kind: "tenant", tenant: "acme", body: { rpm: 600 } }) }),
  },
  "GET /admin/v1/policies": { status: NAMED(200), make: () => ({ path: "/admin/v1/policies?tenant=acme" }) },
  "GET /admin/v1/routes": { status: PLATFORM(200), make: () => ({ path: "/admin/v1/routes" }) },
  // The words of conditions are the documentation's: any tenant's admin may read them.
  "GET /admin/v1/routes/signals": { status: [401, 401, 403, 200, 200, 200], make: () => ({ path: "/admin/v1/routes/signals" }) },
  "POST /admin/v1/routes/explain": {
    status: PLATFORM(200),
    make: () => ({
      path: "/admin/v1/routes/explain",
      init: json({ tenant: "acme", model: "auto", messages: [{ role: "user", content: "hi" }] }),
    }),
  },
};
