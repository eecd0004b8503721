import assert from "node:assert/strict";
import { test } from "bun:test";
import { type Answers, runCli, startFakeServer } from "./testing.ts";

const STORE = { id: "vs_1", object: "vector_store", name: "handbook", weir: {} };
const generation = (given: object) => ({
  generation: 1,
  model: "words",
  dimensions: 64,
  role: "serving",
  share: 100,
  index: "exact",
  documents: { total: 7, embedded: 7 },
  comparison: null,
  created_at: 1,
  ...given,
});
const STATE = {
  object: "vector_store.embedding",
  vector_store_id: "vs_1",
  generations: [
    generation({}),
    generation({
      generation: 2,
      model: "more",
      role: "candidate",
      share: 5,
      comparison: { at: "2026-11-26T12:00:00.000Z", questions: 50, recall: 0.98, overlap: 0.7, latency_ms: { candidate: 3, serving: 2 } },
    }),
  ],
};
const LISTED: Answers = {
  "GET /v1/vector_stores": { json: { object: "list", data: [STORE], first_id: "vs_1", last_id: "vs_1", has_more: false } },
};

async function run(argv: readonly string[], answers: Answers) {
  const server = await startFakeServer({ ...LISTED, ...answers });
  const printed = await runCli([...argv, "--collection", "handbook", "--url", server.url, "--key", "k"], {});
  await server.close();
  return { ...printed, sent: server.seen.filter(({ path }) => path.includes("/embedding")).map(({ method, body }) => ({ method, body })) };
}

test("each act is sent as it is called, and what is printed says which model serves, what is beside it and how the two compare", async () => {
  const posted: Answers = { "POST /v1/vector_stores/vs_1/embedding": { json: STATE } };
  for (const [argv, body] of [
    [["start", "--model", "more"], { act: "start", model: "more" }],
    [["compare"], { act: "compare" }],
    [["shift", "--share", "25"], { act: "shift", share: 25 }],
    [["rollback"], { act: "rollback" }],
    [["finish"], { act: "finish" }],
  ] as const) {
    const { code, sent, out } = await run(["embedding", ...argv], posted);
    assert.deepEqual([code, sent], [0, [{ method: "POST", body }]]);
    const [head = "", serving = "", candidate = ""] = out.split("\n");
    assert.match(head, /^generation +model +role +questions +documents +search +compared$/);
    assert.match(serving, /^1 +words +serving +100 % +7 of 7 +exact/);
    assert.match(candidate, /^2 +more +candidate +5 % +7 of 7 +exact +recall 0\.98, overlap 0\.7, 3 ms \(serving 2 ms\)$/);
  }
});

test("a collection without vectors is said to be found by words, and a share that is none is refused before anything is sent", async () => {
  const none = await run(["embedding", "status"], { "GET /v1/vector_stores/vs_1/embedding": { json: { ...STATE, generations: [] } } });
  assert.equal(none.out, "handbook has no vectors: it is found by words alone.\n");
  for (const share of ["101", "-1", "half", "5.5"]) {
    const told = await run(["embedding", "shift", "--share", share], {});
    assert.deepEqual([told.code, told.sent], [2, []], share);
  }
});
