import assert from "node:assert/strict";
import { test } from "bun:test";
import { differenceOf, quantile, wilson } from "./statistics.ts";

const near = (value: number, expected: number): void => assert.ok(Math.abs(value - expected) < 5e-4, `${value}, not ${expected}`);

test("Wilson's interval has the published values", () => {
  // Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
  for (const [count, total, low, high] of [
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ] as const) {
    near(wilson(count, total).low, low);
    near(wilson(count, total).high, high);
  }
  assert.deepEqual(wilson(0, 0), { low: 0, high: 1 });
});

test("the difference of two rates has the published interval, and none is known of nothing", () => {
  // Newcombe 1998 (b), table II, method 10: 56 of 70 against 48 of 80.
  const found = differenceOf({ count: 48, total: 80 }, { count: 56, total: 70 });
  near(found.low, 0.0524);
  near(found.high, 0.3339);
  assert.deepEqual(differenceOf({ count: 0, total: 0 }, { count: 1, total: 1 }), { low: -1, high: 1 });
});

test("quantiles are values that occurred", () => {
  assert.equal(quantile([1, 2, 3, 4], 0.5), 2);
  assert.equal(quantile([1, 2, 3, 4], 0.99), 4);
  assert.equal(quantile([5], 0), 5);
  assert.equal(quantile([], 0.5), 0);
});
