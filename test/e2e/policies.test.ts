import assert from "node:assert/strict";
import { afterAll, beforeAll, test } from "bun:test";
import { AUDIENCE, startIssuer, type TestIssuer } from "../../src/admit/token-issuer.fixture.ts";
import { createFakeUpstream, type FakeUpstream } from "../upstream/index.ts";
import { oneModel, startWeir, type TestWeir } from "./server.ts";

/** Policies reach production by two persons: a tenant's settings, and routes before those of weir.yaml. */

type Policy = {
  id: string;
  version: number;
  environment: string;
  requested: boolean;
  body: Record<string, unknown>;
  changes?: Record<string, { old: unknown; new: unknown }>;
};
type Person = "runs-one" | "runs-two" | "runs-three" | "writes" | "looks";

let issuer: TestIssuer;
let upstream: FakeUpstream;
let weir: TestWeir;
let yaml: string;
let key: string;
const tokens = new Map<Person, string>();
beforeAll(async () => {
  issuer = await startIssuer(Date.now);
  upstream = await createFakeUpstream();
  const models = oneModel(upstream.openaiBaseUrl).replace("models:", "models:\n  small: { provider: up, upstream: mock-small }");
  yaml = `${models}
approvals: { policies: required, prompts: required }
guard: { pii: "off" }
auth: { oidc: [{ issuer: "${issuer.url}", audience: ${AUDIENCE}, roles: { engineer: engineer, prompter: prompter, viewer: viewer } }] }
`;
  weir = await startWeir({ yaml });
  ({ key } = await weir.tenant("acme", { models: ["small"], rpm: 100, budgetUsd: 5 }));
  const roles = { "runs-one": "engineer", "runs-two": "engineer", "runs-three": "engineer", writes: "prompter", looks: "viewer" } as const;
  for (const [sub, role] of Object.entries(roles)) tokens.set(sub as Person, await issuer.sign({ sub, role }));
});
afterAll(async () => {
  await weir.close();
  await upstream.close();
  await issuer.close();
});

const as = (person: Person, expect?: number) => ({ key: tokens.get(person) ?? "", ...(expect === undefined ? {} : { expect }) });
const draft = (person: Person, body: object, expect?: number): Promise<Policy> =>
  weir.call("POST", "/admin/v1/policies", { kind: "tenant", tenant: "acme", body }, as(person, expect));
const step = (person: Person, { id }: Policy, name: "promote" | "approve", expect?: number, tenant: string | undefined = "acme") =>
  weir.call<Policy>("POST", `/admin/v1/policies/${id}/${name}`, { tenant }, as(person, expect));
const platformStep = (person: Person, { id }: Policy, name: "promote" | "approve", expect?: number) =>
  weir.call<Policy>("POST", `/admin/v1/policies/${id}/${name}`, {}, as(person, expect));
const question = (model = "m", content = "parts=2") => ({ model, messages: [{ role: "user", content }], max_tokens: 5 });
const statusOf = async (model?: string): Promise<number> => {
  const response = await weir.chat(key, question(model));
  await response.text();
  return response.status;
};
const servedBy = async (model: string, content?: string): Promise<string | null> => {
  const response = await weir.chat(key, question(model, content));
  await response.text();
  return response.headers.get("x-weir-model");
};

test("a tenant's settings reach production by two persons, count at once, and the log has each value before and after", async () => {
  assert.equal(await statusOf(), 404);
  const made = await draft("runs-one", { models: ["small", "m"], contentPolicy: "none" });
  // The version has every setting, so that it can be gone back to.
  assert.deepEqual(made.body, {
    budgetUsd: 5,
    contentPolicy: "none",
    context: null,
    guard: null,
    models: ["small", "m"],
    region: null,
    rpm: 100,
    tier: null,
    tpm: null,
  });
  assert.deepEqual([made.environment, made.version, made.changes], ["staging", 1, { models: { old: ["small"], new: ["small", "m"] } }]);
  await step("runs-two", made, "approve", 409);
  await step("runs-one", made, "promote");
  await step("runs-one", made, "approve", 403);
  assert.equal(await statusOf(), 404);
  const released = await step("runs-two", made, "approve");
  assert.deepEqual([released.environment, released.requested, released.changes], ["production", false, {}]);
  assert.equal(await statusOf(), 200);
  const { data } = await weir.call<{ data: { action: string; actor: string; changed: Record<string, unknown> }[] }>(
    "GET",
    "/admin/v1/audit?category=configuration&tenant=acme&limit=1000",
  );
  const entries = data.filter(({ action }) => action.startsWith("policy."));
  assert.deepEqual(
    entries.map(({ action, changed }) => [action, changed["models"]]),
    ["policy.create", "policy.promote", "policy.approve"].map((action) => [action, { old: ["small"], new: ["small", "m"] }]),
  );
  assert.deepEqual([entries[0]?.actor === entries[1]?.actor, entries[1]?.actor === entries[2]?.actor], [true, false]);
});

