import assert from "node:assert/strict";
import { afterAll, beforeAll, test } from "bun:test";
import { AUDIENCE, startIssuer, type TestIssuer } from "../../src/admit/token-issuer.fixture.ts";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import { eventually } from "./eventually.ts";
import { startWeir, type TestWeir, WITHOUT_BREAKERS } from "./server.ts";

/** Rollouts on a whole server: what goes out, what comes back by itself, and who may ask. */

type Rollout = {
  readonly id: string;
  readonly state: string;
  readonly share: number;
  readonly now?: { readonly act: string; readonly reason: string };
  readonly history: readonly { readonly act: string; readonly share: number; readonly by: string; readonly reason: string }[];
};
type Event = { readonly rollout?: { readonly id: string; readonly variant: string; readonly share: number }; readonly modelAsked: string };

let issuer: TestIssuer;
let upstream: FakeUpstream;
let weir: TestWeir;
let key: string;
/** A share counts some seconds after it was decided: here they pass fifty times as fast. */
const began = Date.now();
const clock = { nowMs: () => began + (Date.now() - began) * 50, monotonicMs: () => performance.now() };

/** What the model was told by whom it works for, call by call. */
const prompts: string[] = [];
const systemOf = (asked: unknown): string => /(Old|New) words\./.exec(JSON.stringify(asked))?.[0] ?? "none";

beforeAll(async () => {
  issuer = await startIssuer(clock.nowMs);
  upstream = await createFakeUpstream({
    say(asked) {
      prompts.push(systemOf(asked));
      return undefined;
    },
  });
  weir = await startWeir({
    clock,
    yaml: `
providers:
  up: { kind: openai, baseUrl: "${upstream.openaiBaseUrl}", apiKey: k, trust: private }
  away: { kind: openai, baseUrl: "${upstream.openaiBaseUrl}", apiKey: k, trust: external }
models:
  old: { provider: up, upstream: mock, price: { inputPerMTok: 1, outputPerMTok: 1 } }
  good: { provider: up, upstream: mock-good, price: { inputPerMTok: 1, outputPerMTok: 1 } }
  failing: { provider: up, upstream: "mock@status=500", price: { inputPerMTok: 1, outputPerMTok: 1 } }
  dear: { provider: up, upstream: mock-dear, price: { inputPerMTok: 9, outputPerMTok: 9 } }
  outside: { provider: away, upstream: mock-outside, price: { inputPerMTok: 1, outputPerMTok: 1 } }
routes:
  auto:
    - { when: "pii.found", use: [old], trust: private }
    - { use: [old] }
guard: { pii: "off" }
auth: { oidc: [{ issuer: "${issuer.url}", audience: ${AUDIENCE}, roles: { engineer: engineer, viewer: viewer } }] }
${WITHOUT_BREAKERS}
`,
  });
  ({ key } = await weir.tenant("acme"));
});
afterAll(async () => {
  await weir.close();
  await upstream.close();
  await issuer.close();
});

/** Made anew each time: the clock runs away from them. */
const as = async (sub: "asks" | "gives", expect?: number) => ({
  key: await issuer.sign({ sub, role: "engineer" }),
  ...(expect === undefined ? {} : { expect }),
});
const GATES = { callsMin: 20, stepSeconds: 0, latencyRatio: null };
const start = (body: object, expect?: number) =>
  weir.call<Rollout>("POST", "/admin/v1/rollouts", { gates: GATES, ...body }, expect === undefined ? {} : { expect });
const read = (id: string, tenant?: string) =>
  weir.call<Rollout>("GET", `/admin/v1/rollouts/${id}${tenant === undefined ? "" : `?tenant=${tenant}`}`);
const move = (id: string, act: string, tenant?: string) => weir.call<Rollout>("POST", `/admin/v1/rollouts/${id}/${act}`, { tenant });

/** What it said and who said it, to a user. */
async function ask(user: string, model = "old", content = "parts=3"): Promise<{ status: number; model: string | null; requestId: string }> {
  const response = await weir.chat(key, { model, user, max_tokens: 5, messages: [{ role: "user", content }] });
  await response.text();
  const { headers, status } = response;
  return { status, model: headers.get("x-weir-model"), requestId: headers.get("x-weir-request-id") ?? "" };
}
/** Of many users at once, who got which model. */
async function askAll(users: readonly string[], model?: string, content?: string): Promise<Map<string, string | null>> {
  const got = new Map<string, string | null>();
  for (let at = 0; at < users.length; at += 25)
    await Promise.all(
      users.slice(at, at + 25).map(async (user) => {
        const answer = await ask(user, model, content);
        assert.equal(answer.status, 200, "a caller noticed");
        got.set(user, answer.model);
      }),
    );
  return got;
}
const USERS = Array.from({ length: 300 }, (_, at) => `user ${String(at)}`);
const eventOf = async (requestId: string): Promise<{ event: Event; sentences: string[] }> =>
  await weir.call("GET", `/admin/v1/explain/${requestId}`);

