import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readdir, readFile, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { test } from "bun:test";
import { AUDIENCE, startIssuer, type TestIssuer } from "../../src/admit/token-issuer.fixture.ts";
import { createFakeUpstream } from "../upstream/index.ts";
import { ADMIN_KEY, oneModel, startWeir, type TestWeir } from "./server.ts";

const SECRETS = 200;
const UPSTREAM_KEY = `sk-upstream-${randomBytes(12).toString("hex")}`;
const chat = "/v1/chat/completions";
const prompt = (content: string) => ({ model: "m", messages: [{ role: "user", content }], max_tokens: 50 });
const sending = (body: unknown, headers: Record<string, string> = {}) => ({
  path: chat,
  init: {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  },
});
type Sent = { readonly path: string; readonly init?: RequestInit };
const getting = (headers: Record<string, string>): Sent => ({ path: "/v1/models", init: { headers } });

/** Places that a secret gets into by a slip: a wrong header, a wrong field, a body that breaks off, an upstream that repeats it. */
const SLIPS: readonly ((secret: string, key: string) => Sent)[] = [
  (secret) => getting({ authorization: `Bearer ${secret}` }),
  (secret) => getting({ authorization: `Basic ${secret}` }),
  (secret) => getting({ authorization: secret }),
  (secret) => getting({ "x-api-key": secret }),
  (secret) => getting({ "api-key": secret, cookie: `session=${secret}`, "proxy-authorization": `Bearer ${secret}` }),
  (secret, key) => getting({ authorization: `Bearer ${key}`, "openai-tenant": secret, "user-agent": secret, referer: secret }),
  (secret, key) => ({ path: `/v1/models?api_key=${secret}&key=${secret}`, init: { headers: { authorization: `Bearer ${key}` } } }),
  (secret, key) => ({ path: `/v1/files/${secret}`, init: { headers: { authorization: `Bearer ${key}` } } }),
  (secret, key) => ({ path: `/v1/files?after=${secret}`, init: { headers: { authorization: `Bearer ${key}` } } }),
  (secret, key) => ({ path: `/v1/models/${secret}`, init: { headers: { authorization: `Bearer ${key}` } } }),
  (secret) => ({ path: `/${secret}/v1/chat` }),
  (secret, key) => ({ path: `/admin/v1/usage?from=${secret}&tenant=${secret}`, init: { headers: { authorization: `Bearer ${key}` } } }),
  (secret, key) => sending({ ...prompt("hello"), model: secret }, { authorization: `Bearer ${key}` }),
  (secret, key) => sending(prompt(secret), { authorization: `Bearer ${key}` }),
  (secret, key) => sending({ ...prompt(secret), stream: true, user: secret }, { authorization: `Bearer ${key}` }),
  (secret, key) => sending({ ...prompt("hello"), messages: secret }, { authorization: `Bearer ${key}` }),
  (secret, key) => sending({ ...prompt("hello"), messages: [{ role: secret, content: secret }] }, { authorization: `Bearer ${key}` }),
  (secret, key) => sending({ ...prompt(secret), temperature: secret, rag: secret }, { authorization: `Bearer ${key}` }),
  (secret, key) => sending({ ...prompt("hello"), rag: { enabled: true, collection: secret } }, { authorization: `Bearer ${key}` }),
  (secret, key) => sending(`{"model":"m","messages":[{"role":"user","content":"${secret}`, { authorization: `Bearer ${key}` }),
  (secret, key) => sending(`${secret}{}`, { authorization: `Bearer ${key}` }),
  (secret, key) => sending(prompt(`refuse-me ${secret}`), { authorization: `Bearer ${key}` }),
  (secret, key) => sending({ ...prompt(`fault=error ${secret}`), stream: true }, { authorization: `Bearer ${key}` }),
  (secret, key) => sending(prompt(`status=401 ${secret}`), { authorization: `Bearer ${key}` }),
  (secret, key) => sending(prompt(secret), { authorization: `Bearer ${key}`, "x-weir-feature": secret.repeat(10) }),
  (secret, key) => ({
    path: "/v1/files",
    init: {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": `multipart/form-data; boundary=${secret}` },
      body: secret,
    },
  }),
];

