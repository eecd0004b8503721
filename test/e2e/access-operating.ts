import { PLATFORM, type Row } from "./access-row.ts";

const post = (path: string) => ({ path, init: { method: "POST", headers: { "content-type": "application/json" }, body: "{}" } });

/** What an operator watches and switches. */
export const OPERATING_ROWS: Readonly<Record<string, Row>> = {
  "GET /admin/v1/models": { status: PLATFORM(200), make: () => ({ path: "/admin/v1/models" }) },
  "POST /admin/v1/models/:model/test": { status: PLATFORM(404), make: () => post("/admin/v1/models/none/test") },
  "GET /admin/v1/providers": { status: PLATFORM(200), make: () => ({ path: "/admin/v1/providers" }) },
  "POST /admin/v1/providers/:name/drain": { status: PLATFORM(404), make: () => post("/admin/v1/providers/none/drain") },
  "POST /admin/v1/providers/:name/disable": { status: PLATFORM(404), make: () => post("/admin/v1/providers/none/disable") },
  "POST /admin/v1/providers/:name/enable": { status: PLATFORM(404), make: () => post("/admin/v1/providers/none/enable") },
  "GET /admin/v1/operations": { status: PLATFORM(200), make: () => ({ path: "/admin/v1/operations" }) },
  "GET /admin/v1/jobs/dead": { status: PLATFORM(200), make: () => ({ path: "/admin/v1/jobs/dead" }) },
  "POST /admin/v1/jobs/:id/retry": { status: PLATFORM(404), make: () => post("/admin/v1/jobs/none/retry") },
};
