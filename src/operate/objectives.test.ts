import assert from "node:assert/strict";
import { test } from "bun:test";
import { createFakeClock } from "../kernel/clock.ts";
import { FAULTS } from "../kernel/fault.ts";
import { processIds } from "../kernel/ids.ts";
import { openTestDatabase } from "../store/testing.ts";
import { listProcesses } from "../store/objective-counts.ts";
import { createObjectives, isOurs, type Objectives } from "./objectives.ts";

const START = Date.UTC(2026, 10, 1);
const MINUTE_MS = 60_000;
const TARGETS = { availability: 0.99, firstPartMs: 1000, firstPartShare: 0.9 };

async function open() {
  const db = await openTestDatabase();
  const clock = createFakeClock(START);
  const errors: unknown[] = [];
  const make = (): Objectives =>
    createObjectives({
      db,
      nowMs: clock.nowMs,
      processId: processIds.make(clock.nowMs()),
      targets: () => TARGETS,
      onError: (error) => errors.push(error),
    });
  return { db, clock, errors, make };
}
const times = (count: number, act: () => void): void => {
  for (let at = 0; at < count; at++) act();
};

test("budgets and burn are what the counts of all processes come to, by the formula of the field", async () => {
  const { db, clock, make } = await open();
  const one = make();
  const two = make();
  times(990, () => one.count({ outcome: "finished", firstPartMs: 1000 }));
  times(5, () => one.count({ outcome: "failed", code: "target_down" }));
  await one.save();
  clock.advance(2 * 60 * MINUTE_MS);
  times(85, () => two.count({ outcome: "finished", firstPartMs: 10 }));
  times(15, () => two.count({ outcome: "finished", firstPartMs: 1001 }));
  times(5, () => two.count({ outcome: "refused", code: "no_target" }));
  await two.save();
  const [availability, first] = await one.read();
  assert.ok(availability !== undefined && first !== undefined);
  assert.deepEqual([availability.total, availability.bad, first.total, first.bad], [1100, 10, 1090, 15]);
  const close = (a: number | undefined, b: number): void => assert.ok(a !== undefined && Math.abs(a - b) < 1e-9, `${a} for ${b}`);
  close(availability.attained, 1 - 10 / 1100);
  close(availability.budgetLeft, 1 - 10 / 1100 / 0.01);
  close(availability.burn.hour, 5 / 105 / 0.01);
  close(availability.burn.sixHours, 10 / 1100 / 0.01);
  close(first.burn.hour, 15 / 100 / (1 - 0.9));
  assert.deepEqual((await listProcesses(db, clock.nowMs() - 10 * MINUTE_MS)).length, 2);
  await db.close();
});

test("what was counted is written once however often it is saved, and a month later it is gone", async () => {
  const { db, clock, errors, make } = await open();
  const one = make();
  for (let slot = 0; slot < 20; slot++) {
    times(3, () => one.count({ outcome: "finished" }));
    await one.save();
    await one.save();
    clock.advance(MINUTE_MS);
  }
  assert.equal((await one.read())[0]?.total, 60);
  clock.advance(32 * 24 * 60 * MINUTE_MS);
  const [availability] = await one.read();
  assert.deepEqual(
    [availability?.total, availability?.attained, availability?.budgetLeft, availability?.burn.hour],
    [0, undefined, undefined, undefined],
  );
  const [rows] = await db.query({ kind: "operator" }, "SELECT count(*)::int AS n FROM objective_counts");
  assert.equal(rows?.["n"], 1);
  assert.deepEqual(errors, []);
  await db.close();
});

test("callers' own faults, limits and rules are not held against the service", () => {
  const ours = Object.keys(FAULTS).filter(isOurs);
  for (const code of [
    "rate_limited",
    "budget_spent",
    "client_gone",
    "personal_data_blocked",
    "output_blocked",
    "canary_leaked",
    "target_refused",
  ])
    assert.ok(!ours.includes(code), code);
  for (const code of ["no_target", "busy", "target_down", "target_timeout", "store_unavailable", "bug"])
    assert.ok(ours.includes(code), code);
  assert.equal(isOurs("constructor"), false);
  console.log(`# objectives: ${ours.length} of ${Object.keys(FAULTS).length} codes count as bad`);
});
