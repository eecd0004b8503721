import { test } from "bun:test";
import assert from "node:assert/strict";
import type { Rollout, RolloutVariant } from "../../domain/rollout.ts";
import { createSeededRandom } from "../../kernel/seeded-random.ts";
import { idOf, makeRollout } from "./testing.ts";
import { shareOf, variantOf } from "./variant.ts";

const UNITS = Array.from({ length: 20_000 }, (_, at) => `key_${String(at)}`);
type Assign = (rollout: Rollout, unit: string, nowMs: number) => RolloutVariant;

/** Units that were seen in the candidate at one step and not at a later one. */
function countFlipped(assign: Assign, rollout: Rollout): number {
  const before = new Set<string>();
  let flipped = 0;
  for (let step = 0; step < rollout.steps.length; step++)
    for (const unit of UNITS)
      if (assign({ ...rollout, step }, unit, 1) === "candidate") before.add(unit);
      else if (before.has(unit)) flipped++;
  return flipped;
}

test("a unit that has the candidate keeps it while the share grows, and a variant that is drawn anew is caught", () => {
  let looked = 0;
  for (let at = 0; at < 20; at++) {
    assert.equal(countFlipped(variantOf, makeRollout({ id: idOf(at) })), 0);
    looked += UNITS.length * 4;
  }
  // Planted faults: dice instead of a hash; a hash that the step goes into.
  const dice = createSeededRandom(1);
  const drawn: Assign = (rollout, _unit, nowMs) => (dice() * 100 < shareOf(rollout, nowMs) ? "candidate" : "baseline");
  const stepped: Assign = (rollout, unit, nowMs) => variantOf(rollout, `${unit} ${String(rollout.step)}`, nowMs);
  assert.ok(countFlipped(drawn, makeRollout()) > 1000);
  assert.ok(countFlipped(stepped, makeRollout()) > 1000);
  console.log(`# sticky: ${String(looked)} assignments, 0 flipped; 2 planted faults caught`);
});

test("each step takes in its share of the units, and each rollout others", () => {
  const [one, two] = [makeRollout({ id: idOf(1) }), makeRollout({ id: idOf(2) })];
  for (const [step, share] of one.steps.entries()) {
    const taken = UNITS.filter((unit) => variantOf({ ...one, step }, unit, 1) === "candidate").length / UNITS.length;
    assert.ok(Math.abs(taken * 100 - share) < 1, `${String(share)} %: ${String(taken)}`);
  }
  const both = UNITS.filter((unit) => [one, two].every((each) => variantOf({ ...each, step: 2 }, unit, 1) === "candidate")).length;
  assert.ok(Math.abs(both / UNITS.length - 0.25) < 0.02, "half of one half");
});

test("after a rollback nobody has the candidate, and once it has finished everybody has", () => {
  const gone = makeRollout({ state: "rolled-back", step: 3 });
  const done = makeRollout({ state: "finished", step: 3 });
  assert.ok(UNITS.every((unit) => variantOf(gone, unit, 1) === "baseline"));
  assert.ok(UNITS.every((unit) => variantOf(done, unit, 1) === "candidate"));
});

test("a step counts from its moment on, and the one before until then", () => {
  const rollout = makeRollout({ step: 1, stepAtMs: 1000 });
  assert.equal(shareOf(rollout, 999), 5);
  assert.equal(shareOf(rollout, 1000), 20);
  assert.equal(shareOf({ ...rollout, step: 0 }, 999), 0, "the first has none before it");
});

test("an id of another rollout is another draw for the same unit", () => {
  const ids = Array.from({ length: 1000 }, (_, at) => idOf(at));
  const taken = ids.filter((id) => variantOf(makeRollout({ id, step: 2 }), "key_1", 1) === "candidate").length;
  assert.ok(taken > 420 && taken < 580, String(taken));
});