test("prompters and viewers read policies and touch none; a tenant's own admin reads its own", async () => {
  const made = await draft("runs-one", { rpm: 90 });
  const boss = await weir.call<{ key: string }>("POST", "/admin/v1/tenants/acme/keys", { name: "boss", role: "tenant-admin" });
  await weir.tenant("globex");
  const stranger = await weir.call<{ key: string }>("POST", "/admin/v1/tenants/globex/keys", { name: "boss", role: "tenant-admin" });
  for (const person of ["writes", "looks"] as const) {
    await draft(person, { rpm: 1_000 }, 403);
    for (const name of ["promote", "approve"] as const) await step(person, made, name, 403);
    assert.equal(
      (await weir.call<Policy>("GET", `/admin/v1/policies/${made.id}?tenant=acme`, undefined, as(person))).version,
      made.version,
    );
  }
  assert.equal((await weir.call<Policy>("GET", `/admin/v1/policies/${made.id}`, undefined, { key: boss.key })).id, made.id);
  await weir.call("POST", "/admin/v1/policies", { kind: "tenant", body: { rpm: 1_000 } }, { key: boss.key, expect: 403 });
  // Another tenant's version is one that never was, also to who may name every tenant.
  await weir.call("GET", `/admin/v1/policies/${made.id}`, undefined, { key: stranger.key, expect: 404 });
  await weir.call("GET", `/admin/v1/policies/${made.id}?tenant=globex`, undefined, as("runs-one", 404));
  await weir.call("GET", `/admin/v1/policies/${made.id}`, undefined, as("runs-one", 404));
  await step("runs-one", made, "promote", 404, "globex");
});

test("under approvals one person tightens at once and loosens nothing, which is told with what to do", async () => {
  const { slug } = await weir.tenant("tight", {
    models: ["m", "small"],
    rpm: 100,
    tpm: 100,
    budgetUsd: 5,
    region: "eu",
    tier: "gold",
    guard: { pii: "mask" },
  });
  const at = `/admin/v1/tenants/${slug}`;
  const loosens: Record<string, unknown>[] = [
    { models: null },
    { models: ["m", "small", "third"] },
    { rpm: 101 },
    { rpm: null },
    { tpm: 1_000 },
    { budgetUsd: 5.01 },
    { budgetUsd: null },
    { region: null },
    { region: "us" },
    { tier: null },
    { contentPolicy: "scrubbed-sample" },
    { contentPolicy: "full" },
    { guard: { pii: "off" } },
    { guard: { injection: "detect" } },
    { rpm: 5, models: null },
    { systemPrompt: "Be kind." },
  ];
  const before = await weir.call("GET", at);
  for (const body of loosens) {
    const { error } = await weir.call<{ error: { message: string; code: string } }>("PATCH", at, body, { expect: 403 });
    assert.match(error.message, /second person|two persons/, JSON.stringify(body));
    assert.match(error.message, /POST \/admin\/v1\/(policies|prompts)/);
  }
  assert.deepEqual(await weir.call("GET", at), before);
  const tightens = [{ models: ["m"] }, { rpm: 99 }, { tpm: 1 }, { budgetUsd: 0 }, { guard: { pii: "block" } }, { name: "Tight" }];
  for (const body of tightens) await weir.call("PATCH", at, body);
  console.log(`# approvals: ${loosens.length} ways to loosen refused to one person, ${tightens.length} that do not went through`);
});

