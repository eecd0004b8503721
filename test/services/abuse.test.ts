import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import { eventually } from "../e2e/eventually.ts";
import { misuse, ordinary } from "../e2e/misuse.ts";
import type { TestWeir } from "../e2e/server.ts";
import { startTwoReplicas, type TwoReplicas } from "./two-replicas.ts";

/** Half a point a refusal: the ninth is above the second threshold. */
const ABUSE = "abuse: { mode: suspend, throttleAbove: 2, suspendAbove: 4, halfLifeMinutes: 1440, callsPerMinute: 1000 }";
let world: TwoReplicas;
beforeAll(async () => {
  world = await startTwoReplicas("member", (yaml) => `${yaml}${ABUSE}`);
  await world.replicas[0].tenant("acme", { guard: { pii: "block" } });
}, 60_000);
afterAll(() => world.close(), 60_000);

const codeOf = async (weir: TestWeir, key: string): Promise<string> => (await ordinary(weir, key)).code;

test("a key that one replica suspends is refused by the other soon after, and served again when the other lifts it", async () => {
  const [here, there] = world.replicas;
  const { id, key } = await here.call<{ id: string; key: string }>("POST", "/admin/v1/tenants/acme/keys", { name: "app" });
  assert.deepEqual([await codeOf(here, key), await codeOf(there, key)], ["answered", "answered"]);
  for (let time = 0; time < 9; time++) await misuse(here, key);
  const startedMs = performance.now();
  assert.equal(await codeOf(here, key), "key_suspended");
  await eventually(async () => assert.equal(await codeOf(there, key), "key_suspended"));
  const heardMs = performance.now() - startedMs;
  await there.call("POST", `/admin/v1/tenants/acme/keys/${id}/resume`);
  assert.equal(await codeOf(there, key), "answered");
  await eventually(async () => assert.equal(await codeOf(here, key), "answered"));
  console.log(`# abuse: a suspension was heard by another replica after ${Math.round(heardMs)} ms`);
});

test("the holder of a token is refused by the replica that counted, whatever token they bring, and by no other", async () => {
  const [here, there] = world.replicas;
  const sign = (jti: string) => world.issuer.sign({ sub: "eve", role: "member", tenant: "acme", jti });
  const token = await sign("one");
  for (let time = 0; time < 9; time++) await misuse(here, token);
  assert.equal(await codeOf(here, token), "key_suspended");
  assert.equal(await codeOf(here, await sign("two")), "key_suspended");
  assert.equal(await codeOf(there, token), "answered");
});

test("what one replica refused is reported at the other, listed and labelled", async () => {
  const [here, there] = world.replicas;
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
