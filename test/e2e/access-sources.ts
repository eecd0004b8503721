import { OWN, PLATFORM, type Row } from "./access-row.ts";

/** How documents come into collections, and by whom that may be seen and asked for. */
export const SOURCE_ROWS: Readonly<Record<string, Row>> = {
  "GET /admin/v1/sources": { status: PLATFORM(200), make: () => ({ path: "/admin/v1/sources" }) },
  // None is configured here.
  "GET /admin/v1/sources/:name": { status: PLATFORM(404), make: () => ({ path: "/admin/v1/sources/wiki" }) },
  "POST /admin/v1/sources/:name/sync": {
    status: PLATFORM(404),
    make: () => ({ path: "/admin/v1/sources/wiki/sync", init: { method: "POST" } }),
  },
  "GET /v1/vector_stores/:store/events": {
    status: OWN(200, 404),
    make: ({ acme }) => ({ path: `/v1/vector_stores/${acme.store}/events` }),
  },
  // It has not failed.
  "POST /v1/vector_stores/:store/files/:file/retry": {
    status: OWN(409, 404),
    make: ({ acme }) => ({ path: `/v1/vector_stores/${acme.store}/files/${acme.file}/retry` }),
  },
};