/** Slips into what is about people: tokens, their claims, keys and prompts in places where none belongs. */
const identitySlips = (issuer: TestIssuer): readonly ((secret: string, key: string) => Sent | Promise<Sent>)[] => [
  (secret) => getting({ authorization: `Bearer ${b64({ alg: "none" })}.${b64({ iss: secret, sub: secret })}.${secret}` }),
  async (secret) => getting({ authorization: `Bearer ${await issuer.sign({ sub: secret, tenant: "acme", role: "member" })}` }),
  async (secret) => getting({ authorization: `Bearer ${await issuer.sign({ sub: secret, jti: secret, tenant: secret, role: "member" })}` }),
  async (secret) => getting({ authorization: `Bearer ${await issuer.sign({ sub: "s", tenant: "acme", role: [secret], email: secret })}` }),
  async (secret) =>
    getting({ authorization: `Bearer ${(await issuer.sign({ sub: secret, tenant: "acme", role: "member" })).slice(0, -9)}` }),
  async (secret) => getting({ authorization: `Bearer ${await issuer.sign({ sub: secret, aud: secret, tenant: "acme", role: "member" })}` }),
  async (secret) =>
    getting({ "x-api-key": await issuer.sign({ sub: "t", name: secret, tenant: "acme", role: "member" }), "openai-tenant": secret }),
  (secret, key) => ({
    path: `/admin/v1/tenants/acme/keys/${secret}/rotate`,
    init: { method: "POST", headers: { authorization: `Bearer ${key}` }, body: "{}" },
  }),
  (secret, key) => ({ path: `/admin/v1/prompts/${secret}`, init: { headers: { authorization: `Bearer ${key}` } } }),
  (secret, key) => ({ path: `/admin/v1/policies/${secret}`, init: { headers: { authorization: `Bearer ${key}` } } }),
  (secret, key) => ({ path: `/admin/v1/audit?category=${secret}`, init: { headers: { authorization: `Bearer ${key}` } } }),
  (secret, key) => ({ path: `/admin/v1/tenants/${secret}`, init: { headers: { authorization: `Bearer ${key}` } } }),
  (secret, key) => ({
    path: "/admin/v1/prompts",
    init: { method: "POST", headers: { authorization: `Bearer ${key}` }, body: JSON.stringify({ text: "hi", name: secret.toUpperCase() }) },
  }),
];
const b64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");

const makeSecret = (at: number): string => {
  const raw = randomBytes(16).toString("hex");
  return [`weir-${raw}`, `sk-ant-${raw}`, `ghp_${raw}`, `AKIA${raw.toUpperCase()}`][at % 4] ?? raw;
};

/** Everything below the data folder, but the operator's own file with its own secret in it. */
async function readFolder(folder: string): Promise<{ name: string; text: string }[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name !== "weir.yaml").map((entry) => join(entry.parentPath, entry.name));
  return Promise.all(files.map(async (path) => ({ name: relative(folder, path), text: (await readFile(path)).toString("latin1") })));
}

const holders = (places: readonly { name: string; text: string }[], secrets: readonly string[]): string[] =>
  places.flatMap(({ name, text }) => secrets.filter((secret) => text.includes(secret)).map((secret) => `${name}: ${secret.slice(0, 8)}…`));

/** Each secret slips into one place; what the server answered, without the model's own words. */
async function plant(
  weir: TestWeir,
  key: string,
  secrets: readonly string[],
  slips: readonly ((secret: string, key: string) => Sent | Promise<Sent>)[] = SLIPS,
): Promise<{ name: string; text: string }[]> {
  const answers: { name: string; text: string }[] = [];
  for (const [at, secret] of secrets.entries()) {
    const slip = slips[at % slips.length];
    if (slip === undefined) throw new TypeError("there are slips");
    const { path, init } = await slip(secret, key);
    const response = await fetch(`${weir.url}${path}`, init);
    answers.push({ name: `answer to ${path.replace(secret, "…")}`, text: JSON.stringify([...response.headers]) + (await response.text()) });
  }
  return answers;
}

