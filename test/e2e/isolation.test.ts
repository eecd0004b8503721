import assert from "node:assert/strict";
import { afterAll, beforeAll, test } from "bun:test";
import { composedEndpoints, createWorld, json, nameOf, type Estate, type World } from "./access-world.ts";

/**
 * Every place of every endpoint that takes an id gets another tenant's, and one of the same form that never was. Whoever asks must not
 * be able to tell them apart: same status, same headers, same bytes.
 */
type Kind = "file" | "store" | "storeName" | "batch" | "receipt" | "memberKeyId" | "slug" | "model";
const KINDS: readonly Kind[] = ["file", "store", "storeName", "batch", "receipt", "memberKeyId", "slug", "model"];

/** The same form and length, and of nobody: each of its last letters is the next one. */
function neverExisted(id: string): string {
  const at = id.length - 3;
  const turned = id.slice(at).replace(/[^]/g, (char) => (/[a-u0-8]/.test(char) ? String.fromCharCode(char.charCodeAt(0) + 1) : "a"));
  return id.slice(0, at) + turned;
}

type Sent = {
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
};
type Place = { readonly name: string; readonly make: (id: string) => Sent };

/** What goes into a parameter that is not the one under test: the caller's own, so that the request would succeed. */
const ownOf = (param: string, own: Estate): string =>
  ({ store: own.store, file: own.file, batch: own.batch, slug: own.slug, model: own.model })[param] ?? own.file;

const BODIES: Readonly<Record<string, (own: Estate) => unknown>> = {
  "POST /v1/vector_stores/:store/files": (own) => ({ file_id: own.file }),
  "POST /v1/vector_stores/:store": () => ({ description: "changed" }),
  "POST /v1/vector_stores/:store/files/:file": () => ({ attributes: { year: 2026 } }),
  "POST /v1/vector_stores/:store/file_batches": (own) => ({ file_ids: [own.file] }),
  "PATCH /admin/v1/tenants/:slug/keys/:id": () => ({ groups: ["hr"] }),
  "POST /v1/vector_stores/:store/search": () => ({ query: "leave" }),
  "POST /admin/v1/tenants/:slug/keys": () => ({ name: "made" }),
  "PATCH /admin/v1/tenants/:slug": () => ({ name: "changed" }),
};

/** Every path parameter of the composed endpoints. */
function pathPlaces(own: Estate): Place[] {
  return composedEndpoints().flatMap((endpoint) => {
    const name = nameOf(endpoint);
    const params = [...endpoint.path.matchAll(/:(\w+)/g)].map(([, param = ""]) => param);
    return params.map((param) => ({
      name: `${name} (${param})`,
      make: (id: string): Sent => {
        const [, pattern = ""] = name.split(" ");
        const path = pattern.replace(/:(\w+)/g, (_, each: string) => encodeURIComponent(each === param ? id : ownOf(each, own)));
        return { method: endpoint.method, path, body: BODIES[name]?.(own) };
      },
    }));
  });
}

/** Ids in queries, bodies and headers. */
function otherPlaces(own: Estate): Place[] {
  const get = (path: string) => (id: string) => ({ method: "GET", path: `${path}=${encodeURIComponent(id)}` });
  const post = (path: string, body: (id: string) => unknown) => (id: string) => ({ method: "POST", path, body: body(id) });
  const messages = [{ role: "user", content: "parts=2" }];
  const chat = (body: (id: string) => object) =>
    post("/v1/chat/completions", (id) => ({ model: "m", messages, max_tokens: 5, ...body(id) }));
  return [
    { name: "files after", make: get("/v1/files?after") },
    { name: "files before", make: get("/v1/files?before") },
    { name: "stores after", make: get("/v1/vector_stores?after") },
    { name: "stores before", make: get("/v1/vector_stores?before") },
    { name: "store files after", make: get(`/v1/vector_stores/${own.store}/files?after`) },
    { name: "store made with file_ids", make: post("/v1/vector_stores", (id) => ({ file_ids: [id] })) },
    { name: "batch file_ids", make: post(`/v1/vector_stores/${own.store}/file_batches`, (id) => ({ file_ids: [id] })) },
    { name: "batch files", make: post(`/v1/vector_stores/${own.store}/file_batches`, (id) => ({ files: [{ file_id: id }] })) },
    { name: "batch files after", make: get(`/v1/vector_stores/${own.store}/file_batches/${own.batch}/files?after`) },
    { name: "usage tenant", make: get("/admin/v1/usage?tenant") },
    { name: "usage cursor", make: get("/admin/v1/usage?cursor") },
    { name: "audit tenant", make: get("/admin/v1/audit?tenant") },
    { name: "audit cursor", make: get("/admin/v1/audit?cursor") },
    { name: "keys cursor", make: get(`/admin/v1/tenants/${own.slug}/keys?cursor`) },
    { name: "audit verify tenant", make: post("/admin/v1/audit/verify", (tenant) => ({ tenant })) },
    { name: "store file_id", make: post(`/v1/vector_stores/${own.store}/files`, (id) => ({ file_id: id })) },
    { name: "report requestId", make: post("/v1/guard/reports", (requestId) => ({ requestId })) },
    { name: "chat model", make: chat((model) => ({ model })) },
    { name: "embeddings model", make: post("/v1/embeddings", (model) => ({ model, input: "parts=2" })) },
    { name: "rerank model", make: post("/v1/rerank", (model) => ({ model, query: "a", documents: ["a"] })) },
    { name: "chat rag", make: chat((collection) => ({ rag: { enabled: true, collection } })) },
    { name: "chat rag stream", make: chat((collection) => ({ stream: true, rag: { enabled: true, collection } })) },
    { name: "models OpenAI-Tenant", make: (slug) => ({ method: "GET", path: "/v1/models", headers: { "openai-tenant": slug } }) },
    { name: "usage OpenAI-Tenant", make: (slug) => ({ method: "GET", path: "/admin/v1/usage", headers: { "openai-tenant": slug } }) },
  ];
}

