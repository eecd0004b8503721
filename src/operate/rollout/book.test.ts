import { test } from "bun:test";
import assert from "node:assert/strict";
import type { RolloutMark } from "../../domain/rollout.ts";
import { rolloutIds } from "../../kernel/ids.ts";
import { GATES } from "../../route/rollout/testing.ts";
import { PLATFORM_CHAIN } from "../../store/decisions.ts";
import type { RolloutRecord } from "../../store/rollouts.ts";
import { createCountBook } from "./book.ts";

const rollout: RolloutRecord = {
  id: rolloutIds.make(1),
  ownerId: PLATFORM_CHAIN,
  tenantId: undefined,
  change: { kind: "model", model: "old", to: "new" },
  unit: "end-user",
  steps: [50, 100],
  step: 0,
  gates: GATES,
  state: "running",
  stepAtMs: 0,
  createdAtMs: 0,
  createdBy: "admin-key",
};
const mark: RolloutMark = { id: rollout.id, variant: "candidate", share: 50 };

test("of one call the first score counts, and a rollout that is not open has none", () => {
  const book = createCountBook();
  assert.equal(book.score(mark, "req_1", 1), false, "nobody follows it");
  book.follow([rollout]);
  const told = [
    ["req_1", 1],
    ["req_1", 0],
    ["req_2", 0.5],
    ["req_1", 0],
    ["req_2", 0],
  ] as const;
  assert.deepEqual(
    told.map(([requestId, score]) => book.score(mark, requestId, score)),
    [true, false, true, false, false],
  );
  const [line] = book.linesOf(rollout.id);
  assert.deepEqual([line?.counts.scores, line?.counts.scoreSum], [2, 1.5]);
  assert.equal(book.score({ ...mark, share: 7 }, "req_3", 1), false, "no step of it");
  assert.equal(book.score(mark, "req_3", 1), true, "so it has no score yet");
  book.follow([]);
  assert.equal(book.score(mark, "req_4", 1), false);
});
