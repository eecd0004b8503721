import { EVERYBODY, type Row } from "./access-row.ts";
import { ADMIN_KEY, json } from "./access-world.ts";

/** Who one is, and what is answered before anybody is signed in: there everybody gets the same. */

const everybody = (status: number): Row["status"] => [status, status, status, status, status, status];
const own = (init: RequestInit = {}): RequestInit => ({
  redirect: "manual",
  ...init,
  headers: { ...Object.fromEntries(new Headers(init.headers)), "x-weir-console": "1", "sec-fetch-site": "same-origin" },
});

export const PUBLIC_ROWS: Readonly<Record<string, Row>> = {
  "GET /v1/me": { status: [401, 401, 200, 200, 200, 200], make: () => ({ path: "/v1/me" }) },
  "GET /": { status: everybody(302), make: () => ({ path: "/", init: own({ headers: { accept: "text/html" } }) }) },
  "GET /console/*": { status: EVERYBODY, make: () => ({ path: "/console/login" }) },
  "GET /console/settings": { status: EVERYBODY, make: () => ({ path: "/console/settings" }) },
  "GET /console/logo": { status: everybody(404), make: () => ({ path: "/console/logo" }) },
  "POST /console/session": { status: EVERYBODY, make: () => ({ path: "/console/session", init: own(json({ key: ADMIN_KEY })) }) },
  "DELETE /console/session": { status: EVERYBODY, make: () => ({ path: "/console/session", init: own() }) },
  "POST /console/session/link": {
    status: EVERYBODY,
    make: async ({ weir }) => {
      const { url } = await weir.call<{ url: string }>("POST", "/console/links", { key: ADMIN_KEY });
      return { path: "/console/session/link", init: own(json({ code: url.split("#code=")[1] ?? "" })) };
    },
  },
  "POST /console/links": { status: EVERYBODY, make: () => ({ path: "/console/links", init: json({ key: ADMIN_KEY }) }) },
  "GET /console/login/issuer": { status: everybody(404), make: () => ({ path: "/console/login/issuer?issuer=https://nobody.test" }) },
  "GET /console/login/callback": { status: everybody(302), make: () => ({ path: "/console/login/callback?state=x", init: own() }) },
  "POST /console/csp-reports": {
    status: EVERYBODY,
    make: () => ({ path: "/console/csp-reports", init: json({ "csp-report": { "effective-directive": "img-src" } }) }),
  },
  "GET /openapi.json": { status: EVERYBODY, make: () => ({ path: "/openapi.json" }) },
  "GET /weir.schema.json": { status: EVERYBODY, make: () => ({ path: "/weir.schema.json" }) },
  "GET /healthz": { status: EVERYBODY, make: () => ({ path: "/healthz" }) },
  "GET /readyz": { status: EVERYBODY, make: () => ({ path: "/readyz" }) },
  "GET /metrics": { status: EVERYBODY, make: () => ({ path: "/metrics" }) },
};
