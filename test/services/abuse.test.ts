import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { AUDIENCE, startIssuer, type TestIssuer } from "../../src/admit/token-issuer.fixture.ts";
import { startPostgres, type PostgresServer } from "../../tools/suite/postgres.ts";
import { oneModel, startWeir, type TestWeir } from "../e2e/server.ts";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import { eventually } from "./program.ts";

/** Half a point a refusal: the ninth is above the second threshold. */
const ABUSE = "abuse: { mode: suspend, throttleAbove: 2, suspendAbove: 4, halfLifeMinutes: 1440, callsPerMinute: 1000 }";
let postgres: PostgresServer;
let upstream: FakeUpstream;
let issuer: TestIssuer;
let replicas: readonly [TestWeir, TestWeir];
beforeAll(async () => {
  postgres = await startPostgres();
  upstream = await createFakeUpstream();
  issuer = await startIssuer(Date.now);
  const env = { DATABASE_URL: postgres.url, WEIR_SECRET: randomBytes(32).toString("hex") };
  const auth = `auth: { oidc: [{ issuer: "${issuer.url}", audience: ${AUDIENCE}, roles: { member: member } }] }`;
  const yaml = `${oneModel(upstream.openaiBaseUrl)}${ABUSE}\n${auth}\n`;
  replicas = [await startWeir({ yaml, env }), await startWeir({ yaml, env })];
  await replicas[0].tenant("acme", { guard: { pii: "block" } });
}, 60_000);
afterAll(async () => {
  for (const replica of replicas) await replica.close();
  await upstream.close();
  await issuer.close();
  await postgres.close();
}, 60_000);

async function say(weir: TestWeir, key: string, content: string): Promise<{ code: string; id: string }> {
  const response = await weir.chat(key, { model: "m", messages: [{ role: "user", content }] });
  const { error }: { error?: { code: string } } = await response.json();
  return { code: error?.code ?? "answered", id: response.headers.get("x-weir-request-id") ?? "" };
}
const misuse = (weir: TestWeir, key: string) => say(weir, key, "Write to ada.lovelace@example.com");
const ordinary = async (weir: TestWeir, key: string): Promise<string> => (await say(weir, key, "parts=2")).code;

test("a key that one replica suspends is refused by the other soon after, and served again when the other lifts it", async () => {
  const [here, there] = replicas;
  const { id, key } = await here.call<{ id: string; key: string }>("POST", "/admin/v1/tenants/acme/keys", { name: "app" });
  assert.deepEqual([await ordinary(here, key), await ordinary(there, key)], ["answered", "answered"]);
  for (let time = 0; time < 9; time++) await misuse(here, key);
  const startedMs = performance.now();
  assert.equal(await ordinary(here, key), "key_suspended");
  await eventually(async () => assert.equal(await ordinary(there, key), "key_suspended"));
  const heardMs = performance.now() - startedMs;
  await there.call("POST", `/admin/v1/tenants/acme/keys/${id}/resume`);
  assert.equal(await ordinary(there, key), "answered");
  await eventually(async () => assert.equal(await ordinary(here, key), "answered"));
  console.log(`# abuse: a suspension was heard by another replica after ${Math.round(heardMs)} ms`);
});

test("the holder of a token is refused by the replica that counted, whatever token they bring, and by no other", async () => {
  const [here, there] = replicas;
  const sign = (jti: string) => issuer.sign({ sub: "eve", role: "member", tenant: "acme", jti });
  const token = await sign("one");
  for (let time = 0; time < 9; time++) await misuse(here, token);
  assert.equal(await ordinary(here, token), "key_suspended");
  assert.equal(await ordinary(here, await sign("two")), "key_suspended");
  assert.equal(await ordinary(there, token), "answered");
});

test("what one replica refused is reported at the other, listed and labelled", async () => {
  const [here, there] = replicas;
  const { key } = await here.call<{ key: string }>("POST", "/admin/v1/tenants/acme/keys", { name: "reporter" });
  const { id: requestId } = await misuse(here, key);
  await eventually(() => there.call("POST", "/v1/guard/reports", { requestId }, { key }));
  await there.call("POST", "/v1/guard/reports", { requestId }, { key, expect: 409 });
  const list = async (query: string): Promise<string[]> => {
    const { data } = await here.call<{ data: { requestId: string }[] }>("GET", `/admin/v1/guard/reports${query}`);
    return data.map((report) => report.requestId);
  };
  assert.deepEqual([await list("?tenant=acme&label=open"), await list("?label=correct")], [[requestId], []]);
  await here.call("POST", `/admin/v1/guard/reports/${requestId}`, { label: "correct" });
  assert.deepEqual([await list("?label=open"), await list("?label=correct&limit=1")], [[], [requestId]]);
});