type Answer = { readonly status: number; readonly text: string };

/** An answer as one text: status, headers and body. What each answer has of its own is blanked, and so is the word that the caller itself sent. */
async function readAnswer(response: Response, id: string): Promise<Answer> {
  const blank = ["x-request-id", "x-weir-request-id", "date"];
  const headers = [...response.headers].filter(([name]) => !blank.includes(name)).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const text = (await response.text()).replaceAll(/job_[0-9a-v]{26}/g, "<job>");
  const body = text.replaceAll(JSON.stringify(id).slice(1, -1), "<sent>").replaceAll(id, "<sent>");
  return { status: response.status, text: JSON.stringify([response.status, headers, body]) };
}

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

type Ask = (sent: Sent, key: string, id: string) => Promise<Answer>;
const ask: Ask = async ({ method, path, body, headers = {} }, key, id) => {
  const sent = body === undefined ? { headers: {} } : json(body);
  const response = await fetch(`${world.weir.url}${path}`, {
    method,
    ...sent,
    headers: { ...sent.headers, ...headers, authorization: `Bearer ${key}` },
  });
  return readAnswer(response, id);
};

/** Asks for each kind of `estate`'s ids in each place, and tells where the answer is not that for an id that never was. */
async function tellApart(asking: Ask, own: Estate, estate: Estate) {
  let cases = 0;
  const apart: string[] = [];
  const succeeded: string[] = [];
  for (const place of [...pathPlaces(own), ...otherPlaces(own)]) {
    for (const kind of KINDS) {
      for (const key of [own.member, own.admin]) {
        cases++;
        const id = estate[kind];
        const never = neverExisted(id);
        const there = await asking(place.make(id), key, id);
        const nothing = await asking(place.make(never), key, never);
        if (there.text !== nothing.text) apart.push(`${place.name}, ${kind}: ${there.text} / ${nothing.text}`);
        // An end user is whoever an application names: of anybody's the answer is that it is being seen to.
        if (/subjects/.test(place.name)) continue;
        // An explanation may say that nothing is known of a call.
        const toldNothing = place.name.includes("/explain/") && there.text.includes('found\\":\\"none');
        if (there.status < 300 && !/after|before|cursor/.test(place.name) && !toldNothing)
          succeeded.push(`${place.name}, ${kind}: ${there.text}`);
      }
    }
  }
  return { cases, apart, succeeded };
}

test("another tenant's id is answered as one that never was: same status, headers and bytes, at every endpoint", async () => {
  const { cases, apart, succeeded } = await tellApart(ask, world.acme, world.globex);
  assert.deepEqual(apart, []);
  assert.deepEqual(succeeded, []);
  // Nothing of what was asked for has happened to the other tenant.
  const { weir, globex } = world;
  await weir.call("GET", `/v1/files/${globex.file}`, undefined, { key: globex.member });
  await weir.call("GET", `/v1/vector_stores/${globex.store}/files/${globex.file}`, undefined, { key: globex.member });
  console.log(`# isolation: ${cases} pairs of requests, 0 told apart`);
});

test("a name that another tenant has taken is free", async () => {
  const { weir, acme, globex } = world;
  const made = await weir.call<{ id: string }>("POST", "/v1/vector_stores", { name: globex.storeName }, { key: acme.member });
  const other = await weir.call<{ id: string }>("GET", `/v1/vector_stores/${encodeURIComponent(globex.storeName)}`, undefined, {
    key: globex.member,
  });
  assert.notEqual(made.id, other.id);
  await weir.call("DELETE", `/v1/vector_stores/${made.id}`, undefined, { key: acme.member });
});

test("one leak, in status, in a header or in one byte, at any endpoint, is seen", async () => {
  const { acme, globex } = world;
  const known = new Set(KINDS.map((kind) => globex[kind]));
  const places = [...pathPlaces(acme), ...otherPlaces(acme)];
  let found = 0;
  const leaks: ((text: string) => string)[] = [
    (text) => text.replace(/\d/, "9"),
    (text) => `${text} `,
    (text) => text.replace("json", "JSON"),
  ];
  for (const [at, place] of places.entries()) {
    // The server tells the two apart at this one place only.
    const only = JSON.stringify(place.make("<id>")).replaceAll("%3Cid%3E", "<id>");
    const leaking: Ask = async (sent, key, id) => {
      const answer = await ask(sent, key, id);
      const here = JSON.stringify(sent).replaceAll(encodeURIComponent(id), "<id>").replaceAll(id, "<id>") === only;
      return here && known.has(id) ? { ...answer, text: (leaks[at % leaks.length] ?? String)(answer.text) } : answer;
    };
    const id = globex.file;
    const [there, nothing] = [
      await leaking(place.make(id), acme.member, id),
      await ask(place.make(neverExisted(id)), acme.member, neverExisted(id)),
    ];
    if (there.text !== nothing.text) found++;
  }
  assert.equal(found, places.length);
  // And the tenant itself does see its own: the comparison is not of two refusals for another reason.
  const own = await tellApart(ask, globex, globex);
  assert.ok(own.apart.length >= 20, `only ${own.apart.length}`);
  console.log(`# isolation: ${found} of ${places.length} planted leaks seen; the owner tells ${own.apart.length} of its own apart`);
});
