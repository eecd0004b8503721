import assert from "node:assert/strict";
import { afterAll, beforeAll, test } from "bun:test";
import { AUDIENCE, startIssuer, type TestIssuer } from "../../src/admit/token-issuer.fixture.ts";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import { addDocument, upload } from "./access-world.ts";
import { startWeir, type TestWeir } from "./server.ts";

/** Two models, one of them on others' hardware, which routes prefer. */
const YAML = (near: string, far: string, issuer: string): string => `
providers:
  near: { kind: openai, baseUrl: "${near}", trust: private }
  far: { kind: openai, baseUrl: "${far}", trust: external }
models:
  at-home: { provider: near, upstream: mock, price: { inputPerMTok: 1, outputPerMTok: 2 } }
  abroad: { provider: far, upstream: mock, price: { inputPerMTok: 1, outputPerMTok: 2 } }
routes:
  auto:
    - { use: [abroad, at-home] }
auth: { oidc: [{ issuer: "${issuer}", audience: ${AUDIENCE} }] }
`;

let weir: TestWeir;
let [near, far]: FakeUpstream[] = [];
let issuer: TestIssuer;
let boss: string;

beforeAll(async () => {
  [near, far] = [await createFakeUpstream(), await createFakeUpstream()];
  issuer = await startIssuer(Date.now);
  weir = await startWeir({ yaml: YAML(near.openaiBaseUrl, far.openaiBaseUrl, issuer.url) });
  boss = (await weir.tenant("acme", undefined, { role: "tenant-admin" })).key;
});
afterAll(async () => {
  await weir.close();
  await near?.close();
  await far?.close();
  await issuer.close();
});

const member = async (access: object = {}): Promise<{ id: string; key: string }> =>
  await weir.call("POST", "/admin/v1/tenants/acme/keys", { name: "m", ...access });
const newStore = async (body: object, key = boss): Promise<string> =>
  (await weir.call<{ id: string }>("POST", "/v1/vector_stores", body, { key })).id;
