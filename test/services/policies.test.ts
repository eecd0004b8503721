import { afterAll, beforeAll, test } from "bun:test";
import assert from "node:assert/strict";
import { eventually } from "../e2e/eventually.ts";
import { startTwoReplicas, type TwoReplicas } from "./two-replicas.ts";

let world: TwoReplicas;
beforeAll(async () => {
  world = await startTwoReplicas("engineer", (yaml) => yaml.replace("models:", "models:\n  small: { provider: up, upstream: mock-small }"));
}, 60_000);
afterAll(() => world.close(), 60_000);

test("a policy that is approved at one replica counts at the other soon after", async () => {
  const [here, there] = world.replicas;
  const { key } = await here.tenant("acme");
  const [one, two] = await Promise.all(["one", "two"].map((sub) => world.issuer.sign({ sub, role: "engineer" })));
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
