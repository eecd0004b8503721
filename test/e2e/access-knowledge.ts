import { NAMED, OWN, type Row } from "./access-row.ts";
import { json, upload, type World } from "./access-world.ts";

/** Endpoints of collections' settings, of documents' attributes and of batches. */

let count = 0;
const newStore = async ({ weir, acme }: World): Promise<string> =>
  (await weir.call<{ id: string }>("POST", "/v1/vector_stores", { name: `settings ${++count}` }, { key: acme.member })).id;
const at = ({ acme }: World, rest: string): string => `/v1/vector_stores/${acme.store}/${rest}`;

export const KNOWLEDGE_ROWS: Readonly<Record<string, Row>> = {
  "POST /v1/vector_stores/:store": {
    status: OWN(200, 404),
    make: async (world) => ({ path: `/v1/vector_stores/${await newStore(world)}`, init: json({ description: "changed" }) }),
  },
  "POST /v1/vector_stores/:store/files/:file": {
    status: OWN(200, 404),
    make: (world) => ({ path: at(world, `files/${world.acme.file}`), init: json({ attributes: { year: 2026 } }) }),
  },
  "GET /v1/vector_stores/:store/files/:file/content": {
    status: OWN(200, 404),
    make: (world) => ({ path: at(world, `files/${world.acme.file}/content`) }),
  },
  "GET /v1/vector_stores/:store/files/:file/chunks": {
    status: OWN(200, 404),
    make: (world) => ({ path: at(world, `files/${world.acme.file}/chunks`) }),
  },
  "POST /v1/vector_stores/:store/file_batches": {
    status: OWN(200, 404),
    make: async (world) => {
      const file = await upload(world.weir, world.acme.member, "batch.txt", "words about leave");
      return { path: at(world, "file_batches"), init: json({ file_ids: [file] }) };
    },
  },
  "GET /v1/vector_stores/:store/file_batches/:batch": {
    status: OWN(200, 404),
    make: (world) => ({ path: at(world, `file_batches/${world.acme.batch}`) }),
  },
  "POST /v1/vector_stores/:store/file_batches/:batch/cancel": {
    status: OWN(200, 404),
    make: (world) => ({ path: at(world, `file_batches/${world.acme.batch}/cancel`) }),
  },
  "GET /v1/vector_stores/:store/file_batches/:batch/files": {
    status: OWN(200, 404),
    make: (world) => ({ path: at(world, `file_batches/${world.acme.batch}/files`) }),
  },
  "PATCH /admin/v1/tenants/:slug/keys/:id": {
    status: NAMED(200),
    make: async ({ weir }) => {
      const { id } = await weir.call<{ id: string }>("POST", "/admin/v1/tenants/acme/keys", { name: "of a group" });
      return { path: `/admin/v1/tenants/acme/keys/${id}`, init: json({ groups: ["hr"] }) };
    },
  },
  "GET /v1/vector_stores/:store/embedding": {
    status: [401, 401, 403, 200, 404, 403],
    make: (world) => ({ path: at(world, "embedding") }),
  },
  // It has no vectors to go back to.
  "POST /v1/vector_stores/:store/embedding": {
    status: [401, 401, 403, 409, 404, 403],
    make: (world) => ({ path: at(world, "embedding"), init: json({ act: "rollback" }) }),
  },
};
