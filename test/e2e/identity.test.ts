import assert from "node:assert/strict";
import { afterAll, beforeAll, test } from "bun:test";
import { AUDIENCE, startIssuer, type TestIssuer } from "../../src/admit/token-issuer.fixture.ts";
import { addDocument } from "./access-world.ts";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import { ADMIN_KEY, oneModel, startWeir, type TestWeir } from "./server.ts";

let lastAsked = "";
let issuer: TestIssuer;
let upstream: FakeUpstream;
let weir: TestWeir;
let keys: Record<"acme" | "globex", { key: string; keyId: string }>;
beforeAll(async () => {
  issuer = await startIssuer(Date.now);
  upstream = await createFakeUpstream({
    check(_, body) {
      lastAsked = JSON.stringify(body);
      return [];
    },
  });
  weir = await startWeir({ yaml: `${oneModel(upstream.openaiBaseUrl)}\n${authYaml(issuer.url)}` });
  keys = { acme: await weir.tenant("acme", undefined, { role: "tenant-admin" }), globex: await weir.tenant("globex") };
});
afterAll(async () => {
  await weir.close();
  await upstream.close();
  await issuer.close();
});

export const authYaml = (url: string): string => `
auth:
  oidc:
    - issuer: "${url}"
      audience: ${AUDIENCE}
      claims: { role: realm_access.roles }
      roles: { user: member, owner: tenant-admin, looks: viewer, writes: prompter, runs: engineer, root: admin }
`;
const token = (role: string, tenant?: string, claims: Record<string, unknown> = {}): Promise<string> =>
  issuer.sign({
    sub: `${role}-${tenant ?? "platform"}`,
    realm_access: { roles: [role] },
    ...(tenant === undefined ? {} : { tenant }),
    ...claims,
  });
const question = { model: "m", messages: [{ role: "user", content: "parts=2" }], max_tokens: 5 };

type Entry = {
  category: string;
  action: string;
  outcome: string;
  actor?: string;
  code?: string;
  reason?: string;
  count: number;
  changed?: object;
  hash: string;
  prevHash: string;
  seq: number;
  resource?: string;
};
const auditOf = (category: string, tenant?: string): Promise<Entry[]> =>
  weir
    .call<{ data: Entry[] }>("GET", `/admin/v1/audit?category=${category}&limit=1000${tenant === undefined ? "" : `&tenant=${tenant}`}`)
    .then(({ data }) => data);

test("a token answers a chat in its tenant, and its team and holder's digest are in the ledger, its name nowhere", async () => {
  const ada = await token("user", "acme", { team: "search", sub: "ada.lovelace@example.com" });
  const answered = await weir.chat(ada, question);
  assert.equal(answered.status, 200);
  await answered.text();
  const { data } = await weir.call<{ data: { key: string; team?: string; outcome: string }[] }>("GET", "/admin/v1/usage?tenant=acme");
  assert.match(data[0]?.key ?? "", /^key_0000000000[0-9a-v]{16}$/);
  assert.ok(!JSON.stringify([data, await auditOf("sign-ins", "acme")]).includes("lovelace"));
  assert.equal((await weir.chat(ada, question, { headers: { "openai-tenant": "acme" } })).status, 200);
  assert.equal((await weir.chat(ada, question, { headers: { "openai-tenant": "globex" } })).status, 403);
  assert.equal((await weir.chat(await token("user", "globex"), question)).status, 200);
});

test("a token's region leaves only the targets of that region", async () => {
  const body = await (await weir.chat(await token("user", "acme", { region: "eu-west-1", sub: "regional" }), question)).json();
  assert.equal((body as { error?: { code: string } }).error?.code, "no_target");
});

