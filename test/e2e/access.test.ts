import assert from "node:assert/strict";
import { afterAll, beforeAll, test } from "bun:test";
import { toTemplate, type Endpoint, type OpenApi } from "../../src/http/index.ts";
import { NAMED, OWN, PLATFORM, type Row } from "./access-row.ts";
import { GUARD_ROWS } from "./access-guard.ts";
import { PUBLIC_ROWS } from "./access-public.ts";
import { KNOWLEDGE_ROWS } from "./access-knowledge.ts";
import { DIRECTORY_ROWS } from "./access-directory.ts";
import { POLICY_ROWS } from "./access-policies.ts";
import { ROLLOUT_ROWS } from "./access-rollouts.ts";
import { OPERATING_ROWS } from "./access-operating.ts";
import { SOURCE_ROWS } from "./access-sources.ts";
import { USAGE_ROWS } from "./access-usage.ts";
import { createOwnCheck, type OwnCheck } from "../spec/own.ts";
import { ADMIN_KEY, addDocument, composedEndpoints, createWorld, json, nameOf, upload, uploadForm, type World } from "./access-world.ts";

const CALLERS = ["nobody", "wrong", "member", "boss", "otherBoss", "admin"] as const;
type Caller = (typeof CALLERS)[number];

const body = (value: unknown): RequestInit => json(value);
let count = 0;
const fresh = (): string => `x${++count}`;
const doc = (world: World): Promise<{ file: string }> =>
  addDocument(world.weir, world.acme.member, world.acme.store, [`${fresh()}.txt`, "Some words about leave."]);
const question = { model: "m", messages: [{ role: "user", content: "parts=2" }], max_tokens: 5 };
const newTenant = async ({ weir }: World): Promise<string> => {
  const slug = fresh();
  await weir.call("POST", "/admin/v1/tenants", { slug, name: slug });
  return slug;
};

const newPrompt = async ({ weir }: World): Promise<string> =>
  (await weir.call<{ id: string }>("POST", "/admin/v1/prompts", { tenant: "acme", name: fresh(), text: "Be kind." })).id;

const newPolicy = async ({ weir }: World): Promise<string> =>
  (await weir.call<{ id: string }>("POST", "/admin/v1/policies", { kind: "tenant", tenant: "acme", body: { rpm: 600 } })).id;
/** A job that is there: of an end user of acme whom nothing knows. */
const newJob = async ({ weir }: World): Promise<string> =>
  (await weir.call<{ jobId: string }>("DELETE", `/admin/v1/subjects/${fresh()}?tenant=acme`, undefined, { expect: 202 })).jobId;

/** Keys take turns: of one key only some refusals a minute can be reported. */
const newRefusal = async ({ weir, acme }: World): Promise<string> => {
  const { key } = await weir.call<{ key: string }>("POST", "/admin/v1/tenants/acme/keys", { name: "refused" });
  await weir.call("PATCH", "/admin/v1/tenants/acme", { guard: { pii: "block" } });
  const mail = { model: acme.model, messages: [{ role: "user", content: "Write to ada@example.com" }] };
  const refused = await weir.chat(key, mail);
  await refused.text();
  await weir.call("PATCH", "/admin/v1/tenants/acme", { guard: null });
  return refused.headers.get("x-weir-request-id") ?? "";
};
const newReport = async (world: World): Promise<string> => {
  const requestId = await newRefusal(world);
  await world.weir.call("POST", "/v1/guard/reports", { requestId }, { key: world.acme.member });
  return requestId;
};