test("what is approved is what was asked for: a change meanwhile, an urgent one say, is not undone unseen", async () => {
  const { slug } = await weir.tenant("urgent", { models: ["m", "small"], rpm: 100 });
  const made = await weir.call<Policy>("POST", "/admin/v1/policies", { kind: "tenant", tenant: slug, body: { rpm: 500 } }, as("runs-one"));
  await step("runs-one", made, "promote", undefined, slug);
  await weir.call("PATCH", `/admin/v1/tenants/${slug}`, { models: ["m"] });
  await step("runs-two", made, "approve", 409, slug);
  const now = await weir.call<{ models: string[]; rpm: number }>("GET", `/admin/v1/tenants/${slug}`);
  assert.deepEqual([now.models, now.rpm], [["m"], 100]);
  // Asked again, the approver is told that the models would be two again.
  const again = await step("runs-one", made, "promote", undefined, slug);
  assert.deepEqual(again.changes, { models: { old: ["m"], new: ["m", "small"] }, rpm: { old: 100, new: 500 } });
  await step("runs-two", made, "approve", undefined, slug);
});

test("of two who approve at once one does", async () => {
  const made = await draft("runs-one", { rpm: 95 });
  await step("runs-one", made, "promote");
  const answers = await Promise.all(
    (["runs-two", "runs-three"] as const).map((person) =>
      fetch(`${weir.url}/admin/v1/policies/${made.id}/approve`, {
        method: "POST",
        headers: { authorization: `Bearer ${tokens.get(person) ?? ""}`, "content-type": "application/json" },
        body: JSON.stringify({ tenant: "acme" }),
      }),
    ),
  );
  assert.deepEqual(
    answers.map(({ status }) => status).toSorted((a, b) => a - b),
    [200, 409],
  );
});

test("approved routes go before those of weir.yaml from the next call on and after a restart, and an older version takes them back", async () => {
  const routes = (body: object, expect?: number) =>
    weir.call<Policy>("POST", "/admin/v1/policies", { kind: "routes", body: { routes: body } }, as("runs-one", expect));
  const release = async (made: Policy): Promise<void> => {
    await platformStep("runs-one", made, "promote");
    await platformStep("runs-one", made, "approve", 403);
    await platformStep("runs-two", made, "approve");
  };
  assert.equal(await servedBy("auto"), "m");
  await routes({ auto: [{ use: ["lost"] }] }, 400);
  await routes({ m: [{ use: ["small"] }] }, 400);
  await weir.call("POST", "/admin/v1/policies", { kind: "routes", tenant: "acme", body: { routes: {} } }, as("runs-one", 400));
  const none = await routes({});
  const small = await routes({ auto: [{ use: ["small"] }], quick: [{ use: ["small", "m"] }] });
  assert.deepEqual(small.changes, {
    "routes.auto": { old: null, new: ["use small"] },
    "routes.quick": { old: null, new: ["use small, m"] },
  });
  assert.equal(await statusOf("quick"), 404);
  await release(small);
  assert.deepEqual([await servedBy("auto"), await servedBy("quick")], ["small", "small"]);
  // A configuration that is read again keeps them.
  await weir.call("POST", "/admin/v1/config/reload", {});
  assert.equal(await servedBy("auto"), "small");
  // A condition over a call's content has it looked at, though the file asks for no look.
  const found = await routes({ auto: [{ use: ["small"], when: "pii.found" }] });
  await release(found);
  assert.deepEqual([await servedBy("auto"), await servedBy("auto", "Write to ada.lovelace@example.com. parts=2")], ["m", "small"]);
  await release(small);
  await weir.stop();
  weir = await startWeir({ yaml, dataDir: weir.dataDir });
  assert.equal(await servedBy("auto"), "small");
  await release(none);
  assert.deepEqual([await servedBy("auto"), await statusOf("quick")], ["m", 404]);
  const { data } = await weir.call<{ data: Policy[] }>("GET", "/admin/v1/policies?kind=routes", undefined, as("looks"));
  assert.deepEqual(
    data.map(({ environment }) => environment),
    ["production", "retired", "retired"],
  );
});
