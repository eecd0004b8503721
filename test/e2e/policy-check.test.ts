import assert from "node:assert/strict";
import { afterAll, beforeAll, test } from "bun:test";
import { AUDIENCE, startIssuer, type TestIssuer } from "../../src/admit/token-issuer.fixture.ts";
import { effectiveRoutes, routeSignals } from "../../src/contract/routes.ts";
import { policy, policyPage } from "../../src/contract/policy.ts";
import { policyCheck, type PolicyCheck } from "../../src/contract/policy-check.ts";
import { rolloutDetail } from "../../src/contract/rollout.ts";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import { startWeir, type TestWeir } from "./server.ts";

/** What can be known of a policy, a route and a rollout before anybody writes or moves one. */

let issuer: TestIssuer;
let upstream: FakeUpstream;
let weir: TestWeir;
const tokens = new Map<string, string>();
beforeAll(async () => {
  issuer = await startIssuer(Date.now);
  upstream = await createFakeUpstream();
  const price = "price: { inputPerMTok: 1, outputPerMTok: 1 }";
  weir = await startWeir({
    yaml: `
providers:
  up: { kind: openai, baseUrl: "${upstream.openaiBaseUrl}", apiKey: k, trust: private, region: eu }
  away: { kind: openai, baseUrl: "${upstream.openaiBaseUrl}", apiKey: k, trust: external }
models:
  own: { provider: up, upstream: mock }
  small: { provider: up, upstream: mock-small, ${price} }
  outside: { provider: away, upstream: nobody-knows-its-price }
routes:
  auto:
    - { when: "tools", use: [small] }
    - { use: [own, outside] }
tiers: { gold: { rpm: 10 } }
auth: { oidc: [{ issuer: "${issuer.url}", audience: ${AUDIENCE}, roles: { engineer: engineer, viewer: viewer } }] }
`,
  });
  await weir.tenant("acme", { rpm: 100 });
  for (const [sub, role] of [
    ["one", "engineer"],
    ["two", "engineer"],
    ["looks", "viewer"],
  ] as const)
    tokens.set(sub, await issuer.sign({ sub, role }));
});
afterAll(async () => {
  await weir.close();
  await upstream.close();
  await issuer.close();
});

const by = (sub: string, expect?: number) => ({ key: tokens.get(sub) ?? "", ...(expect === undefined ? {} : { expect }) });
const check = async (body: object): Promise<PolicyCheck> =>
  policyCheck.parse(await weir.call("POST", "/admin/v1/policies/check", body, by("one")));
const checkRoutes = (routes: unknown) => check({ kind: "routes", body: { routes } });
const write = async (routes: object, sub = "one", expect?: number) =>
  await weir.call<{ id: string }>("POST", "/admin/v1/policies", { kind: "routes", body: { routes } }, by(sub, expect));
const read = async (id: string, sub: string) => policy.parse(await weir.call("GET", `/admin/v1/policies/${id}`, undefined, by(sub)));
const step = (id: string, act: string, sub: string, expect?: number) =>
  weir.call("POST", `/admin/v1/policies/${id}/${act}`, {}, by(sub, expect));

test("a draft is checked without being written: each problem at its place, warnings, and what it would change", async () => {
  const wrong = await checkRoutes({ auto: [{ when: "complxity > 1.0", use: ["onw"] }, { us: ["own"] }] });
  assert.deepEqual(
    wrong.problems.map(({ at, offset, near }) => [at, offset, near]),
    [
      ["/routes/auto/1/use", undefined, undefined],
      ["/routes/auto/1/us", undefined, "use"],
      ["/routes/auto/0/use/0", undefined, "own"],
      ["/routes/auto/0/when", 0, "complexity"],
    ],
  );
  assert.equal(wrong.changes, undefined);
  const right = await checkRoutes({ auto: [{ use: ["outside"], shadow: { model: "small", share: 0.5 } }, { use: ["own"] }] });
  assert.deepEqual(right.problems, []);
  assert.deepEqual(
    right.warnings.map(({ at }) => at),
    ["/routes/auto/0/use/0", "/routes/auto/1"],
  );
  // An approver sees all of a rule, also to whom copies go.
  assert.deepEqual(right.changes, { "routes.auto": { old: null, new: ['use outside; shadow {"model":"small","share":0.5}', "use own"] } });
  const tenant = await check({ kind: "tenant", tenant: "acme", body: { rpm: 5, tier: "gld", region: "ue", models: ["smal"] } });
  assert.deepEqual([tenant.problems, tenant.changes?.["rpm"]], [[], { old: 100, new: 5 }]);
  assert.deepEqual(
    tenant.warnings.map(({ at, near }) => [at, near]),
    [
      ["/models/0", "small"],
      ["/tier", "gold"],
      ["/region", undefined],
    ],
  );
  const { data } = policyPage.parse(await weir.call("GET", "/admin/v1/policies", undefined, by("one")));
  assert.deepEqual(data, [], "a check wrote something");
  await weir.call("POST", "/admin/v1/policies/check", { kind: "tenant", tenant: "nobody", body: {} }, by("one", 404));
  await weir.call("POST", "/admin/v1/policies/check", { kind: "routes", body: {} }, by("looks", 403));
});

