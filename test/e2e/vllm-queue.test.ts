import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import { createFakeVllm, type FakeVllm } from "../upstream/vllm/index.ts";
import { eventually } from "./eventually.ts";
import { startWeir, type TestWeir } from "./server.ts";

const CALLS = 200;
const AT_ONCE = 8;

let one: FakeVllm;
let two: FakeVllm;
let weir: TestWeir;
let key: string;
beforeAll(async () => {
  [one, two] = await Promise.all([createFakeVllm(), createFakeVllm()]);
  weir = await startWeir({
    yaml: `
providers:
  one: { kind: openai, engine: vllm, baseUrl: "${one.baseUrl}", trust: private }
  two: { kind: openai, engine: vllm, baseUrl: "${two.baseUrl}", trust: private }
models:
  one: { provider: one, upstream: base }
  two: { provider: two, upstream: base }
routes:
  soonest: [{ use: [one, two], strategy: least-busy }]
  written: [{ use: [one, two] }]
`,
  });
  ({ key } = await weir.tenant("acme"));
});
afterAll(async () => {
  await weir.close();
  await Promise.all([one.close(), two.close()]);
});

const metricsAsked = ({ paths }: FakeVllm): number => paths.filter((path) => path === "GET /metrics").length;

/** Changes what the servers tell, and waits until a reading has begun after that and has been followed by another. Returns how long that took. */
async function become(change: () => void): Promise<number> {
  const startedMs = performance.now();
  change();
  const before = [one, two].map(metricsAsked);
  await eventually(
    async () => {
      for (const [at, server] of [one, two].entries()) assert.ok(metricsAsked(server) >= (before[at] ?? 0) + 2);
    },
    { everyMs: 10 },
  );
  return performance.now() - startedMs;
}

/** Sends calls, and fails where one of them reached a server that was not to get any. */
async function checkAvoided(route: string, avoided: FakeVllm, other: FakeVllm): Promise<number> {
  const before = [avoided.bodies.length, other.bodies.length] as const;
  for (let sent = 0; sent < CALLS; sent += AT_ONCE) {
    const calls = Array.from({ length: AT_ONCE }, () => weir.chat(key, { model: route, messages: [{ role: "user", content: "Hello." }] }));
    for (const response of await Promise.all(calls)) {
      assert.equal(response.status, 200);
      await response.text();
    }
  }
  assert.equal(avoided.bodies.length - before[0], 0, "calls at the server with the long queue");
  assert.equal(other.bodies.length - before[1], CALLS);
  return CALLS;
}

test("a replica with a deep queue gets no new work once its metrics say so, and gets it again when the other one's is deeper", async () => {
  const knownMs = await become(() => void (one.load.waiting = 40));
  let calls = await checkAvoided("soonest", one, two);
  await become(() => {
    one.load.waiting = 0;
    two.load.waiting = 5;
  });
  calls += await checkAvoided("soonest", two, one);
  console.log(`# ${calls} calls, 0 at the replica with the queue; read twice within ${knownMs.toFixed(0)} ms`);
});

test("a longer queue that moves is taken before a shorter one that stands", async () => {
  await become(() => {
    one.load.waiting = 20;
    one.load.finished += 10_000;
    two.load.waiting = 4;
  });
  await checkAvoided("soonest", two, one);
});

test("planted fault: a route that goes by the order written is caught", async () => {
  await become(() => {
    one.load.waiting = 40;
    two.load.waiting = 0;
  });
  await assert.rejects(checkAvoided("written", one, two), /long queue/);
});
