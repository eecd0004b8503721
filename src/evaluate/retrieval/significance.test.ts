import { test } from "bun:test";
import assert from "node:assert/strict";
import { createSeededRandom } from "../../kernel/seeded-random.ts";
import { compare, estimate } from "./significance.ts";

test("the interval holds the true mean about as often as it says", () => {
  const random = createSeededRandom(11);
  const rounds = 200;
  let held = 0;
  for (let round = 0; round < rounds; round++) {
    const values = Array.from({ length: 60 }, () => (random() < 0.3 ? 1 : 0));
    const { low, high } = estimate(values, round + 1);
    if (low <= 0.3 && 0.3 <= high) held += 1;
  }
  console.log(`# intervals: ${held} of ${rounds} hold the mean (95 % wanted)`);
  assert.ok(held >= rounds * 0.88 && held <= rounds);
});

test("no difference is found in noise more often than it says, and a real one is", () => {
  const random = createSeededRandom(12);
  const rounds = 40;
  let alarms = 0;
  let found = 0;
  for (let round = 0; round < rounds; round++) {
    const before = Array.from({ length: 80 }, () => random());
    const noise = before.map((value) => value + (random() - 0.5) * 0.4);
    const better = before.map((value) => value + (random() - 0.5) * 0.4 + 0.08);
    if (compare(before, noise, round + 1).p < 0.05) alarms += 1;
    if (compare(before, better, round + 1).p < 0.05) found += 1;
  }
  console.log(`# paired randomisation: ${alarms} of ${rounds} false alarms, ${found} of ${rounds} differences found`);
  assert.ok(alarms <= 6);
  assert.ok(found >= 36);
});

test("the same on both sides is no difference at all", () => {
  assert.deepEqual(compare([0.5, 1, 0], [0.5, 1, 0]).p, 1);
  assert.throws(() => compare([1], [1, 2]), RangeError);
});
