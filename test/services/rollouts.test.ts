import assert from "node:assert/strict";
import { afterAll, beforeAll, test } from "bun:test";
import { eventually } from "../e2e/eventually.ts";
import { startTwoReplicas, type TwoReplicas } from "./two-replicas.ts";

/** Two replicas of one PostgreSQL: counts of both decide, one of them moves, and both send a caller to the same variant. */

type Rollout = {
  readonly id: string;
  readonly state: string;
  readonly share: number;
  readonly history: readonly { readonly act: string }[];
};

let world: TwoReplicas;
let key: string;
beforeAll(async () => {
  world = await startTwoReplicas("engineer", (yaml) =>
    yaml.replace(
      "models:",
      `models:
  good: { provider: up, upstream: mock-good, price: { inputPerMTok: 1, outputPerMTok: 2 } }
  failing: { provider: up, upstream: "mock@status=500", price: { inputPerMTok: 1, outputPerMTok: 2 } }`,
    ),
  );
  ({ key } = await world.replicas[0].tenant("acme"));
}, 120_000);
afterAll(() => world.close());

const USERS = Array.from({ length: 120 }, (_, at) => `user ${String(at)}`);

/** Each user asks both replicas at one moment; who got what. */
async function askBoth(): Promise<ReadonlyMap<string, readonly (string | null)[]>> {
  const got = new Map<string, (string | null)[]>();
  for (let at = 0; at < USERS.length; at += 20)
    await Promise.all(
      USERS.slice(at, at + 20).map(async (user) => {
        const body = { model: "m", user, max_tokens: 5, messages: [{ role: "user", content: "parts=2" }] };
        const answers = await Promise.all(world.replicas.map((replica) => replica.chat(key, body)));
        for (const answer of answers) assert.equal(answer.status, 200, await answer.text());
        got.set(
          user,
          answers.map(({ headers }) => headers.get("x-weir-model")),
        );
      }),
    );
  return got;
}

async function follow(to: string): Promise<{ done: Rollout; asked: number; apart: number; flipped: number }> {
  const [one, two] = world.replicas;
  const gates = { callsMin: 40, stepSeconds: 0, latencyRatio: null };
  const { id } = await one.call<Rollout>("POST", "/admin/v1/rollouts", { kind: "model", model: "m", to, steps: [20, 50, 100], gates });
  const candidates = new Set<string>();
  let [asked, apart, flipped] = [0, 0, 0];
  for (let round = 0; round < 400; round++) {
    for (const [user, models] of await askBoth()) {
      asked += models.length;
      // The moment of a new share may lie between two answers to one user.
      if (new Set(models).size > 1) apart++;
      if (models.every((model) => model === to)) candidates.add(user);
      else if (models.every((model) => model === "m") && candidates.has(user)) flipped++;
    }
    const done = await two.call<Rollout>("GET", `/admin/v1/rollouts/${id}`);
    if (done.state !== "running") return { done, asked, apart, flipped };
  }
  return assert.fail("it never ended");
}

test("a healthy rollout goes on once for each share, whichever replica decides, and both agree about every caller", async () => {
  const { done, asked, apart, flipped } = await follow("good");
  assert.equal(done.state, "finished");
  assert.deepEqual(
    done.history.map(({ act }) => act),
    ["start", "promote", "promote", "finish"],
  );
  assert.equal(flipped, 0);
  assert.ok(apart <= 60, `${String(apart)} of ${String(asked / 2)} pairs apart`);
  console.log(`# two replicas: ${String(asked)} calls, 0 flipped, ${String(apart)} pairs at the moment of a new share`);
  await world.replicas[1].call("POST", `/admin/v1/rollouts/${done.id}/rollback`, {});
  await eventually(async () => {
    const models = new Set([...(await askBoth()).values()].flat());
    assert.deepEqual(models, new Set(["m"]));
  });
}, 180_000);

test("a regression that each replica saw half of is rolled back on both", async () => {
  const { done } = await follow("failing");
  assert.equal(done.state, "rolled-back");
  await eventually(async () => {
    const models = new Set([...(await askBoth()).values()].flat());
    assert.deepEqual(models, new Set(["m"]));
  });
}, 180_000);