/** The server decides every few seconds of its own clock, however many calls a quick machine makes meanwhile. */
const OVER_WITHIN_MS = 90_000;

/** Asks until the rollout is no longer running. */
async function untilOver(id: string): Promise<{ done: Rollout; asked: number; touched: number; flipped: number }> {
  const candidates = new Set<string>();
  let [asked, touched, flipped] = [0, 0, 0];
  for (const endsMs = performance.now() + OVER_WITHIN_MS; performance.now() < endsMs;) {
    const got = await askAll(USERS);
    asked += got.size;
    for (const [user, model] of got) {
      if (model !== "old") {
        candidates.add(user);
        touched++;
      } else if (candidates.has(user)) flipped++;
    }
    const done = await read(id);
    if (done.state !== "running") return { done, asked, touched, flipped };
  }
  return assert.fail("it never ended");
}

test("a healthy model reaches everybody by itself, and nobody who has it loses it", async () => {
  const { id } = await start({ kind: "model", model: "old", to: "good" });
  const { done, asked, flipped } = await untilOver(id);
  assert.equal(done.state, "finished");
  assert.equal(flipped, 0);
  assert.deepEqual(
    done.history.map(({ act, share, by }) => [act, share, by]),
    [
      ["start", 5, "admin-key"],
      ["promote", 20, "server"],
      ["promote", 50, "server"],
      ["promote", 100, "server"],
      ["finish", 100, "server"],
    ],
  );
  const after = await askAll(USERS.slice(0, 20));
  assert.deepEqual(new Set(after.values()), new Set(["good"]), "it stays");
  assert.equal((await move(id, "rollback")).state, "rolled-back");
  assert.deepEqual(new Set((await askAll(USERS.slice(0, 20))).values()), new Set(["old"]), "until somebody takes it back");
  console.log(`# healthy: ${String(asked)} calls, 0 flipped`);
}, 120_000);

for (const [to, reason] of [
  ["failing", "failures"],
  ["dear", "cost"],
] as const)
  test(`a model that is worse (${reason}) is rolled back by itself, and no caller notices`, async () => {
    const { id } = await start({ kind: "model", model: "old", to });
    const { done, asked } = await untilOver(id);
    assert.deepEqual([done.state, done.history.at(-1)?.reason, done.history.at(-1)?.by], ["rolled-back", reason, "server"]);
    assert.ok(
      done.history.every(({ share }) => share <= 5),
      "at the first step",
    );
    const got = await askAll(USERS);
    assert.deepEqual(new Set(got.values()), new Set(["old"]));
    console.log(`# ${reason}: rolled back after ${String(asked)} calls`);
  }, 120_000);

test("a call says what it took part in, where the candidate may not go it takes no part, and paused it stays", async () => {
  const { id } = await start({ kind: "model", model: "auto", to: "outside", steps: [50, 100], gates: { ...GATES, callsMin: 100_000 } });
  const answers = await eventually(async () => {
    const got = await Promise.all(USERS.slice(0, 20).map((user) => ask(user, "auto")));
    assert.ok(got.some(({ model }) => model === "outside") && got.some(({ model }) => model === "old"));
    return got;
  });
  for (const { model, requestId } of answers) {
    const { event, sentences } = await eventOf(requestId);
    const variant = model === "outside" ? "candidate" : "baseline";
    assert.deepEqual(event.rollout, { id, variant, share: 50 });
    assert.ok(sentences.some((sentence) => sentence.includes(id)));
  }
  await move(id, "pause");
  // Personal data: the rule keeps it on own hardware, and the rollout widens nothing.
  const kept = await Promise.all(USERS.slice(0, 40).map((user) => ask(user, "auto", "Write to ada@example.com parts=2")));
  assert.deepEqual(new Set(kept.map(({ model }) => model)), new Set(["old"]));
  assert.equal((await eventOf(kept[0]?.requestId ?? "")).event.rollout, undefined);
  const again = await Promise.all(USERS.slice(0, 20).map((user) => ask(user, "auto")));
  assert.deepEqual(
    again.map(({ model }) => model),
    answers.map(({ model }) => model),
  );
  await weir
    .call("POST", `/admin/v1/rollouts/${id}/scores`, {
      scores: [
        { requestId: answers[0]?.requestId, score: 1 },
        { requestId: answers[0]?.requestId, score: 0 },
        { requestId: kept[0]?.requestId, score: 0 },
      ],
    })
    .then((told) => assert.deepEqual(told, { taken: 1 }));
  await move(id, "rollback");
  assert.deepEqual(new Set((await askAll(USERS.slice(0, 20), "auto")).values()), new Set(["old"]));
});