test("what the check has no problem with is taken, and what it has one with is refused", async () => {
  const bodies: readonly unknown[] = [
    {},
    { auto: [] },
    { auto: [{ use: [] }] },
    { auto: [{ use: ["own"] }] },
    { auto: [{ use: ["extractive"] }] },
    { auto: [{ use: ["gone"] }] },
    { own: [{ use: ["own"] }] },
    { auto: [{ use: ["own"], when: "tools &&" }] },
    { auto: [{ use: ["own"], when: 'healthy("own") || tools' }] },
    { auto: [{ use: ["own"], when: 'healthy("gone")' }] },
    { auto: [{ use: ["own", "small"], strategy: "cascade" }] },
    { auto: [{ use: ["own", "small"], strategy: "cascade", gate: { kind: "form" } }] },
    { auto: [{ use: ["own"], shadow: { model: "gone", share: 1 } }] },
    { "a name": [{ use: ["own"] }] },
    [],
    "auto",
    null,
  ];
  let refused = 0;
  for (const routes of bodies) {
    const { problems } = await checkRoutes(routes);
    if (problems.length > 0) refused++;
    const body = { kind: "routes", body: { routes } };
    const made = await weir.call<{ id?: string }>("POST", "/admin/v1/policies", body, by("one", problems.length > 0 ? 400 : 201));
    assert.equal(made.id === undefined, problems.length > 0, JSON.stringify(routes));
  }
  assert.ok(refused > 8 && refused < bodies.length - 3);
  console.log(`# ${bodies.length} bodies, ${refused} refused by both`);
});

test("who may do what with a version is told before it is tried, and trying says the same", async () => {
  const made = await write({ auto: [{ use: ["small"] }] });
  const mayOf = async (sub: string) => {
    const { may } = await read(made.id, sub);
    return [may?.promote.reason ?? "yes", may?.approve.reason ?? "yes"];
  };
  let told = 0;
  const expectMay = async (expected: Readonly<Record<string, readonly [string, string]>>): Promise<void> => {
    for (const [sub, may] of Object.entries(expected)) {
      assert.deepEqual(await mayOf(sub), may, sub);
      told += 2;
      const { may: said } = await read(made.id, sub);
      // What is in production already is refused to who asked for it as to a second asker.
      if (said?.approve.allowed !== false || said.approve.reason === "in-production") continue;
      const status = said.approve.reason === "permission" || said.approve.reason === "same-person" ? 403 : 409;
      const path = `/admin/v1/policies/${made.id}/approve`;
      const { error } = await weir.call<{ error: { message: string } }>("POST", path, {}, by(sub, status));
      if (said.approve.reason !== "permission") assert.equal(error.message, said.approve.say);
    }
  };
  await expectMay({ one: ["yes", "not-requested"], two: ["yes", "not-requested"], looks: ["permission", "permission"] });
  await step(made.id, "promote", "one");
  await expectMay({ one: ["yes", "same-person"], two: ["yes", "yes"], looks: ["permission", "permission"] });
  const other = await write({ auto: [{ use: ["own"] }] });
  await step(other.id, "promote", "one");
  await step(other.id, "approve", "two");
  // Production has changed since: nobody approves what it would not be.
  await expectMay({ two: ["yes", "changed"] });
  await step(made.id, "promote", "two");
  await expectMay({ two: ["yes", "same-person"], one: ["yes", "yes"] });
  await step(made.id, "approve", "one");
  await expectMay({ one: ["in-production", "in-production"], two: ["in-production", "in-production"] });
  console.log(`# ${told} answers about who may`);
});