test("a key is changed for a new one with an overlap: both work, then only the new one", async () => {
  const { key, keyId } = await weir.tenant("rotating", undefined, { role: "tenant-admin", rpm: 100, team: "t" });
  const made = await weir.call<{ id: string; key: string; rpm: number; team: string; role: string; replaces: { expiresAt: string } }>(
    "POST",
    `/admin/v1/tenants/rotating/keys/${keyId}/rotate`,
    { overlapSeconds: 600 },
    { key },
  );
  assert.deepEqual([made.rpm, made.team, made.role], [100, "t", "tenant-admin"]);
  for (const each of [key, made.key]) assert.equal((await weir.chat(each, question)).status, 200);
  const left = Date.parse(made.replaces.expiresAt) - Date.now();
  assert.ok(left > 590_000 && left <= 600_000);
  // The overlap may be made shorter, never longer.
  const again = await weir.call<{ replaces: { expiresAt: string } }>("POST", `/admin/v1/tenants/rotating/keys/${keyId}/rotate`, {
    overlapSeconds: 6000,
  });
  assert.equal(again.replaces.expiresAt, made.replaces.expiresAt);
  await weir.call("POST", `/admin/v1/tenants/rotating/keys/${keyId}/rotate`, { overlapSeconds: 0 });
  assert.equal((await weir.chat(key, question)).status, 401);
  assert.equal((await weir.chat(made.key, question)).status, 200);
  await weir.call("POST", `/admin/v1/tenants/rotating/keys/${keyId}/rotate`, {}, { expect: 409 });
  // What is weaker than the key cannot change it for another.
  const weak = await weir.call<{ key: string; id: string }>("POST", "/admin/v1/tenants/rotating/keys", {
    name: "w",
    role: "tenant-admin",
    rpm: 5,
  });
  await weir.call("POST", `/admin/v1/tenants/rotating/keys/${made.id}/rotate`, {}, { key: weak.key, expect: 403 });
});

test("a prompt reaches production by two persons, and calls get it from then on", async () => {
  const seen = async (): Promise<string> => {
    await (await weir.chat(keys.globex.key, question)).text();
    return lastAsked;
  };
  const writer = await token("writes");
  const other = await token("writes", undefined, { sub: "another-writer" });
  const [one, two] = [await token("runs", undefined, { sub: "one" }), await token("runs", undefined, { sub: "two" })];
  const as = (key: string, expect?: number) => ({ key, ...(expect === undefined ? {} : { expect }) });
  const made = await weir.call<{ id: string; environment: string; version: number }>(
    "POST",
    "/admin/v1/prompts",
    { tenant: "globex", text: "Answer like a pirate." },
    as(writer),
  );
  assert.deepEqual([made.environment, made.version], ["staging", 1]);
  await weir.call("POST", "/admin/v1/prompts", { tenant: "globex", text: "Mine now." }, as(other, 403));
  await weir.call("POST", `/admin/v1/prompts/${made.id}/promote`, { tenant: "globex" }, as(writer, 403));
  assert.ok(!(await seen()).includes("pirate"));
  await weir.call("POST", `/admin/v1/prompts/${made.id}/approve`, { tenant: "globex" }, as(one, 409));
  await weir.call("POST", `/admin/v1/prompts/${made.id}/promote`, { tenant: "globex" }, as(one));
  await weir.call("POST", `/admin/v1/prompts/${made.id}/approve`, { tenant: "globex" }, as(one, 403));
  assert.ok(!(await seen()).includes("pirate"));
  const released = await weir.call<{ environment: string }>("POST", `/admin/v1/prompts/${made.id}/approve`, { tenant: "globex" }, as(two));
  assert.equal(released.environment, "production");
  assert.ok((await seen()).includes("Answer like a pirate."));
  // The back door is shut, and the log has who, not what.
  await weir.call("PATCH", "/admin/v1/tenants/globex", { systemPrompt: "Quietly." }, { expect: 409 });
  const entries = (await auditOf("configuration", "globex")).filter(({ action }) => action.startsWith("prompt."));
  assert.deepEqual(
    entries.map(({ action }) => action),
    ["prompt.create", "prompt.promote", "prompt.approve"],
  );
  assert.ok(!JSON.stringify(entries).includes("pirate"));
});

