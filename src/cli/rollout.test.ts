import { test } from "bun:test";
import assert from "node:assert/strict";
import { type Answers, runCli, startFakeServer } from "./testing.ts";

async function run(argv: readonly string[], answers: Answers) {
  const server = await startFakeServer(answers);
  const printed = await runCli([...argv, "--url", server.url, "--key", "k"], {});
  await server.close();
  return { ...printed, seen: server.seen.map(({ method, path, body }) => ({ method, path, body })) };
}

const ROLLOUT = { id: "rol_1", kind: "model", model: "auto", to: "next", state: "running", share: 5, since: "2026-11-26T12:00:00.000Z" };
const COMPARED = [{ gate: "failures", candidate: 0.30001, baseline: 0, limit: 0.02 }];

test("start sends what was said and no more, and says what comes next", async () => {
  const answers = { "POST /admin/v1/rollouts": { status: 201, json: ROLLOUT } };
  const model = await run(["rollout", "start", "model", "--model", "auto", "--to", "next", "--steps", "10,100"], answers);
  assert.equal(model.out, "Rollout rol_1 has begun. Next: weir rollout show rol_1\n");
  assert.deepEqual(model.seen[0]?.body, { kind: "model", model: "auto", to: "next", steps: [10, 100] });
  const prompt = await run(["rollout", "start", "prompt", "--tenant", "acme", "--version", "prm_1"], answers);
  assert.deepEqual(prompt.seen[0]?.body, { kind: "prompt", tenant: "acme", version: "prm_1" });
  for (const wrong of [["hope"], ["model", "--to", "next"], ["policy"]]) {
    const told = await run(["rollout", "start", ...wrong], answers);
    assert.deepEqual([told.code, told.seen.length], [2, 0], wrong.join(" "));
  }
});

test("list and show tell where it is, what its gates say and how it came there", async () => {
  const listed = await run(["rollout", "list", "--tenant", "acme"], {
    "GET /admin/v1/rollouts": ({ path }) => {
      assert.ok(path.includes("tenant=acme"));
      return { json: { data: [ROLLOUT], nextCursor: null } };
    },
  });
  assert.equal(listed.out.split("\n")[1], "rol_1  model auto to next  running  5 %    2026-11-26T12:00:00.000Z");
  const history = [
    { at: ROLLOUT.since, act: "start", share: 5, by: "admin-key", reason: "by hand", compared: [] },
    { at: ROLLOUT.since, act: "rollback", share: 0, by: "server", reason: "failures", compared: COMPARED },
  ];
  const now = { act: "hold", reason: "too-few-calls", compared: [] };
  const shown = await run(["rollout", "show", "rol_1"], { "GET /admin/v1/rollouts/rol_1": { json: { ...ROLLOUT, now, history } } });
  assert.deepEqual(shown.out.trimEnd().split("\n"), [
    "rol_1: model auto to next, running at 5 %",
    "now: hold (too-few-calls)",
    "2026-11-26T12:00:00.000Z  start to 5 % by admin-key (by hand)",
    "2026-11-26T12:00:00.000Z  rollback to 0 % by server (failures)",
    "    failures: 0.3 against 0 (limit 0.02)",
  ]);
});

test("promote and rollback say what it is then", async () => {
  for (const act of ["promote", "rollback"]) {
    const moved = await run(["rollout", act, "rol_1", "--reason", "seen enough"], {
      [`POST /admin/v1/rollouts/rol_1/${act}`]: { json: { ...ROLLOUT, state: "finished" } },
    });
    assert.equal(moved.out, "Rollout rol_1 is finished.\n");
    assert.deepEqual(moved.seen[0]?.body, { reason: "seen enough" });
  }
});