test("versions are listed by state, newest first where that is asked, page by page", async () => {
  const list = async (query: string) => policyPage.parse(await weir.call("GET", `/admin/v1/policies?${query}`, undefined, by("looks")));
  const waiting = await write({ auto: [{ use: ["own"] }] });
  await step(waiting.id, "promote", "two");
  const all = (await list("limit=100")).data.map(({ id }) => id);
  const back: string[] = [];
  for (let cursor: string | null | undefined = ""; typeof cursor === "string";) {
    const page = await list(`order=desc&limit=2${cursor === "" ? "" : `&cursor=${cursor}`}`);
    back.push(...page.data.map(({ id }) => id));
    cursor = page.nextCursor;
  }
  assert.deepEqual(back, all.toReversed());
  const byState = await Promise.all(
    ["staging", "requested", "production", "retired"].map(async (state) => (await list(`state=${state}&limit=100`)).data),
  );
  assert.deepEqual(
    byState
      .flat()
      .map(({ id }) => id)
      .toSorted(),
    all.toSorted(),
  );
  assert.deepEqual([byState[1]?.map(({ id }) => id), byState[2]?.length, byState[3]?.length], [[waiting.id], 1, 1]);
  console.log(`# ${all.length} versions in 4 states`);
});

test("the rules that count are told with where each comes from, and the words of conditions with what they mean", async () => {
  const made = await write({ auto: [{ when: "rag", use: ["small"] }], fresh: [{ use: ["own"] }, { use: ["small"] }] });
  await step(made.id, "promote", "one");
  await step(made.id, "approve", "two");
  const told = effectiveRoutes.parse(await weir.call("GET", "/admin/v1/routes", undefined, by("one")));
  assert.equal(told.policy?.id, made.id);
  assert.deepEqual(
    told.routes.map(({ name, rules }) => [
      name,
      ...rules.map(({ rule, from, when, use, reached }) => [rule, from, when, use.join(" "), reached]),
    ]),
    [
      ["auto", [1, "approved", "rag", "small", true], [2, "file", "tools", "small", true], [3, "file", undefined, "own outside", true]],
      ["fresh", [1, "approved", undefined, "own", true], [2, "approved", undefined, "small", false]],
    ],
  );
  assert.deepEqual(
    told.models.map(({ name, trust, priced, region }) => [name, trust, priced, region]),
    [
      ["own", "private", true, "eu"],
      ["small", "private", true, "eu"],
      ["outside", "external", false, null],
    ],
  );
  const { signals, modelSignals, functions } = routeSignals.parse(
    await weir.call("GET", "/admin/v1/routes/signals", undefined, by("looks")),
  );
  assert.deepEqual([signals.length, modelSignals.length], [24, 3]);
  // What is told can be written.
  for (const { example } of functions)
    assert.deepEqual((await checkRoutes({ auto: [{ when: example, use: ["own"] }] })).problems, [], example);
  await weir.call("GET", "/admin/v1/routes", undefined, by("looks", 403));
});

test("a rollout tells how each gate stands, the figures of both variants, and who may move it", async () => {
  const { id } = await weir.call<{ id: string }>("POST", "/admin/v1/rollouts", {
    kind: "model",
    model: "own",
    to: "small",
    gates: { costRatio: null },
  });
  const get = async (sub: string) => rolloutDetail.parse(await weir.call("GET", `/admin/v1/rollouts/${id}`, undefined, by(sub)));
  const open = await get("one");
  assert.deepEqual(
    open.now?.gates.map(({ gate, verdict }) => [gate, verdict]),
    [
      ["failures", "too-few-calls"],
      ["latency", "too-few-calls"],
      ["score", "too-few-calls"],
    ],
  );
  assert.deepEqual([open.now?.calls, open.figures], [{ candidate: 0, baseline: 0 }, []]);
  const mayOf = ({ may }: Awaited<ReturnType<typeof get>>) => Object.entries(may).map(([act, { reason }]) => `${act} ${reason ?? "yes"}`);
  assert.deepEqual(mayOf(open), ["promote yes", "rollback yes", "pause yes", "resume state"]);
  assert.ok(mayOf(await get("looks")).every((line) => line.endsWith(" permission")));
  await weir.call("POST", `/admin/v1/rollouts/${id}/rollback`, {}, by("two"));
  assert.deepEqual(mayOf(await get("one")), ["promote state", "rollback state", "pause state", "resume state"]);
  const listed = await weir.call<{ data: { id: string }[] }>("GET", "/admin/v1/rollouts?state=rolled-back&order=desc");
  assert.deepEqual(
    [listed.data.map((each) => each.id), (await weir.call<{ data: unknown[] }>("GET", "/admin/v1/rollouts?state=running")).data],
    [[id], []],
  );
});