test("nobody is a second person by a key of their own making", async () => {
  const boss = keys.acme.key;
  const second = await weir.call<{ key: string }>(
    "POST",
    "/admin/v1/tenants/acme/keys",
    { name: "me too", role: "tenant-admin" },
    { key: boss },
  );
  const third = await weir.call<{ key: string }>(
    "POST",
    "/admin/v1/tenants/acme/keys",
    { name: "and me", role: "tenant-admin" },
    { key: second.key },
  );
  const made = await weir.call<{ id: string }>("POST", "/admin/v1/prompts", { text: "Be brief." }, { key: boss });
  const at = `/admin/v1/prompts/${made.id}`;
  await weir.call("POST", `${at}/promote`, {}, { key: boss });
  for (const key of [boss, second.key, third.key]) await weir.call("POST", `${at}/approve`, {}, { key, expect: 403 });
  await weir.call("POST", `${at}/promote`, {}, { key: third.key });
  await weir.call("POST", `${at}/approve`, {}, { key: boss, expect: 403 });
  await weir.call("POST", `${at}/approve`, {}, { key: await token("owner", "acme") });
});

test("every kind of decision is in the log, chained, and a flood of refusals is a few rows", async () => {
  for (let at = 0; at < 300; at++)
    await (await fetch(`${weir.url}/v1/models`, { headers: { authorization: `Bearer weir-${String(at).padStart(32, "0")}` } })).text();
  const forged = `${(await token("user", "acme")).split(".").slice(0, 2).join(".")}.AAAA`;
  for (let at = 0; at < 20; at++) await (await weir.chat(forged, question)).text();
  await weir.call("GET", "/admin/v1/usage?tenant=acme");
  await weir.call("GET", "/admin/v1/tenants", undefined, { key: await token("user", "acme"), expect: 403 });
  await weir.call("PATCH", "/admin/v1/tenants/acme", { rpm: 1000, name: "Acme Inc" });
  const denied = (await auditOf("sign-ins")).filter(({ outcome, code }) => outcome === "denied" && code === "key_unknown");
  assert.ok(denied.reduce((sum, { count }) => sum + count, 0) >= 300);
  assert.ok(denied.length <= 8, `${denied.length} rows`);
  const attacks = (await auditOf("security")).filter(({ reason }) => reason === "signature");
  assert.equal(
    attacks.reduce((sum, { count }) => sum + count, 0),
    20,
  );
  assert.ok((await auditOf("data-access", "acme")).some(({ action, actor }) => action === "GET /admin/v1/usage" && actor === "admin-key"));
  assert.ok((await auditOf("authorisations", "acme")).some(({ outcome, code }) => outcome === "denied" && code === "forbidden"));
  assert.ok((await auditOf("authorisations")).some(({ outcome, actor }) => outcome === "granted" && actor === "admin-key"));
  const change = (await auditOf("configuration", "acme")).find(
    ({ action, changed }) => action === "tenant.change" && "rpm" in (changed ?? {}),
  );
  assert.deepEqual(new Map(Object.entries(change?.changed ?? {})).get("rpm"), { old: null, new: 1000 });
  assert.ok(!JSON.stringify(change).includes("Acme Inc"));
  const calls = await weir.call<{ data: { outcome: string }[] }>("GET", "/admin/v1/audit?tenant=acme&category=calls");
  assert.ok(calls.data.length > 0);
  const verdict = await weir.call<{ ok: boolean; decisions: { ok: boolean; entries: number } }>("POST", "/admin/v1/audit/verify", {
    tenant: "acme",
  });
  assert.ok(verdict.ok && verdict.decisions.ok && verdict.decisions.entries > 5);
  console.log(
    `# decisions: 6 categories; 320 refusals in ${denied.length + attacks.length} rows; ${verdict.decisions.entries} entries verified`,
  );
});