const TABLE: Record<string, Row> = {
  // Another tenant's key may chat, too: for its own tenant.
  "POST /v1/chat/completions": { status: OWN(200, 200), make: () => ({ path: "/v1/chat/completions", init: body(question) }) },
  "POST /v1/embeddings": {
    status: OWN(200, 200),
    make: () => ({ path: "/v1/embeddings", init: body({ model: "vectors", input: "parts=2" }) }),
  },
  "POST /v1/rerank": {
    status: OWN(200, 200),
    make: () => ({ path: "/v1/rerank", init: body({ model: "order", query: "a", documents: ["a", "b"] }) }),
  },
  "POST /v2/rerank": {
    status: OWN(200, 200),
    make: () => ({ path: "/v2/rerank", init: body({ model: "order", query: "a", documents: ["a", "b"] }) }),
  },
  "POST /mcp": {
    status: OWN(200, 200),
    make: () => {
      const { headers, ...init } = json({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} });
      return { path: "/mcp", init: { ...init, headers: { ...headers, accept: "application/json, text/event-stream" } } };
    },
  },
  "POST /v1/moderations": { status: OWN(200, 200), make: () => ({ path: "/v1/moderations", init: body({ input: "words" }) }) },
  "GET /v1/models": { status: OWN(200, 200), make: () => ({ path: "/v1/models" }) },
  "GET /v1/models/:model": { status: OWN(200, 404), make: ({ acme }) => ({ path: `/v1/models/${acme.model}` }) },
  "POST /v1/files": { status: OWN(200, 200), make: () => ({ path: "/v1/files", init: { body: uploadForm("a.txt", "words") } }) },
  "GET /v1/files": { status: OWN(200, 200), make: () => ({ path: "/v1/files" }) },
  "GET /v1/files/:id": { status: OWN(200, 404), make: ({ acme }) => ({ path: `/v1/files/${acme.file}` }) },
  "GET /v1/files/:id/content": { status: OWN(200, 404), make: ({ acme }) => ({ path: `/v1/files/${acme.file}/content` }) },
  "DELETE /v1/files/:id": {
    status: OWN(200, 404),
    make: async ({ weir, acme }) => ({ path: `/v1/files/${await upload(weir, acme.member, "b.txt", "words")}` }),
  },
  "POST /v1/vector_stores": { status: OWN(200, 200), make: () => ({ path: "/v1/vector_stores", init: body({ name: fresh() }) }) },
  "GET /v1/vector_stores": { status: OWN(200, 200), make: () => ({ path: "/v1/vector_stores" }) },
  "GET /v1/vector_stores/:store": { status: OWN(200, 404), make: ({ acme }) => ({ path: `/v1/vector_stores/${acme.store}` }) },
  "DELETE /v1/vector_stores/:store": {
    status: OWN(200, 404),
    make: async ({ weir, acme }) => {
      const { id } = await weir.call<{ id: string }>("POST", "/v1/vector_stores", { name: fresh() }, { key: acme.member });
      return { path: `/v1/vector_stores/${id}` };
    },
  },
  "POST /v1/vector_stores/:store/files": {
    status: OWN(200, 404),
    make: async ({ weir, acme }) => ({
      path: `/v1/vector_stores/${acme.store}/files`,
      init: body({ file_id: await upload(weir, acme.member, "c.txt", "words about leave") }),
    }),
  },
  "GET /v1/vector_stores/:store/files": { status: OWN(200, 404), make: ({ acme }) => ({ path: `/v1/vector_stores/${acme.store}/files` }) },
  "GET /v1/vector_stores/:store/files/:file": {
    status: OWN(200, 404),
    make: ({ acme }) => ({ path: `/v1/vector_stores/${acme.store}/files/${acme.file}` }),
  },
  "DELETE /v1/vector_stores/:store/files/:file": {
    status: OWN(200, 404),
    make: async (world) => ({ path: `/v1/vector_stores/${world.acme.store}/files/${(await doc(world)).file}` }),
  },
  "POST /v1/vector_stores/:store/search": {
    status: OWN(200, 404),
    make: ({ acme }) => ({ path: `/v1/vector_stores/${acme.store}/search`, init: body({ query: "leave" }) }),
  },
  "GET /v1/vector_stores/:store/quarantine": {
    status: [401, 401, 403, 200, 404, 403],
    make: ({ acme }) => ({ path: `/v1/vector_stores/${acme.store}/quarantine` }),
  },
  // Nothing here is quarantined.
  "POST /v1/vector_stores/:store/quarantine/:chunk/release": {
    status: [401, 401, 403, 404, 404, 403],
    make: ({ acme }) => ({ path: `/v1/vector_stores/${acme.store}/quarantine/1/release` }),
  },
  "DELETE /v1/vector_stores/:store/quarantine/:chunk": {
    status: [401, 401, 403, 404, 404, 403],
    make: ({ acme }) => ({ path: `/v1/vector_stores/${acme.store}/quarantine/1` }),
  },
  "POST /admin/v1/tenants": {
    status: PLATFORM(201),
    make: () => ({ path: "/admin/v1/tenants", init: body({ slug: fresh(), name: "x" }) }),
  },
  "GET /admin/v1/tenants": { status: PLATFORM(200), make: () => ({ path: "/admin/v1/tenants" }) },
  "GET /admin/v1/tenants/:slug": { status: NAMED(200), make: () => ({ path: "/admin/v1/tenants/acme" }) },
  "PATCH /admin/v1/tenants/:slug": {
    status: PLATFORM(200),
    make: () => ({ path: "/admin/v1/tenants/acme", init: body({ name: "acme" }) }),
  },
  "DELETE /admin/v1/tenants/:slug": {
    status: PLATFORM(202),
    make: async (world) => ({ path: `/admin/v1/tenants/${await newTenant(world)}` }),
  },
  "PUT /admin/v1/tenants/:slug/hold": {
    status: PLATFORM(200),
    make: () => ({ path: "/admin/v1/tenants/acme/hold", init: body({ reason: "case 7" }) }),
  },
  "GET /admin/v1/tenants/:slug/hold": { status: PLATFORM(200), make: () => ({ path: "/admin/v1/tenants/acme/hold" }) },
  "DELETE /admin/v1/tenants/:slug/hold": {
    status: PLATFORM(200),
    make: async ({ weir }) => {
      await weir.call("PUT", "/admin/v1/tenants/acme/hold", { reason: "case 7" });
      return { path: "/admin/v1/tenants/acme/hold" };
    },
  },
  "DELETE /admin/v1/subjects/:id": {
    status: NAMED(202),
    make: async ({ weir }) => {
      await weir.call("DELETE", "/admin/v1/tenants/acme/hold").catch(() => undefined);
      return { path: `/admin/v1/subjects/${fresh()}?tenant=acme` };
    },
  },
  "PUT /admin/v1/subjects/:id/hold": {
    status: NAMED(200),
    make: () => ({ path: "/admin/v1/subjects/ada/hold?tenant=acme", init: body({ reason: "case 8", until: "2999-01-01" }) }),
  },
  "GET /admin/v1/subjects/:id/hold": { status: NAMED(200), make: () => ({ path: "/admin/v1/subjects/ada/hold?tenant=acme" }) },
  "DELETE /admin/v1/subjects/:id/hold": {
    status: NAMED(200),
    make: async ({ weir }) => {
      await weir.call("PUT", "/admin/v1/subjects/ada/hold?tenant=acme", { reason: "case 8" });
      return { path: "/admin/v1/subjects/ada/hold?tenant=acme" };
    },
  },
  "GET /admin/v1/erasures": { status: NAMED(200), make: () => ({ path: "/admin/v1/erasures?tenant=acme" }) },
  // Another tenant's job is one that never was.
  "GET /admin/v1/erasures/:id": {
    status: [401, 401, 403, 200, 404, 200],
    make: async (world) => ({ path: `/admin/v1/erasures/${await newJob(world)}` }),
  },
  "POST /admin/v1/tenants/:slug/keys": {
    status: NAMED(201),
    make: () => ({ path: "/admin/v1/tenants/acme/keys", init: body({ name: "another" }) }),
  },
  "GET /admin/v1/tenants/:slug/keys": { status: NAMED(200), make: () => ({ path: "/admin/v1/tenants/acme/keys" }) },
  "DELETE /admin/v1/tenants/:slug/keys/:id": {
    status: NAMED(200),
    make: async ({ weir }) => {
      const { id } = await weir.call<{ id: string }>("POST", "/admin/v1/tenants/acme/keys", { name: "short-lived" });
      return { path: `/admin/v1/tenants/acme/keys/${id}` };
    },
  },
  "POST /admin/v1/tenants/:slug/keys/:id/rotate": {
    status: NAMED(201),
    make: async ({ weir }) => {
      const { id } = await weir.call<{ id: string }>("POST", "/admin/v1/tenants/acme/keys", { name: "to be changed" });
      return { path: `/admin/v1/tenants/acme/keys/${id}/rotate`, init: body({ overlapSeconds: 60 }) };
    },
  },
  "POST /admin/v1/tenants/:slug/keys/:id/suspend": {
    status: NAMED(200),
    make: async ({ weir }) => {
      const { id } = await weir.call<{ id: string }>("POST", "/admin/v1/tenants/acme/keys", { name: "to be suspended" });
      return { path: `/admin/v1/tenants/acme/keys/${id}/suspend`, init: body({ reason: "leaked" }) };
    },
  },
  "POST /admin/v1/tenants/:slug/keys/:id/resume": {
    status: NAMED(200),
    make: async ({ weir, acme }) => {
      const { id } = await weir.call<{ id: string }>("POST", "/admin/v1/tenants/acme/keys", { name: "suspended" });
      await weir.call("POST", `/admin/v1/tenants/acme/keys/${id}/suspend`, { reason: "leaked" }, { key: acme.admin });
      return { path: `/admin/v1/tenants/acme/keys/${id}/resume` };
    },
  },
  // Another tenant's refusal is one that never was.
  "POST /v1/guard/reports": {
    status: OWN(201, 404),
    make: async (world) => ({ path: "/v1/guard/reports", init: body({ requestId: await newRefusal(world), text: "Write to Ada" }) }),
  },
  "GET /admin/v1/guard/reports": { status: PLATFORM(200), make: () => ({ path: "/admin/v1/guard/reports?tenant=acme" }) },
  "GET /admin/v1/guard/reports/:id": {
    status: PLATFORM(200),
    make: async (world) => ({ path: `/admin/v1/guard/reports/${await newReport(world)}` }),
  },
  "POST /admin/v1/guard/reports/:id": {
    status: PLATFORM(200),
    make: async (world) => ({ path: `/admin/v1/guard/reports/${await newReport(world)}`, init: body({ label: "correct" }) }),
  },
  "POST /admin/v1/prompts": {
    status: NAMED(201),
    make: () => ({ path: "/admin/v1/prompts", init: body({ tenant: "acme", name: "greeting", text: "Be kind." }) }),
  },
  "GET /admin/v1/prompts": { status: NAMED(200), make: () => ({ path: "/admin/v1/prompts?tenant=acme" }) },
  "GET /admin/v1/prompts/:id": {
    status: NAMED(200),
    make: async (world) => ({ path: `/admin/v1/prompts/${await newPrompt(world)}?tenant=acme` }),
  },
  "POST /admin/v1/prompts/:id/promote": {
    status: NAMED(200),
    make: async (world) => ({ path: `/admin/v1/prompts/${await newPrompt(world)}/promote`, init: body({ tenant: "acme" }) }),
  },
  "POST /admin/v1/prompts/:id/approve": {
    // The admin asked for it, and made the key of acme's boss: neither is a second person. Nobody here is.
    status: [401, 401, 403, 403, 403, 403],
    make: async (world) => {
      const id = await newPrompt(world);
      await world.weir.call("POST", `/admin/v1/prompts/${id}/promote`, { tenant: "acme" });
      return { path: `/admin/v1/prompts/${id}/approve`, init: body({ tenant: "acme" }) };
    },
  },
  "POST /admin/v1/policies": {
    status: PLATFORM(201),
    make: () => ({ path: "/admin/v1/policies", init: body({ kind: "tenant", tenant: "acme", body: { rpm: 600 } }) }),
  },
  ...POLICY_ROWS,
  "GET /admin/v1/policies/:id": {
    status: NAMED(200),
    make: async (world) => ({ path: `/admin/v1/policies/${await newPolicy(world)}?tenant=acme` }),
  },
  "POST /admin/v1/policies/:id/promote": {
    status: PLATFORM(200),
    make: async (world) => ({ path: `/admin/v1/policies/${await newPolicy(world)}/promote`, init: body({ tenant: "acme" }) }),
  },
  "POST /admin/v1/policies/:id/approve": {
    // The admin asked for it, and nobody else here may approve.
    status: PLATFORM(403),
    make: async (world) => {
      const id = await newPolicy(world);
      await world.weir.call("POST", `/admin/v1/policies/${id}/promote`, { tenant: "acme" });
      return { path: `/admin/v1/policies/${id}/approve`, init: body({ tenant: "acme" }) };
    },
  },
  ...KNOWLEDGE_ROWS,
  ...GUARD_ROWS,
  ...ROLLOUT_ROWS,
  ...DIRECTORY_ROWS,
  ...SOURCE_ROWS,
  ...OPERATING_ROWS,
  ...USAGE_ROWS,
  // Another tenant's call is told like one that never was: that nothing is known of it.
  "GET /admin/v1/explain/:id": {
    status: [401, 401, 403, 200, 200, 200],
    make: ({ acme }) => ({ path: `/admin/v1/explain/${acme.receipt}` }),
  },
  "POST /admin/v1/content/scan": { status: PLATFORM(200), make: () => ({ path: "/admin/v1/content/scan" }) },
  "POST /admin/v1/objects/rotate-keys": { status: PLATFORM(200), make: () => ({ path: "/admin/v1/objects/rotate-keys" }) },
  "POST /admin/v1/backup": { status: PLATFORM(200), make: () => ({ path: "/admin/v1/backup" }) },
  // This server was made from no configuration that could be read again.
  "POST /admin/v1/config/reload": { status: PLATFORM(200), make: () => ({ path: "/admin/v1/config/reload" }) },
  "GET /v1/receipts/:id": { status: OWN(200, 404), make: ({ acme }) => ({ path: `/v1/receipts/${acme.receipt}` }) },
  ...PUBLIC_ROWS,
};