test("a version of the prompt goes out to a share and then into production, by two persons", async () => {
  await weir.call("PATCH", "/admin/v1/tenants/acme", { systemPrompt: "Old words." });
  const draft = { tenant: "acme", name: "system", text: "New words." };
  prompts.length = 0;
  const prompt = await weir.call<{ id: string }>("POST", "/admin/v1/prompts", draft, await as("asks"));
  const wanted = { kind: "prompt", tenant: "acme", version: prompt.id, steps: [50, 100], gates: GATES };
  await weir.call("POST", "/admin/v1/rollouts", wanted, await as("gives", 409));
  await weir.call("POST", `/admin/v1/prompts/${prompt.id}/promote`, { tenant: "acme" }, await as("asks"));
  await weir.call("POST", "/admin/v1/rollouts", wanted, await as("asks", 403));
  const { id } = await weir.call<Rollout>("POST", "/admin/v1/rollouts", wanted, await as("gives"));
  await weir.call("POST", "/admin/v1/rollouts", wanted, await as("gives", 409));
  const said = new Set<string>();
  let done = await read(id, "acme");
  for (let round = 0; round < 60 && done.state === "running"; round++) {
    await askAll(USERS);
    for (const each of prompts.splice(0)) said.add(each);
    done = await read(id, "acme");
  }
  assert.equal(done.state, "finished");
  assert.deepEqual(said, new Set(["Old words.", "New words."]));
  const tenant = await weir.call<{ systemPrompt: string }>("GET", "/admin/v1/tenants/acme");
  assert.equal(tenant.systemPrompt, "New words.");
  const version = await weir.call<{ environment: string; approvedBy: string }>("GET", `/admin/v1/prompts/${prompt.id}?tenant=acme`);
  assert.equal(version.environment, "production");
});

test("a version of the routes goes out to a share and then into production", async () => {
  const body = { kind: "routes", body: { routes: { auto: [{ use: ["good"] }] } } };
  const policy = await weir.call<{ id: string }>("POST", "/admin/v1/policies", body, await as("asks"));
  await weir.call("POST", `/admin/v1/policies/${policy.id}/promote`, {}, await as("asks"));
  const wanted = { kind: "policy", version: policy.id, steps: [50, 100], gates: GATES };
  const { id } = await weir.call<Rollout>("POST", "/admin/v1/rollouts", wanted, await as("gives"));
  const models = new Set<string | null>();
  let done = await read(id);
  for (let round = 0; round < 60 && done.state === "running"; round++) {
    for (const model of (await askAll(USERS, "auto")).values()) models.add(model);
    done = await read(id);
  }
  assert.equal(done.state, "finished");
  assert.deepEqual(models, new Set(["old", "good"]));
  await eventually(async () => assert.equal((await ask("user 1", "auto")).model, "good"));
});

test("what is no model, no share and no version is told so, and another tenant's rollout is not there", async () => {
  const wrong: readonly (readonly [object, number])[] = [
    [{ kind: "model", model: "old", to: "nothing" }, 400],
    [{ kind: "model", model: "nothing", to: "good" }, 400],
    [{ kind: "model", model: "old", to: "old" }, 400],
    [{ kind: "model", model: "old", to: "good", steps: [20, 5, 100] }, 400],
    [{ kind: "model", model: "old", to: "good", steps: [5, 20] }, 400],
    [{ kind: "model", model: "old", to: "good", steps: [60, 100] }, 400],
    [{ kind: "prompt", version: "prm_0000000000000000" }, 400],
    [{ kind: "prompt", tenant: "acme", version: "nothing" }, 404],
    [{ kind: "policy", version: "pol_0000000000000000" }, 404],
  ];
  for (const [body, status] of wrong) await start(body, status);
  const { id } = await start({ kind: "model", tenant: "acme", model: "old", to: "good" });
  await weir.call("GET", `/admin/v1/rollouts/${id}`, undefined, { expect: 404 });
  await weir.tenant("globex");
  await weir.call("GET", `/admin/v1/rollouts/${id}?tenant=globex`, undefined, { expect: 404 });
  await weir.call("POST", `/admin/v1/rollouts/${id}/pause`, { tenant: "globex" }, { expect: 404 });
  const { data } = await weir.call<{ data: Rollout[] }>("GET", "/admin/v1/rollouts?tenant=acme");
  assert.ok(data.some((each) => each.id === id));
  await move(id, "rollback", "acme");
  console.log(`# refused: ${String(wrong.length)} bodies`);
});