test("who sees only their own documents gets others' as if they never were, in lists, by id, in search and in chat", async () => {
  const make = (ownDocumentsOnly: boolean) =>
    weir.call<{ id: string; key: string }>("POST", "/admin/v1/tenants/acme/keys", { name: "m", ownDocumentsOnly });
  const [mine, other, free] = [await make(true), await make(true), await make(false)];
  const estate = async (key: string, name: string) => {
    const { id: store } = await weir.call<{ id: string }>("POST", "/v1/vector_stores", { name }, { key });
    return { store, ...(await addDocument(weir, key, store, [`${name}.md`, "# Leave\n\nEverybody has 25 days of leave a year.\n"])) };
  };
  const own = await estate(mine.key, "my notes");
  const theirs = await estate(other.key, "their notes");
  const never = { store: `vs_${"0".repeat(26)}`, file: `file-${"0".repeat(26)}` };
  const told = async (key: string, method: string, path: string, body?: unknown): Promise<string> => {
    const response = await fetch(weir.url + path, {
      method,
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return `${response.status} ${await response.text()}`;
  };
  const asks = (at: { store: string; file: string }): [string, string, unknown?][] => [
    ["GET", `/v1/files/${at.file}`],
    ["GET", `/v1/files/${at.file}/content`],
    ["GET", `/v1/vector_stores/${at.store}`],
    ["GET", `/v1/vector_stores/${at.store}/files`],
    ["GET", `/v1/vector_stores/${at.store}/files/${at.file}`],
    ["POST", `/v1/vector_stores/${at.store}/search`, { query: "leave" }],
    ["POST", "/v1/chat/completions", { ...question, rag: { enabled: true, collection: at.store } }],
    ["POST", `/v1/vector_stores/${own.store}/files`, { file_id: at.file }],
    ["DELETE", `/v1/vector_stores/${at.store}/files/${at.file}`],
    ["DELETE", `/v1/files/${at.file}`],
    ["DELETE", `/v1/vector_stores/${at.store}`],
  ];
  for (const [at, ask] of asks(theirs).entries()) {
    const [method, path, body] = asks(never)[at] ?? ask;
    const absent = await told(mine.key, method, path, body);
    assert.equal(await told(mine.key, ...ask), absent);
    assert.match(absent, /^404 /);
    // The controls: the owner, and a key that sees everything of its tenant, are let through where nothing is deleted.
    if (method === "DELETE" || path.includes(own.store)) continue;
    assert.match(await told(other.key, ...ask), /^200 /);
    assert.match(await told(free.key, ...ask), /^200 /);
  }
  for (const list of ["/v1/files", "/v1/vector_stores"]) {
    const ids = (key: string) =>
      weir.call<{ data: { id: string }[] }>("GET", list, undefined, { key }).then(({ data }) => data.map(({ id }) => id));
    assert.equal((await ids(mine.key)).length, 1);
    assert.ok((await ids(free.key)).length >= 2);
  }
  // A new key in place of the old one keeps what was the old one's, and no such key makes one that sees more.
  // Who may make keys, and sees only their own documents, does not come by others' with a new secret for another's key.
  const narrow = await weir.call<{ key: string }>("POST", "/admin/v1/tenants/acme/keys", {
    name: "n",
    role: "tenant-admin",
    ownDocumentsOnly: true,
  });
  await weir.call("POST", `/admin/v1/tenants/acme/keys/${mine.id}/rotate`, {}, { key: narrow.key, expect: 403 });
  const next = await weir.call<{ key: string }>("POST", `/admin/v1/tenants/acme/keys/${mine.id}/rotate`, {});
  assert.match(await told(next.key, "GET", `/v1/files/${own.file}`), /^200 /);
  assert.match(await told(mine.key, "GET", `/v1/files/${own.file}`), /^200 /);
  const boss = await weir.call<{ key: string }>("POST", "/admin/v1/tenants/acme/keys", {
    name: "b",
    role: "tenant-admin",
    ownDocumentsOnly: true,
  });
  await weir.call("POST", "/admin/v1/tenants/acme/keys", { name: "more" }, { key: boss.key, expect: 403 });
  console.log(`# own documents: ${asks(theirs).length} ways to another's, each answered as what never was`);
});

test("the admin key is still all of the platform, and none of a tenant", async () => {
  assert.equal((await weir.chat(ADMIN_KEY, question)).status, 403);
  assert.equal((await weir.chat(await token("root"), question)).status, 403);
  await weir.call("GET", "/admin/v1/tenants", undefined, { key: await token("root") });
  await weir.call("GET", "/admin/v1/tenants", undefined, { key: await token("looks") });
  await weir.call("POST", "/admin/v1/tenants", { slug: "x", name: "x" }, { key: await token("runs"), expect: 403 });
});
