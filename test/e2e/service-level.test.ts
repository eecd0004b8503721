import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import { addDocument } from "./access-world.ts";
import { createLateClock } from "./late-clock.ts";
import { ADMIN_KEY, startWeir, type TestWeir } from "./server.ts";

const state = new Map<string, string>();
const clock = createLateClock();
let upstream: FakeUpstream;
let weir: TestWeir;
let key: string;

beforeAll(async () => {
  upstream = await createFakeUpstream({ steer: (model) => state.get(model) });
  const up = `{ kind: openai, baseUrl: "${upstream.openaiBaseUrl}", apiKey: k, trust: `;
  weir = await startWeir({
    clock,
    yaml: `
resilience:
  breaker: { enabled: false }
  retryShare: 0
  service: { reduced: [small, away], attemptsMin: 10, calmMs: 60000 }
providers:
  own: ${up} private }
  out: ${up} external }
models:
  big: { provider: own, upstream: big-model, price: { inputPerMTok: 1, outputPerMTok: 2 } }
  small: { provider: own, upstream: small-model, price: { inputPerMTok: 1, outputPerMTok: 2 } }
  away: { provider: out, upstream: away-model, price: { inputPerMTok: 1, outputPerMTok: 2 } }
routes:
  auto: [{ use: [big], trust: private }]
`,
  });
  ({ key } = await weir.tenant("acme"));
  await weir.call("POST", "/v1/vector_stores", { name: "house" }, { key });
  await addDocument(weir, key, "house", ["meals.txt", "Meals. The canteen serves lunch from eleven to two."]);
});
afterAll(async () => {
  await weir.close();
  await upstream.close();
});

type Told = {
  readonly status: number;
  readonly model?: string | undefined;
  readonly degraded?: boolean | undefined;
  readonly service?: string | undefined;
  readonly tier?: string | undefined;
};
async function ask(model: string, rag = false): Promise<Told> {
  const documents = rag ? { rag: { enabled: true, collection: "house" } } : {};
  const response = await weir.chat(key, { model, messages: [{ role: "user", content: "When is lunch served?" }], ...documents });
  const { weir: told } = (await response.json()) as { weir?: Omit<Told, "status"> };
  return told === undefined
    ? { status: response.status }
    : {
        status: response.status,
        model: told.model,
        degraded: told.degraded,
        tier: told.tier,
        ...(told.service === undefined ? {} : { service: told.service }),
      };
}
const askMany = async (model: string, times: number): Promise<void> => {
  for (let n = 0; n < times; n++) await ask(model);
};
async function level(): Promise<string | undefined> {
  const response = await fetch(`${weir.url}/metrics`, { headers: { authorization: `Bearer ${ADMIN_KEY}` } });
  return /^weir_service_level (\d)$/m.exec(await response.text())?.[1];
}
const FULL: Told = { status: 200, model: "big", degraded: false, tier: "model" };

test("full, reduced, emergency and back: every answer of less than full service says so", async () => {
  assert.deepEqual(await ask("auto"), FULL);
  await askMany("auto", 20);

  // Two of some twenty: a tenth.
  state.set("big-model", "status=500");
  await askMany("auto", 2);
  state.clear();
  assert.deepEqual(await ask("auto"), { status: 200, model: "small", degraded: true, tier: "model", service: "reduced" });
  assert.deepEqual([await ask("big"), await level()], [FULL, "1"], "who names a model gets that one");
  const stream = await (await weir.chat(key, { model: "auto", stream: true, messages: [{ role: "user", content: "Hello." }] })).text();
  assert.match(stream, /"degraded":true,"service":"reduced"/);

  state.set("big-model", "status=500").set("small-model", "fault=reset-head");
  await askMany("auto", 30);
  const since = upstream.calls.length;
  assert.deepEqual(await ask("auto", true), { status: 200, model: "extractive", degraded: true, tier: "extractive", service: "emergency" });
  assert.equal(upstream.calls.length, since, "no model was asked");
  assert.equal((await ask("auto")).status, 502, "without documents a model is still tried");

  state.clear();
  clock.skip(50_000);
  assert.equal((await ask("auto", true)).service, "emergency", "up is slow");
  clock.skip(60_000);
  assert.deepEqual(await ask("auto", true), { status: 200, model: "small", degraded: true, tier: "model", service: "reduced" });
  clock.skip(61_000);
  assert.deepEqual([await ask("auto"), await level()], [FULL, "0"]);
  assert.ok(!upstream.calls.some(({ model }) => model === "away-model"), "what the rule keeps private stays private at every level");
  const logged = weir.logged.filter((line) => line.includes("the service is"));
  assert.equal(logged.length, 4);
  console.log("# service levels: full, reduced, emergency, reduced, full; 0 answers that hide it, 0 calls to what the rule forbids");
});