let world: World;
let own: OwnCheck;
beforeAll(async () => {
  world = await createWorld();
  own = createOwnCheck((await (await fetch(`${world.weir.url}/openapi.json`)).json()) as OpenApi);
});
afterAll(() => world.close());

const keyOf = (caller: Caller): string | undefined =>
  ({
    nobody: undefined,
    wrong: `weir-${"0".repeat(32)}`,
    member: world.acme.member,
    boss: world.acme.admin,
    otherBoss: world.globex.admin,
    admin: ADMIN_KEY,
  })[caller];

async function statusOf(name: string, row: Row, caller: Caller): Promise<number> {
  const [method = ""] = name.split(" ");
  const { path, init = {} } = await row.make(world);
  const key = keyOf(caller);
  const headers = new Headers(init.headers);
  if (key !== undefined) headers.set("authorization", `Bearer ${key}`);
  const response = await fetch(`${world.weir.url}${path}`, { ...init, method, headers });
  own.see(
    `${method} ${toTemplate(name.slice(method.length + 1))}`,
    response.status,
    response.headers.get("content-type") ?? "",
    await response.text(),
  );
  return response.status;
}

/** Where the server differs from the table. */
async function differences(table: Readonly<Record<string, Row>>): Promise<{ cases: number; wrong: string[] }> {
  let cases = 0;
  const wrong: string[] = [];
  for (const [name, row] of Object.entries(table)) {
    for (const [at, caller] of CALLERS.entries()) {
      cases++;
      const status = await statusOf(name, row, caller);
      if (status !== row.status[at]) wrong.push(`${name} by ${caller}: ${status}, not ${row.status[at]}`);
    }
  }
  return { cases, wrong };
}

