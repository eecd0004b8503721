import { NAMED, type Row } from "./access-row.ts";

export const USAGE_ROWS: Readonly<Record<string, Row>> = {
  "GET /admin/v1/usage": { status: NAMED(200), make: () => ({ path: "/admin/v1/usage?tenant=acme" }) },
  "GET /admin/v1/usage/panel": { status: NAMED(200), make: () => ({ path: "/admin/v1/usage/panel?tenant=acme" }) },
  "GET /admin/v1/usage/series": { status: NAMED(200), make: () => ({ path: "/admin/v1/usage/series?tenant=acme&group=key" }) },
  "GET /admin/v1/usage/export": { status: NAMED(200), make: () => ({ path: "/admin/v1/usage/export?tenant=acme&rows=calls" }) },
  "GET /admin/v1/budgets": { status: NAMED(200), make: () => ({ path: "/admin/v1/budgets?tenant=acme" }) },
};