test("200 secrets that slip into wrong places are in no answer, log, metric, journal, audit entry or file", async () => {
  const upstream = await createFakeUpstream({
    apiKey: UPSTREAM_KEY,
    check: (_, body) => (JSON.stringify(body).includes("refuse-me") ? [`${UPSTREAM_KEY} may not say ${JSON.stringify(body)}`] : []),
  });
  const issuer = await startIssuer(Date.now);
  const traced: string[] = [];
  const collector = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      traced.push(JSON.stringify([...request.headers]) + (await request.text()));
      return Response.json({});
    },
  });
  const more = `auth: { oidc: [{ issuer: "${issuer.url}", audience: ${AUDIENCE} }] }
telemetry: { traces: { endpoint: "http://127.0.0.1:${collector.port}", sampleRatio: 1 } }
`;
  const yaml = oneModel(upstream.openaiBaseUrl).replace("upstream-secret", UPSTREAM_KEY) + more;
  const weir = await startWeir({ yaml });
  let stopped = false;
  try {
    const { key, keyId } = await weir.tenant("acme", undefined, { role: "tenant-admin" });
    const keys = [key];
    for (let at = 1; at < 20; at++)
      keys.push((await weir.call<{ key: string }>("POST", "/admin/v1/tenants/acme/keys", { name: `k${at}` })).key);
    const slipped = Array.from({ length: SECRETS - keys.length }, (_, at) => makeSecret(at));
    const secrets = [...slipped, ...keys];
    // The control: a name that may be kept is found by the same searches.
    const name = `feature-${randomBytes(8).toString("hex")}`;
    await (
      await fetch(`${weir.url}${chat}`, sending(prompt("hello"), { authorization: `Bearer ${key}`, "x-weir-feature": name }).init)
    ).text();
    const slips = [...SLIPS, ...identitySlips(issuer)];
    const answers = await plant(weir, key, slipped, slips);
    for (const each of keys) answers.push({ name: "answer", text: await (await weir.chat(each, prompt("status=500"))).text() });
    const read = async (path: string) => ({ name: path, text: JSON.stringify(await weir.call("GET", path)) });
    const audit = await read("/admin/v1/audit?tenant=acme&limit=1000");
    const decided = await Promise.all(
      ["sign-ins", "authorisations", "data-access", "configuration", "security"].flatMap((category) => [
        read(`/admin/v1/audit?category=${category}&limit=1000`),
        read(`/admin/v1/audit?tenant=acme&category=${category}&limit=1000`),
      ]),
    );
    const metrics = { name: "/metrics", text: await (await fetch(`${weir.url}/metrics`)).text() };
    const listed = await read("/admin/v1/tenants/acme/keys");
    const running = (await readFolder(weir.dataDir)).filter((file) => !file.name.startsWith("postgres"));
    await weir.stop();
    stopped = true;
    const files = await readFolder(weir.dataDir);
    const places = [
      ...answers,
      audit,
      ...decided,
      { name: "traces", text: traced.join("\n") },
      metrics,
      listed,
      ...running,
      ...files,
      { name: "log", text: weir.logged.join("") },
    ];
    assert.deepEqual(holders(places, [...secrets, UPSTREAM_KEY, ADMIN_KEY]), []);
    assert.ok(holders([audit], [keyId]).length > 0, "the audit log is searched");
    assert.ok(holders(decided, [keyId]).length > 0, "the decisions are searched");
    assert.ok(traced.join("").includes("gen_ai"), "traces are searched");
    assert.ok(
      holders(running, [name]).some((each) => each.startsWith("journal")),
      "the journal is searched",
    );
    const database = files.filter((file) => file.name.startsWith("postgres"));
    assert.ok(holders(database, [name]).length > 0, "the database's files are searched");
    assert.ok(holders(database, [key.slice(0, 9)]).length > 0, "a key's prefix is kept, and found");
    console.log(
      `# secrets: ${secrets.length} planted in ${slips.length} kinds of places; 0 found in ${places.length} answers, logs, traces, decisions and files`,
    );
  } finally {
    if (!stopped) await weir.stop();
    await rm(weir.dataDir, { recursive: true, force: true });
    await upstream.close();
    await issuer.close();
    await collector.stop(true);
  }
}, 60_000);

test("each planted secret is found where it is told: once in every answer, log line and file", async () => {
  const secrets = Array.from({ length: SECRETS }, (_, at) => makeSecret(at));
  const leaks = secrets.map((secret, at) => ({ name: `line ${at}`, text: `{"level":"warn","message":"bad key ${secret}"}` }));
  assert.equal(holders(leaks, secrets).length, SECRETS);
  // And by a server that tells them: its answers are read by the same planting.
  const echo = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    fetch: async (request) => Response.json([request.url, [...request.headers], await request.text()]),
  });
  const told = await plant({ url: `http://127.0.0.1:${echo.port}` } as TestWeir, "key", secrets);
  await echo.stop();
  const all = told.map(({ text }) => text).join("\n");
  assert.equal(secrets.filter((secret) => all.includes(secret)).length, SECRETS);
  console.log(`# secrets: ${SECRETS} of ${SECRETS} found behind a server that repeats them`);
});