const search = async (key: string, store: string, body: object = {}): Promise<string[]> => {
  const ask = { query: "days of leave", ...body };
  const found = await weir.call<{ data: { filename: string }[] }>("POST", `/v1/vector_stores/${store}/search`, ask, { key });
  return found.data.map(({ filename }) => filename).toSorted((one, other) => (one < other ? -1 : 1));
};
const told = async (key: string, method: string, path: string, body?: unknown): Promise<string> => {
  const response = await fetch(weir.url + path, {
    method,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const headers = [...response.headers].filter(([name]) => !/request-id|^date$/.test(name)).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `${response.status} ${JSON.stringify(headers)} ${await response.text()}`;
};
async function put(store: string, name: string, text: string, attributes: object, key = boss): Promise<string> {
  const file = await upload(weir, key, name, text);
  await weir.call("POST", `/v1/vector_stores/${store}/files`, { file_id: file, attributes }, { key });
  return file;
}

const asks = (at: { store: string; file: string; batch: string }): [string, string, unknown?][] => [
  ["GET", `/v1/vector_stores/${at.store}`],
  ["POST", `/v1/vector_stores/${at.store}`, { description: "mine" }],
  ["GET", `/v1/vector_stores/${at.store}/files`],
  ["GET", `/v1/vector_stores/${at.store}/events`],
  ["GET", `/v1/vector_stores/${at.store}/files/${at.file}`],
  ["POST", `/v1/vector_stores/${at.store}/files/${at.file}`, { attributes: {} }],
  ["GET", `/v1/vector_stores/${at.store}/files/${at.file}/content`],
  ["GET", `/v1/vector_stores/${at.store}/files/${at.file}/chunks`],
  ["GET", `/v1/vector_stores/${at.store}/files?name=a&sort=filename`],
  ["POST", `/v1/vector_stores/${at.store}/files/${at.file}/retry`],
  ["POST", `/v1/vector_stores/${at.store}/search`, { query: "leave" }],
  ["POST", `/v1/vector_stores/${at.store}/file_batches`, { file_ids: [at.file] }],
  ["GET", `/v1/vector_stores/${at.store}/file_batches/${at.batch}`],
  ["POST", `/v1/vector_stores/${at.store}/file_batches/${at.batch}/cancel`],
  ["GET", `/v1/vector_stores/${at.store}/file_batches/${at.batch}/files`],
  [
    "POST",
    "/v1/chat/completions",
    { model: "auto", messages: [{ role: "user", content: "How many days?" }], rag: { enabled: true, collection: at.store } },
  ],
  ["GET", `/v1/files/${at.file}`],
  ["GET", `/v1/files/${at.file}/content`],
  ["DELETE", `/v1/files/${at.file}`],
  ["DELETE", `/v1/vector_stores/${at.store}/files/${at.file}`],
  ["DELETE", `/v1/vector_stores/${at.store}`],
];
const NEVER = { store: `vs_${"0".repeat(26)}`, file: `file-${"0".repeat(26)}`, batch: `vsfb_${"0".repeat(26)}` };

test("a collection for one group is to all others of the tenant as one that never was, at every door", async () => {
  const [inside, outside] = [await member({ groups: ["hr"] }), await member({ groups: ["sales"], clearance: "restricted" })];
  const store = await newStore({ name: "for hr", weir: { access: { groups: ["hr"] } } }, inside.key);
  const { file } = await addDocument(weir, inside.key, store, ["pay.md", "# Leave\n\nThe board has 40 days of leave a year.\n"]);
  const { id: batch } = await weir.call<{ id: string }>(
    "POST",
    `/v1/vector_stores/${store}/file_batches`,
    { file_ids: [file] },
    { key: inside.key },
  );
  const at = { store, file, batch };
  for (const name of [store, "for hr"])
    for (const [place, ask] of asks({ ...at, store: encodeURIComponent(name) }).entries()) {
      const absent = await told(outside.key, ...(asks(NEVER)[place] ?? ask));
      assert.match(absent, /^404 /, ask.join(" "));
      assert.equal(await told(outside.key, ...ask), absent, ask.join(" "));
    }
  // Those of the group, and who administers the tenant, are let in where nothing is deleted, changed or not there to be tried again.
  for (const ask of asks(at).filter(([method, path]) => method !== "DELETE" && !path.endsWith("retry")))
    for (const key of [inside.key, boss]) assert.match(await told(key, ...ask), /^200 /, ask.join(" "));
  const listed = async (key: string): Promise<boolean> =>
    (await weir.call<{ data: { id: string }[] }>("GET", "/v1/vector_stores?limit=100", undefined, { key })).data.some(
      ({ id }) => id === store,
    );
  assert.deepEqual([await listed(outside.key), await listed(inside.key), await listed(boss)], [false, true, true]);
  // A collection that one would not find oneself is a slip.
  assert.match(await told(outside.key, "POST", "/v1/vector_stores", { weir: { access: { groups: ["hr"] } } }), /^400 .*weir\.access/);
  console.log(`# knowledge access: ${asks(at).length} doors of a collection by id and by name, each as what never was`);
});

test("documents say who finds them, and no door shows more: search, listing, text, download", async () => {
  const [hr, sales, cleared] = [
    await member({ groups: ["hr"] }),
    await member({ groups: ["sales"], jurisdiction: "eu" }),
    await member({ groups: ["sales"], clearance: "confidential" }),
  ];
  const store = await newStore({ name: "handbook" });
  const files = {
    open: await put(store, "open.md", "Everybody has 25 days of leave.", {}),
    hr: await put(store, "hr.md", "Directors have 40 days of leave.", { groups: "hr, works council" }),
    secret: await put(store, "secret.md", "Spies have 60 days of leave.", { groups: "sales", classification: "confidential" }),
    eu: await put(store, "eu.md", "In Europe there are 30 days of leave.", { jurisdiction: "eu, ch" }),
    later: await put(store, "later.md", "From 2999 on there are 90 days of leave.", { effective_from: "2999-01-01" }),
    past: await put(store, "past.md", "Until 2001 there were 10 days of leave.", { effective_until: 1_000_000_000 }),
  };
  assert.deepEqual(await search(boss, store), ["eu.md", "hr.md", "open.md", "secret.md"]);
  assert.deepEqual(await search(hr.key, store), ["hr.md", "open.md"]);
  assert.deepEqual(await search(sales.key, store), ["eu.md", "open.md"]);
  assert.deepEqual(await search(cleared.key, store), ["open.md", "secret.md"]);
  const within = `/v1/vector_stores/${store}/files/${files.hr}`;
  for (const path of [`/v1/files/${files.hr}/content`, `${within}/content`, `${within}/chunks`, `/v1/files/${files.hr}`]) {
    assert.match(await told(hr.key, "GET", path), /^200 /);
    assert.match(await told(sales.key, "GET", path), /^404 /);
  }
  const listed = async (key: string): Promise<number> => {
    const { data } = await weir.call<{ data: unknown[] }>("GET", `/v1/vector_stores/${store}/files`, undefined, { key });
    const { file_counts: counts } = await weir.call<{ file_counts: { total: number } }>("GET", `/v1/vector_stores/${store}`, undefined, {
      key,
    });
    assert.equal(counts.total, data.length);
    return data.length;
  };
  assert.deepEqual([await listed(boss), await listed(hr.key), await listed(sales.key)], [6, 4, 4]);
  // Taken out of the collection, it is not everybody's either; nor is what its uploader has not put anywhere yet.
  await weir.call("DELETE", `/v1/vector_stores/${store}/files/${files.hr}`, undefined, { key: boss });
  assert.match(await told(sales.key, "GET", `/v1/files/${files.hr}/content`), /^404 /);
  const loose = await upload(weir, hr.key, "draft.md", "Not yet said whom this is for.");
  assert.match(await told(sales.key, "GET", `/v1/files/${loose}`), /^404 /);
  assert.match(await told(hr.key, "GET", `/v1/files/${loose}`), /^200 /);
  for (const more of [{ clearance: "confidential" }, { jurisdiction: "eu" }]) {
    const { key } = await member(more);
    const draft = await upload(weir, key, "draft.md", "Not yet said whom this is for.");
    assert.match(await told(sales.key, "GET", `/v1/files/${draft}/content`), /^404 /);
    assert.match(await told(key, "GET", `/v1/files/${draft}/content`), /^200 /);
  }
  // What cannot be read is refused, never open.
  for (const attributes of [
    { groups: "" },
    { groups: 5 },
    { classification: "secret" },
    { jurisdiction: "eu,,us" },
    { effective_from: "tomorrow" },
    { effective_until: "2026-02-30" },
  ]) {
    const [[key]] = Object.entries(attributes) as [[string, unknown]];
    assert.match(
      await told(boss, "POST", `/v1/vector_stores/${store}/files`, { file_id: loose, attributes }),
      new RegExp(`^400 .*attributes\\.${key}`),
    );
  }
});

test("changing a collection, or adding what stands in it already, tells of hidden documents no more than reading it does", async () => {
  const outside = await member();
  const [store, elsewhere] = [await newStore({ name: "partly hidden" }), await newStore({ name: "elsewhere" })];
  const file = await put(store, "hidden.md", "Directors have 40 days of leave.", { groups: "hr", note: "for the board" });
  await weir.call("POST", `/v1/vector_stores/${elsewhere}/files`, { file_id: file }, { key: boss });
  const at = `/v1/vector_stores/${store}`;
  assert.match(await told(outside.key, "GET", `/v1/files/${file}`), /^200 /);
  for (const [method, body] of [["GET"], ["POST", {}], ["POST", { description: "mine" }]] as const)
    assert.match(await told(outside.key, method, at, body), /"usage_bytes":0,"file_counts":\{[^}]*"total":0\}/);
  for (const [path, body] of [
    [`${at}/files`, { file_id: file }],
    [`${at}/file_batches`, { file_ids: [file] }],
  ] as const) {
    assert.match(await told(outside.key, "POST", path, body), /^404 .*The file does not exist\./);
    assert.match(await told(boss, "POST", path, body), /^200 /);
  }
  assert.deepEqual(await search(outside.key, store), []);
});

test("a change of a document's attributes, of a key's groups and of a token's claims holds for the next call", async () => {
  const { id, key } = await member();
  const store = await newStore({ name: "moving" });
  const file = await put(store, "moving.md", "There are 25 days of leave.", { groups: "hr" });
  const set = (attributes: object) => weir.call("POST", `/v1/vector_stores/${store}/files/${file}`, { attributes }, { key: boss });
  assert.deepEqual(await search(key, store), []);
  for (let round = 0; round < 20; round++) {
    await set({});
    assert.deepEqual(await search(key, store), ["moving.md"]);
    await set({ groups: "hr" });
    assert.deepEqual(await search(key, store), []);
  }
  const patch = (access: object) => weir.call("PATCH", `/admin/v1/tenants/acme/keys/${id}`, access, { key: boss });
  await patch({ groups: ["hr"] });
  assert.deepEqual(await search(key, store), ["moving.md"]);
  await patch({ groups: null });
  assert.deepEqual(await search(key, store), []);
  const token = (claims: object) => issuer.sign({ sub: "ada", tenant: "acme", role: "member", ...claims });
  assert.deepEqual(await search(await token({ groups: ["it", "hr"] }), store), ["moving.md"]);
  assert.deepEqual(await search(await token({ groups: "it, hr" }), store), ["moving.md"]);
  for (const groups of [["it"], [], { hr: true }, [["hr"]], undefined]) assert.deepEqual(await search(await token({ groups }), store), []);
  await weir.call("POST", "/admin/v1/tenants/acme/keys", { name: "x", role: "tenant-admin", groups: ["hr"] }, { expect: 400 });
});

test("filters work on attributes as they are typed, before the best are chosen", async () => {
  const store = await newStore({ name: "filtered" });
  for (const [name, attributes] of [
    ["a.md", { year: 2024, team: "red" }],
    ["b.md", { year: 2025, team: "blue" }],
    ["c.md", { year: "2025" }],
  ] as const)
    await put(store, name, `There are ${name.charCodeAt(0)} days of leave.`, attributes);
  const cases: readonly (readonly [object, readonly string[]])[] = [
    [{ type: "eq", key: "year", value: 2025 }, ["b.md"]],
    [{ type: "eq", key: "year", value: "2025" }, ["c.md"]],
    [{ type: "gte", key: "year", value: 2024 }, ["a.md", "b.md"]],
    [{ type: "ne", key: "team", value: "red" }, ["b.md", "c.md"]],
    [{ type: "in", key: "team", value: ["red", "green"] }, ["a.md"]],
    [{ type: "nin", key: "team", value: ["red", "green"] }, ["b.md", "c.md"]],
    [
      {
        type: "and",
        filters: [
          { type: "gt", key: "year", value: 2000 },
          { type: "eq", key: "team", value: "blue" },
        ],
      },
      ["b.md"],
    ],
    [
      {
        type: "or",
        filters: [
          { type: "eq", key: "team", value: "red" },
          { type: "eq", key: "year", value: "2025" },
        ],
      },
      ["a.md", "c.md"],
    ],
  ];
  for (const [filters, expected] of cases) assert.deepEqual(await search(boss, store, { filters, max_num_results: 3 }), expected);
  assert.deepEqual(await search(boss, store, { filters: cases[0]?.[0], max_num_results: 1 }), ["b.md"]);
  // The model of a call with documents gets those only.
  const rag = { enabled: true, collection: store, filters: cases[0]?.[0] };
  const asked = await weir.chat(boss, { model: "at-home", messages: [{ role: "user", content: "How many days of leave?" }], rag });
  assert.equal(asked.status, 200);
  await asked.text();
  const sent = JSON.stringify(near?.calls.at(-1)?.body?.["messages"]);
  assert.deepEqual(
    [/\b98 days/, /\b97 days/, /\b99 days/].map((days) => days.test(sent)),
    [true, false, false],
  );
  const nested = Array.from({ length: 6 }).reduce<object>((filter) => ({ type: "and", filters: [filter] }), {
    type: "eq",
    key: "a",
    value: 1,
  });
  for (const filters of [
    nested,
    { type: "like", key: "a", value: "b" },
    { type: "gt", key: "a", value: true },
    { type: "in", key: "a", value: [] },
  ])
    assert.match(await told(boss, "POST", `/v1/vector_stores/${store}/search`, { query: "leave", filters }), /^400 .*filters/);
});

test("settings are answered as they were chosen, and a wrong name is told with the nearest right one", async () => {
  const chosen = {
    chunking: { strategy: "parent-child", tokens: 128, parentTokens: 512 },
    languages: ["de", "en"],
    fusion: { method: "rank", questionWeight: 0.5, keywordWeight: 0.2 },
    embedding: "none",
    highStakes: true,
    access: { classification: "internal" },
  };
  const store = await newStore({ name: "chosen", weir: chosen });
  const read = async () => (await weir.call<{ weir?: object }>("GET", `/v1/vector_stores/${store}`, undefined, { key: boss })).weir;
  assert.deepEqual(await read(), chosen);
  await weir.call(
    "POST",
    `/v1/vector_stores/${store}`,
    { weir: { languages: null, embedding: null, access: null, highStakes: false } },
    { key: boss },
  );
  assert.deepEqual(await read(), { chunking: chosen.chunking, fusion: chosen.fusion, highStakes: false });
  const wrong = (weirBody: object) => told(boss, "POST", "/v1/vector_stores", { weir: weirBody });
  assert.match(await wrong({ highstakes: true }), /^400 .*weir: unknown field \\"highstakes\\"\. Did you mean \\"highStakes\\"\?/);
  assert.match(await wrong({ chunking: { strategy: "window", tokns: 100 } }), /Did you mean \\"tokens\\"\?/);
  assert.match(await wrong({ chunking: { strategy: "fixed", tokens: 100, overlap: 51 } }), /^400 .*half of tokens/);
  for (const embedding of ["no such model", "at-home"]) assert.match(await wrong({ embedding }), /^400 .*weir\.embedding/);
  assert.match(await wrong({ access: { groups: ["a,b"] } }), /^400 .*weir\.access\.groups/);
});

test("documents of a private collection go to private models only, whatever the route prefers; those of others go on as they did", async () => {
  const ask = async (collection: string, model = "auto"): Promise<string> => {
    const response = await weir.chat(boss, {
      model,
      messages: [{ role: "user", content: "How many days of leave?" }],
      rag: { enabled: true, collection },
    });
    const answer = (await response.json()) as { weir?: { model: string } };
    return answer.weir?.model ?? String(response.status);
  };
  const [open, closed] = [await newStore({ name: "may leave" }), await newStore({ name: "stays here", weir: { trust: "private" } })];
  for (const store of [open, closed]) await put(store, "leave.md", "There are 25 days of leave.", {});
  assert.equal(await ask(open), "abroad");
  const before = far?.calls.length;
  assert.equal(await ask(closed), "at-home");
  assert.notEqual(await ask(closed, "abroad"), "abroad");
  assert.equal(far?.calls.length, before);
  // The server's own answer from the documents leaves nobody's hardware.
  assert.equal(await ask(closed, "extractive"), "extractive");
});
