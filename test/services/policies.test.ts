import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { AUDIENCE, startIssuer, type TestIssuer } from "../../src/admit/token-issuer.fixture.ts";
import { startPostgres, type PostgresServer } from "../../tools/suite/postgres.ts";
import { oneModel, startWeir, type TestWeir } from "../e2e/server.ts";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import { eventually } from "./program.ts";

let postgres: PostgresServer;
let upstream: FakeUpstream;
let issuer: TestIssuer;
let replicas: readonly [TestWeir, TestWeir];
beforeAll(async () => {
  postgres = await startPostgres();
  upstream = await createFakeUpstream();
  issuer = await startIssuer(Date.now);
  const env = { DATABASE_URL: postgres.url, WEIR_SECRET: randomBytes(32).toString("hex") };
  const models = oneModel(upstream.openaiBaseUrl).replace("models:", "models:\n  small: { provider: up, upstream: mock-small }");
  const yaml = `${models}\nauth: { oidc: [{ issuer: "${issuer.url}", audience: ${AUDIENCE}, roles: { engineer: engineer } }] }\n`;
  replicas = [await startWeir({ yaml, env }), await startWeir({ yaml, env })];
}, 60_000);
afterAll(async () => {
  for (const replica of replicas) await replica.close();
  await upstream.close();
  await issuer.close();
  await postgres.close();
}, 60_000);

test("a policy that is approved at one replica counts at the other soon after", async () => {
  const [here, there] = replicas;
  const { key } = await here.tenant("acme");
  const [one, two] = await Promise.all(["one", "two"].map((sub) => issuer.sign({ sub, role: "engineer" })));
  const release = async (body: object): Promise<void> => {
    const tenant = "tenant" in body ? { tenant: "acme" } : {};
    const { id } = await here.call<{ id: string }>("POST", "/admin/v1/policies", body, { key: one ?? "" });
    await here.call("POST", `/admin/v1/policies/${id}/promote`, tenant, { key: one ?? "" });
    await here.call("POST", `/admin/v1/policies/${id}/approve`, tenant, { key: two ?? "" });
  };
  const ask = async (model: string): Promise<string> => {
    const response = await there.chat(key, { model, messages: [{ role: "user", content: "parts=2" }], max_tokens: 5 });
    await response.text();
    return `${response.status} ${response.headers.get("x-weir-model") ?? ""}`;
  };
  assert.equal(await ask("auto"), "200 m");
  const startedMs = performance.now();
  await release({ kind: "routes", body: { routes: { auto: [{ use: ["small"] }] } } });
  await eventually(async () => assert.equal(await ask("auto"), "200 small"));
  const routesMs = performance.now() - startedMs;
  await release({ kind: "tenant", tenant: "acme", body: { models: ["m"] } });
  await eventually(async () => assert.equal(await ask("small"), "404 "));
  console.log(`# policies: heard by another replica after ${Math.round(routesMs)} ms`);
});