test("every endpoint that the server composes is in the table of who may call it, and none besides", () => {
  const composed = composedEndpoints().map(nameOf);
  assert.ok(composed.length > 25);
  assert.deepEqual(composed.toSorted(), Object.keys(TABLE).toSorted());
});

test("every endpoint answers each kind of caller with the status of the table", async () => {
  const { cases, wrong } = await differences(TABLE);
  assert.deepEqual(wrong, []);
  console.log(`# access: ${cases} cases over ${Object.keys(TABLE).length} endpoints × ${CALLERS.length} callers`);
});

test("every answer to every kind of caller is as the server's own description has it", () => {
  assert.deepEqual([...new Set(own.violations)], []);
  const { bodies, undescribed } = own.counts();
  assert.ok(bodies > 150);
  console.log(
    `# openapi: ${bodies} answers of ${Object.keys(TABLE).length} endpoints hold to /openapi.json, 0 violations; ${undescribed} without a schema`,
  );
});

test("a table with one permission changed is told from the server, whichever endpoint it is", async () => {
  const names = Object.keys(TABLE);
  let found = 0;
  for (const [at, name] of names.entries()) {
    const row = TABLE[name];
    if (row === undefined) throw new TypeError(name);
    const caller = at % CALLERS.length;
    const status = row.status.map((value, each) => (each === caller ? (value === 418 ? 200 : 418) : value)) as unknown as Row["status"];
    const { wrong } = await differences({ [name]: { ...row, status } });
    if (wrong.length === 1) found++;
  }
  assert.equal(found, names.length);
  console.log(`# access: ${found} of ${names.length} planted differences found`);
});

test("an endpoint that does not say who may call it does not compile", () => {
  const handle = (): Response => new Response();
  // @ts-expect-error `allow` is missing
  const undeclared: Endpoint = { method: "GET", path: "/v1/secrets", handle };
  // @ts-expect-error there is no such permission
  const unknown: Endpoint = { method: "GET", path: "/v1/secrets", allow: "secrets.read", of: "tenant", handle };
  // @ts-expect-error whose data it is about is missing
  const unscoped: Endpoint = { method: "GET", path: "/v1/secrets", allow: "chat", handle };
  const declared: Endpoint = { method: "GET", path: "/v1/secrets", allow: "chat", of: "tenant", handle };
  assert.equal([undeclared, unknown, unscoped, declared].length, 4);
  console.log("# access: 3 undeclared endpoints refused by the compiler, 1 declared one taken");
});
